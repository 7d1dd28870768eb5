"""propose_work_order: a report, ready to be confirmed by who made it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from tools.ledger_results import actor, key_of, proposed, with_ledger
from tools.spec import Tool, ToolContext, ToolResult
from tools.work_orders.model import CaseDraft, Category, Place, Urgency
from warehouse.semantic import Frozen

if TYPE_CHECKING:
    from tools.work_orders.ledger import Ledger


class WorkOrderReport(Frozen):
    """A case to report. Names are members of the city's lists."""

    title: str = Field(min_length=1, max_length=200)
    description: str = Field(min_length=1, max_length=4000)
    kind: Literal["component", "event"]
    major: str = ""
    minor: str
    code: str | None = None
    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    address: str | None = None
    longitude: float | None = Field(default=None, ge=-180, le=180)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    urgent: bool = False
    source: str | None = None
    condition: str | None = None
    department: str | None = None
    unit: str | None = None

    @property
    def draft(self) -> CaseDraft:
        """As the ledger takes it."""
        place = Place(
            district=self.district,
            street=self.street,
            community=self.community,
            grid=self.grid,
            address=self.address,
            longitude=self.longitude,
            latitude=self.latitude,
        )
        return CaseDraft(
            title=self.title,
            description=self.description,
            category=Category(kind=self.kind, major=self.major, minor=self.minor, code=self.code),
            place=place,
            urgency=Urgency.URGENT if self.urgent else Urgency.NORMAL,
            source=self.source,
            condition=self.condition,
            department=self.department,
            unit=self.unit,
        )


def run(report: WorkOrderReport, context: ToolContext, ledger: Ledger) -> ToolResult:
    """The proposal; the case exists once a person has confirmed it."""
    from tools import proposals

    made = proposals.propose_report(
        ledger, report.draft, actor(context), context.now, key=key_of(context, "report"), thread=context.thread
    )
    return proposed(ledger, made)


PROPOSE_WORK_ORDER = Tool(
    name="propose_work_order",
    args=WorkOrderReport,
    run=with_ledger(run),
    effect="propose",
    description={
        "zh": "拟一件上报案件，等人确认后才入库。",
        "en": "Draft a case to report; it is filed only when a person confirms.",
    },
)
