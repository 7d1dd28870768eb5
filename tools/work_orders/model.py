"""What a case is: the draft a person reports, the work order it becomes, and where it stands.

Everything here is frozen: a step makes a new value. Times are aware; the ledger keeps them in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from tools.principal import Principal

CaseKind = Literal["component", "event"]
PictureRole = Literal["scene", "close_up", "before", "after", "other"]
ClockKind = Literal["urgent_hour", "work_hour", "work_day", "natural_day"]


class Urgency(StrEnum):
    """急要件 or ordinary."""

    NORMAL = "normal"
    URGENT = "urgent"


class WorkOrderStatus(StrEnum):
    """Where a case stands. The seven steps of the flow, a waiting status inside two of them, and two ways out.

    挂账, 督办, 延期, 返工 and 申诉 are marks on the case, not statuses.
    """

    REPORTED = "reported"
    VERIFYING = "verifying"
    REGISTERED = "registered"
    DISPATCHED = "dispatched"
    HANDLING = "handling"
    FED_BACK = "fed_back"
    CHECKING = "checking"
    CHECKED = "checked"
    CLOSED = "closed"
    NOT_REGISTERED = "not_registered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """A class of the handling standard.

    Attributes:
        standard_ref: Which standard the code belongs to; codes of two generations look alike.
        code: As the standard writes it, zeros kept; None when the name is known and the code is not.
    """

    kind: CaseKind
    major: str
    minor: str
    code: str | None = None
    standard_ref: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where it is, as far as known: names of the city's own area tree, words, WGS-84 degrees."""

    district: str | None = None
    street: str | None = None
    community: str | None = None
    grid: str | None = None
    address: str | None = None
    longitude: float | None = None
    latitude: float | None = None

    def __post_init__(self) -> None:
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("longitude and latitude come together")
        if self.latitude is not None and not -90 <= self.latitude <= 90:
            raise ValueError(f"latitude {self.latitude}")
        if self.longitude is not None and not -180 <= self.longitude <= 180:
            raise ValueError(f"longitude {self.longitude}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A picture or file; the bytes live in the attachment store under their hash.

    Attributes:
        sha256: Hex digest of the bytes: the same photo twice is one file.
        taken_at: From the picture itself, where it says so.
    """

    sha256: str
    media_type: str
    name: str
    role: PictureRole = "other"
    taken_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A handling limit as its clock counts it: `Limit(amount=2, clock="urgent_hour")` runs through nights and holidays."""

    amount: float
    clock: ClockKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDraft:
    """What a person wants filed: the common currency of intake and ledger. Nothing is written yet.

    Attributes:
        category: None while it is not known which class it is.
        title: One line.
        description: The reporter's own words.
        reporter: Name of the principal who reports; never a citizen's name or phone.
        source: 案件来源, as the city's sources are called (监督员上报, 公众举报 …).
        condition: Id of the 立案条件 (standard clause) that it meets; limits hang on it. None takes the fallback limit.
        department: 主管/责任部门 that answers for it.
        unit: 处置单位 under the department that should do it.
        due_at: A promised deadline; None lets the standard decide when it is dispatched.
        observed_at: When it was seen, if not when it was reported.
        duplicate_of: Case number of an open case it repeats.
        external_no: Its number in the system it came from.
    """

    title: str
    description: str
    category: Category | None = None
    place: Place = field(default_factory=Place)
    urgency: Urgency = Urgency.NORMAL
    reporter: str = ""
    source: str | None = None
    attachments: tuple[Attachment, ...] = ()
    condition: str | None = None
    department: str | None = None
    unit: str | None = None
    due_at: datetime | None = None
    observed_at: datetime | None = None
    duplicate_of: str | None = None
    external_no: str | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """What must still be known before it can be filed, in the order it should be asked for."""
        lacks = {
            "description": not (self.description.strip() or self.title.strip()),
            "place": not (
                self.place.address or self.place.grid or self.place.street or self.place.latitude is not None
            ),
            "category": self.category is None,
        }
        return tuple(name for name, lacking in lacks.items() if lacking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """An interval in which the handling clock stands still; `end` is None while nobody knows when it runs again."""

    start: datetime
    end: datetime | None
    why: Literal["suspended", "waiting_for_check", "returned"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Supervision:
    """督办 on a case: who ordered what, and whether the unit has replied.

    Attributes:
        reply_by: When the reply is due.
    """

    kind: Literal["overdue", "leader", "key"]
    level: int
    requirement: str
    ordered_by: str
    reply_by: datetime | None = None
    replied_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A case in the ledger, at one version.

    Attributes:
        version: Grows by one with every change; a write names the version it was meant for.
        limit: The handling limit that applies; None before the case is filed.
        due_at: End of the handling clock, pauses counted out; None before dispatch.
        due_is_provisional: The deadline lies in a year whose calendar is not decreed yet.
        disposed_at: When the unit last fed back.
        check_passed: What the last 核查 said; None when there was none since the last feedback.
        verified: What the 核实 before filing said.
        handler: The person in the unit who took it.
        returned_by: The unit that sent it back, until it is dispatched again.
        hands: Step to who last took it, for separation of duties.
        appeal: Where the 申诉 stands.
    """

    case_no: str
    version: int
    status: WorkOrderStatus
    draft: CaseDraft
    reported_at: datetime
    updated_at: datetime
    limit: Limit | None = None
    handler: str | None = None
    returned_by: str | None = None
    registered_at: datetime | None = None
    dispatched_at: datetime | None = None
    due_at: datetime | None = None
    due_is_provisional: bool = False
    disposed_at: datetime | None = None
    checked_at: datetime | None = None
    closed_at: datetime | None = None
    suspended_until: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    supervision: Supervision | None = None
    verified: bool | None = None
    check_passed: bool | None = None
    appeal: Literal["none", "first_review", "second_review", "granted", "refused"] = "none"
    timeout_exempt: bool = False
    rework_count: int = 0
    extension_count: int = 0
    return_count: int = 0
    suspension_count: int = 0
    urge_count: int = 0
    hands: dict[str, str] = field(default_factory=dict)

    @property
    def unit(self) -> str | None:
        """Who has to do it: the unit, or the department where no unit is named."""
        return self.draft.unit or self.draft.department

    @property
    def is_suspended(self) -> bool:
        """挂账: the clock stands still."""
        return self.suspended_until is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts and through which channel; a principal that was authenticated there."""

    principal: Principal
    channel: str = "console"

    @property
    def name(self) -> str:
        """As the audit names them."""
        return self.principal.name
