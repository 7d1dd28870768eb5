"""Jurisdiction as a path from the nation down: "" (national), "浙江省", "浙江省/丽水市", "澜川市/东湖区"."""

from __future__ import annotations

NATIONAL = ("", "全国", "国家", "中国", "national", "china")


def path_of(place: str) -> str:
    """The path in its one spelling."""
    cleaned = place.strip().strip("/").replace("全国/", "")
    return "" if cleaned.lower() in NATIONAL else cleaned


def chain(place: str) -> tuple[str, ...]:
    """Every path whose rules hold at the place, the nearest first, the national one last.

    >>> chain("澜川市/东湖区")
    ('澜川市/东湖区', '澜川市', '')
    """
    parts = path_of(place).split("/") if path_of(place) else []
    return tuple("/".join(parts[:depth]) for depth in range(len(parts), -1, -1))


def shown(path: str) -> str:
    """The place as a person reads it."""
    return path.rpartition("/")[2] or "全国"
