"""Markdown and plain text, with optional YAML facts at the top; UTF-8 (also with BOM) or GB18030."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from knowledge.errors import Unreadable
from knowledge.reading.blocks import Block, table_rows

HEADING = re.compile(r"(#{1,6})\s+(.*)")
RULE = re.compile(r"\|?[\s:|-]+\|[\s:|-]*")


def read(path: Path) -> tuple[list[Block], dict[str, Any]]:
    """Blocks and the facts of the YAML at the top, if any."""
    text = decoded(path)
    facts: dict[str, Any] = {}
    if text.startswith("---\n") and (end := text.find("\n---", 4)) > 0:
        try:
            facts = yaml.safe_load(text[4:end]) or {}
        except yaml.YAMLError as problem:
            raise Unreadable(path, f"the facts at its top are not YAML: {problem}") from problem
        text = text[end + 4 :]
    return _blocks(re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)), facts


def decoded(path: Path) -> str:
    """The file's text.

    Raises:
        Unreadable: It is neither UTF-8 nor GB18030.
    """
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(path, "neither UTF-8 nor GB18030 text")


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    table: list[list[str]] = []
    title = ""
    for line in [*text.splitlines(), ""]:
        bare = line.strip().strip("\u200b\ufeff").strip()
        if bare.startswith("|"):
            if not RULE.fullmatch(bare):
                table.append([cell.strip() for cell in bare.strip("|").split("|")])
            continue
        if table:
            blocks += table_rows(table, title)
            table = []
        if match := HEADING.match(bare):
            title = match[2].strip()
            blocks.append(Block(kind="heading", text=title, level=len(match[1])))
        elif bare:
            blocks.append(Block(kind="text", text=bare))
    return blocks
