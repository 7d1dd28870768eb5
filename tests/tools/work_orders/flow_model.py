"""The flow of a case, written a second time by hand: the oracle that machine and ledger are held to."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Seen:
    """All that decides what may happen next."""

    status: str = "reported"
    verified: bool | None = None
    unit: str | None = None
    returned_by: str | None = None
    overdue: bool = False
    fed_back_late: bool = False
    suspended: bool = False
    extensions: int = 0
    suspensions: int = 0
    supervision: str = "none"
    appeal: str = "none"
    exempt: bool = False


OPEN = {"reported", "verifying", "registered", "dispatched", "handling", "fed_back", "checking", "checked"}
SYMBOLS = (
    "verify_request", "verify+", "verify-", "register", "refuse", "dispatch A", "dispatch B", "accept", "feed_back",
    "send_check", "check+", "check-", "close", "return", "send_back", "rework", "reassign A", "reassign B", "extend",
    "suspend", "resume", "escalate", "reply", "urge", "appeal", "review_appeal+", "review_appeal-", "decide_appeal+",
    "decide_appeal-", "cancel", "(late)", "(wake)",
)  # fmt: skip


def after(at: Seen, symbol: str) -> Seen | None:
    """What becomes of it, None where it is forbidden."""
    s = at.status
    working = s in {"dispatched", "handling"}
    if symbol == "(late)":
        return replace(at, overdue=True) if working and not at.suspended and not at.overdue else None
    if symbol == "(wake)":
        return replace(at, suspended=False) if at.suspended else None
    if symbol == "verify_request" and s == "reported":
        return replace(at, status="verifying", verified=None)
    if symbol in {"verify+", "verify-"} and s == "verifying":
        return replace(at, status="reported", verified=symbol == "verify+")
    if symbol == "register" and s == "reported" and at.verified is not False:
        return replace(at, status="registered")
    if symbol == "refuse" and s == "reported":
        return replace(at, status="not_registered")
    if symbol.startswith("dispatch") and s == "registered" and not at.suspended:
        unit = symbol[-1]
        same = at.returned_by == unit
        return replace(at, status="dispatched", unit=unit, returned_by=None, overdue=at.overdue and same)
    if symbol == "accept" and s == "dispatched" and not at.suspended:
        return replace(at, status="handling")
    if symbol == "feed_back" and working and not at.suspended:
        return replace(at, status="fed_back", fed_back_late=at.overdue)
    if symbol == "send_check" and s == "fed_back":
        return replace(at, status="checking")
    if symbol == "check+" and s in {"fed_back", "checking"}:
        return replace(at, status="checked")
    if symbol == "check-" and s in {"fed_back", "checking"}:
        return replace(at, status="fed_back")
    if symbol == "close" and s == "checked" and at.supervision != "owed":
        return replace(at, status="closed")
    if symbol == "return" and working and not at.suspended:
        return replace(at, status="registered", returned_by=at.unit)
    if symbol == "send_back" and s == "registered":
        return replace(at, status="reported")
    if symbol == "rework" and s in {"fed_back", "checked"}:
        return replace(at, status="handling", fed_back_late=False)
    if symbol.startswith("reassign") and working and not at.suspended and symbol[-1] != at.unit:
        return replace(at, status="dispatched", unit=symbol[-1], overdue=False)
    if symbol == "extend" and working and not at.suspended and not at.overdue and at.extensions < 2:
        return replace(at, extensions=at.extensions + 1)
    if symbol == "suspend" and (working or s == "registered") and not at.suspended and at.suspensions < 1:
        return replace(at, suspended=True, suspensions=1)
    if symbol == "resume" and (working or s == "registered") and at.suspended:
        return replace(at, suspended=False)
    if symbol == "escalate" and s in OPEN:
        return replace(at, supervision="owed")
    if symbol == "reply" and s in OPEN - {"reported", "verifying"} and at.supervision == "owed":
        return replace(at, supervision="given")
    if symbol == "urge" and working and not at.suspended:
        return at
    if symbol == "appeal" and s == "closed" and at.fed_back_late and at.appeal == "none":
        return replace(at, appeal="first_review")
    if symbol.startswith("review_appeal") and s == "closed" and at.appeal == "first_review":
        return replace(at, appeal="second_review" if symbol[-1] == "+" else "refused")
    if symbol.startswith("decide_appeal") and s == "closed" and at.appeal == "second_review":
        return replace(at, appeal="granted" if symbol[-1] == "+" else "refused", exempt=symbol[-1] == "+")
    if symbol == "cancel" and s in OPEN:
        return replace(at, status="cancelled", suspended=False)
    return None
