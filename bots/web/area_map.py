"""The map on the page: which metrics and windows there are, and one of them as an answer with its drawing."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, HTTPException

from assistant.area_map import METRICS, WINDOWS, area_map, choices
from assistant.briefing_windows import WindowName
from bots.reception import Reception
from bots.replies import as_shown, reply_of
from bots.web.person import Person
from warehouse.errors import WarehouseError


def map_router(reception: Reception) -> APIRouter:
    """Routes under /api/map."""
    router = APIRouter(prefix="/map")

    @router.get("/choices")
    def listed(principal: Person, language: Literal["zh", "en"] = "zh") -> dict[str, list[tuple[str, str]]]:  # noqa: ARG001  # for people only
        """What can be shown."""
        return choices(reception.assistant.warehouse, language)

    @router.get("")
    def one(
        principal: Person, metric: str, window: str = "yesterday", language: Literal["zh", "en"] = "zh"
    ) -> dict[str, Any]:
        """A metric by area as of now."""
        if metric not in METRICS or window not in WINDOWS:
            raise HTTPException(404)
        chosen: WindowName = window
        warehouse, now = reception.assistant.warehouse, reception.wall()
        try:
            answer = area_map(
                metric, chosen, principal, warehouse=warehouse, now=reception.assistant.moment(now), language=language
            )
        except WarehouseError as problem:
            raise HTTPException(404) from problem
        reply = reply_of(answer, key="map", thread="map", button=lambda _: "")
        shown = [block for block in reply.blocks if block.kind != "card"]
        return {
            "key": "", "thread": "map", "at": now.isoformat(), "question": "",
            "reply": {**reply.model_copy(update={"blocks": tuple(shown)}).model_dump(mode="json"), "about": None},
            "answer": as_shown(answer),
        }  # fmt: skip

    return router
