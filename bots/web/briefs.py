"""Briefings on the page: which there are, and each as an answer."""

from __future__ import annotations

from typing import Any, Literal

from fastapi import APIRouter, HTTPException

from assistant.briefing import plans
from assistant.errors import UnknownBriefing
from bots.reception import Reception, briefs_for
from bots.replies import as_shown
from bots.web.person import Person


def briefs_router(reception: Reception) -> APIRouter:
    """Routes under /api/briefs."""
    router = APIRouter(prefix="/briefs")

    @router.get("")
    def listed(principal: Person) -> list[dict[str, Any]]:
        """The briefings of the person's role."""
        return [{"name": name, "title": dict(plans()[name].title)} for name in briefs_for(principal)]

    @router.get("/{name}")
    def one(name: str, principal: Person, language: Literal["zh", "en"] = "zh") -> dict[str, Any]:
        """A briefing as of now."""
        try:
            answer = reception.brief(name, principal, language)
        except UnknownBriefing as problem:
            raise HTTPException(404) from problem
        now = reception.wall()
        reply = reception.brief_reply(name, answer, principal, key=f"brief:{name}", thread=f"brief-{name}", now=now)
        return {
            "key": "", "thread": f"brief-{name}", "at": now.isoformat(), "question": "",
            "reply": {**reply.model_dump(mode="json"), "about": None}, "answer": as_shown(answer),
            "tiles": answer.extra["tiles"],
        }  # fmt: skip

    return router
