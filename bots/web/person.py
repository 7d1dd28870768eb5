"""The person at the page, for every route that needs one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, HTTPException, Request

from tools.principal import Principal


def _who(request: Request) -> Principal:
    """The person at the page; 401 when nobody is signed in."""
    principal: Principal | None = request.app.state.door.who(request, request.app.state.wall().timestamp())
    if principal is None:
        raise HTTPException(401)
    return principal


Person = Annotated[Principal, Depends(_who)]
