"""The callback's routes: WeCom calls, and gets its 200 when what it brought is on disk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import PlainTextResponse

from bots.errors import ChannelError
from bots.wecom_app.channel import Seal, WeComApp
from bots.wecom_app.crypto import Forged

# An envelope of a message is a few thousand bytes.
LONGEST_BODY = 64 << 10
_LONGEST_FIELD = 2_048
Field = Annotated[str, Query(max_length=_LONGEST_FIELD)]


def callback_router(channel: WeComApp) -> APIRouter:
    """The route /wecom/callback: GET proves the address to WeCom, POST brings what people said and pressed."""
    router = APIRouter()

    @router.get("/wecom/callback")
    async def proved(timestamp: Field, nonce: Field, echostr: Field, msg_signature: Field) -> Response:
        """The echo in plain text; 403 for whoever is not WeCom."""
        try:
            return PlainTextResponse(channel.verified(echostr, Seal(msg_signature, timestamp, nonce)))
        except Forged:
            raise HTTPException(403) from None
        except ChannelError:
            raise HTTPException(503) from None

    @router.post("/wecom/callback")
    async def arrived(request: Request, timestamp: Field, nonce: Field, msg_signature: Field) -> Response:
        """Nothing with 200: the answer comes by itself. 403 for what is forged, 503 for what WeCom should send again."""
        body = await _body(request)
        try:
            await channel.arrived(body, Seal(msg_signature, timestamp, nonce))
        except Forged:
            raise HTTPException(403) from None
        except ChannelError:
            raise HTTPException(503) from None
        return Response()

    return router


async def _body(request: Request) -> bytes:
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > LONGEST_BODY:
            raise HTTPException(413)
    return bytes(content)
