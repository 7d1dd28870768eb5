"""What a proposal about a standing wish says: which one, whose, and what becomes of it. Checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import model_validator

from tools.standing.wishes import AlertRule, Subscription
from warehouse.semantic import Frozen

Action = Literal["subscribe", "unsubscribe", "alert", "no_alert"]
ACTIONS: frozenset[str] = frozenset({"subscribe", "unsubscribe", "alert", "no_alert"})
KIND: Mapping[str, Literal["subscription", "alert_rule"]] = {
    "subscribe": "subscription", "unsubscribe": "subscription", "alert": "alert_rule", "no_alert": "alert_rule",
}  # fmt: skip


class Deed(Frozen):
    """The arguments of such a proposal; `names` are briefings or rules, `before` is what it replaces."""

    action: Action
    names: tuple[str, ...]
    subscription: Subscription | None = None
    rule: AlertRule | None = None
    before: Subscription | None = None

    @model_validator(mode="after")
    def _says_which(self) -> Self:
        if not self.names or (self.subscription is not None and self.rule is not None):
            raise ValueError("a standing wish names what it is about, once")
        return self

    @property
    def body(self) -> dict[str, Any]:
        """What will stand."""
        stands = self.subscription or self.rule
        return {} if stands is None else stands.model_dump(mode="json")
