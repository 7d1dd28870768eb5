"""The webhook: Telegram calls, and 200 is said only when the update is on disk."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Header, HTTPException

from bots.telegram_bot.channel import TelegramChannel


def webhook_router(channel: TelegramChannel) -> APIRouter:
    """The route /telegram/webhook."""
    router = APIRouter()

    @router.post("/telegram/webhook")
    async def arrived(
        body: dict[str, Any], x_telegram_bot_api_secret_token: Annotated[str, Header()] = ""
    ) -> dict[str, bool]:
        """An update; 403 for whoever does not know the secret."""
        if not channel.is_genuine(x_telegram_bot_api_secret_token):
            raise HTTPException(403)
        await channel.arrived(body)
        return {"ok": True}

    return router
