"""The ledger: cases, every step they took, and who is told. One object, built from a URL.

Everything that writes takes the connection of a running transaction, so that a step, its audit row, its messages and
the proposal it came from are one commit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from tools.work_orders import stages
from tools.work_orders.database import Database
from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.errors import StaleVersion, UnknownOrder
from tools.work_orders.machine import Machine, load_machine
from tools.work_orders.model import CaseDraft, Limit, WorkOrder, WorkOrderStatus
from tools.work_orders.outbox import tell
from tools.work_orders.outside import ADOPT, Outside, brought_up, is_adopted
from tools.work_orders.records import columns_of, difference, order_of, record_of
from tools.work_orders.standard import Standard
from tools.work_orders.tables import attachment, case, counter, event, subscription
from tools.work_orders.transitions import Flow, Step
from warehouse.working_calendar import WorkingCalendar

if TYPE_CHECKING:
    from tools.work_orders.routing import Router

# Statements are made once: making one anew costs SQLAlchemy more than SQLite needs to carry it out.
_OF: BindParameter[Any] = bindparam("of")
_SEEN: BindParameter[Any] = bindparam("seen")
_RECORD = select(case.c.record).where(case.c.case_no == _OF)
_NEXT_VERSION = update(case).where(case.c.case_no == _OF, case.c.version == _SEEN)
_STEPS_SINCE = select(event.c.action).where(event.c.case_no == _OF, event.c.version > _SEEN).order_by(event.c.version)
_NOTED = insert(event).returning(event.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """How a step came about, for the audit.

    Attributes:
        asker: Who proposed it, where that is another than who confirmed it.
        proposal: The proposal it came from.
    """

    channel: str
    asker: str | None = None
    proposal: str | None = None


class Ledger:
    """Work orders of one city.

    Attributes:
        flow: The rules; `flow.machine.policy` has the numbers.
        outside: Cases of the city's own exports by number; one of them is taken in with its first confirmed step.
        router: Gives what knows who a case goes to, made when first asked for; None where no city's cases are at hand.
    """

    def __init__(
        self,
        database: Database,
        flow: Flow,
        *,
        standard: Standard | None = None,
        prefix: str = "CD",
        outside: Outside | None = None,
    ) -> None:
        self.database = database
        self.flow = flow
        self.standard = standard or Standard()
        self.prefix = prefix
        self.outside = outside or Outside()
        self.router: Callable[[], Router | None] = lambda: None

    @classmethod
    def open(
        cls,
        url: str,
        calendar: WorkingCalendar,
        zone: ZoneInfo,
        *,
        standard: Standard | None = None,
        machine: Machine | None = None,
        prefix: str = "CD",
    ) -> Ledger:
        """The ledger at a URL (`sqlite:///path`, `postgresql+psycopg://…`), its tables brought up to date.

        Raises:
            LedgerUnavailable: It cannot be opened, or was written by a newer CityDesk.
        """
        flow = Flow(machine or load_machine(), DeadlineClock(calendar, zone))
        return cls(Database(url), flow, standard=standard, prefix=prefix)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()

    def report(self, connection: Connection, draft: CaseDraft, step: Step, how: Circumstances) -> WorkOrder:
        """A new case of a draft, its reporter subscribed to it."""
        order = WorkOrder(
            case_no=self._next_number(connection, step.now),
            version=1,
            status=WorkOrderStatus.REPORTED,
            draft=draft,
            reported_at=step.now,
            updated_at=step.now,
            hands={step.action: step.principal.name},
        )
        connection.execute(insert(case), columns_of(order))
        self._attach(connection, order, step)
        connection.execute(
            insert(subscription),
            {"person": draft.reporter, "case_no": order.case_no, "why": "reporter", "created_at": step.now},
        )
        self._note(connection, None, order, step, how)
        return order

    def move(self, connection: Connection, order: WorkOrder, step: Step, how: Circumstances) -> WorkOrder:
        """The case after a step, written with its audit row and its messages.

        Raises:
            NotPossible, MissingArgument, UnknownAction: As `Flow.take`.
            StaleVersion: Somebody changed the case since it was read.
        """
        if order.version == 0:
            order = self._adopt(connection, order, step, how)
        if step.action == "register":
            step = replace(step, args={**step.args, "limit": self._limit(order, step)})
        moved = self.flow.take(order, step)
        self.replace(connection, order, moved, step, how)
        return moved

    def replace(
        self, connection: Connection, before: WorkOrder, after: WorkOrder, step: Step, how: Circumstances
    ) -> None:
        """Store the next version of a case; the version before must still be the current one."""
        which = {"of": before.case_no, "seen": before.version}
        stored = connection.execute(_NEXT_VERSION, {**columns_of(after), **which})
        if stored.rowcount != 1:
            found = connection.execute(select(case.c.version).where(case.c.case_no == before.case_no)).scalar()
            raise StaleVersion(case_no=before.case_no, expected=before.version, found=found)
        self._note(connection, before, after, step, how)

    def read(self, connection: Connection, case_no: str) -> WorkOrder:
        """The case as it is stored; one that is not, as the city's exports have it (version 0).

        Raises:
            UnknownOrder: There is none.
        """
        record = connection.execute(_RECORD, {"of": case_no}).scalar()
        stored = order_of(record) if record is not None else None
        if stored is not None and not is_adopted(stored):
            return stored
        found = self.outside.order(case_no)
        if stored is not None:
            return brought_up(stored, found)
        if found is None:
            raise UnknownOrder(case_no=case_no)
        # A number written in other letters may be one that was taken in before.
        return found if found.case_no == case_no else self.read(connection, found.case_no)

    def order(self, case_no: str) -> WorkOrder:
        """The case as it is stored, whoever asks; what people see goes through `search`."""
        with self.database.reading() as connection:
            return self.read(connection, case_no)

    def events(self, case_no: str) -> Sequence[Mapping[str, Any]]:
        """Every step of a case, first to last."""
        with self.database.reading() as connection:
            rows = connection.execute(select(event).where(event.c.case_no == case_no).order_by(event.c.id))
            return [dict(row) for row in rows.mappings()]

    def steps_since(self, connection: Connection, case_no: str, version: int) -> Sequence[str]:
        """The steps a case has taken after that version, first to last."""
        return connection.execute(_STEPS_SINCE, {"of": case_no, "seen": version}).scalars().all()

    def subscribe(self, connection: Connection, person: str, case_no: str, now: datetime) -> bool:
        """Have a person told about a case of the ledger; False where it keeps none of that number."""
        if connection.execute(select(case.c.case_no).where(case.c.case_no == case_no)).scalar() is None:
            return False
        one = (subscription.c.person == person) & (subscription.c.case_no == case_no)
        if connection.execute(select(subscription.c.why).where(one)).scalar() is None:
            connection.execute(
                insert(subscription), {"person": person, "case_no": case_no, "why": "joined", "created_at": now}
            )
        return True

    def wake(self, now: datetime) -> tuple[str, ...]:
        """End every 挂账 whose time has come; returns the case numbers."""
        woken = []
        with self.database.writing() as connection:
            due = connection.execute(select(case.c.record).where(case.c.suspended_until <= now)).scalars().all()
            for order in map(order_of, due):
                step = Step(action="resume", principal=stages.CLOCKWORK, now=now, args={})
                after = replace(self.flow.woken(order, now), version=order.version + 1, updated_at=now)
                self.replace(connection, order, after, step, Circumstances(channel="clock"))
                woken.append(order.case_no)
        return tuple(woken)

    def _adopt(self, connection: Connection, order: WorkOrder, step: Step, how: Circumstances) -> WorkOrder:
        """The case of an export taken in as it stands, with an audit row that says so."""
        taken = replace(order, hands={**order.hands, ADOPT: step.principal.name})
        connection.execute(insert(case), columns_of(taken))
        row = {
            "case_no": taken.case_no, "version": taken.version, "action": ADOPT, "actor": step.principal.name,
            "asker": how.asker, "channel": how.channel, "at": step.now, "why": None, "proposal": how.proposal,
            "before": None, "after": record_of(taken),
        }  # fmt: skip
        connection.execute(insert(event), row)
        return taken

    def _note(
        self, connection: Connection, before: WorkOrder | None, after: WorkOrder, step: Step, how: Circumstances
    ) -> None:
        """The audit row, the stage times and the messages of a step."""
        old, new = (None, record_of(after)) if before is None else difference(before, after)
        written = connection.execute(
            _NOTED,
            {
                "case_no": after.case_no,
                "version": after.version,
                "action": step.action,
                "actor": step.principal.name,
                "asker": how.asker,
                "channel": how.channel,
                "at": step.now,
                "why": step.args.get("reason") or step.args.get("result") or step.args.get("requirement"),
                "proposal": how.proposal,
                "before": old,
                "after": new,
            },
        ).scalar_one()
        stages.follow(connection, before, after, step.now)
        tell(connection, self.flow.machine, after, step, event_id=written, proposal=how.proposal)

    def _attach(self, connection: Connection, order: WorkOrder, step: Step) -> None:
        for file in {file.sha256: file for file in order.draft.attachments}.values():
            connection.execute(
                insert(attachment),
                {
                    "case_no": order.case_no,
                    "sha256": file.sha256,
                    "media_type": file.media_type,
                    "name": file.name,
                    "role": file.role,
                    "taken_at": file.taken_at,
                    "added_by": step.principal.name,
                    "added_at": step.now,
                },
            )

    def _limit(self, order: WorkOrder, step: Step) -> Limit:
        """The limit of the chosen 立案条件, or the city's fallback."""
        chosen = step.args.get("condition") or order.draft.condition
        return self.standard.limit(order.draft.category, chosen) or self.flow.machine.policy.fallback

    def _next_number(self, connection: Connection, now: datetime) -> str:
        """Prefix, local day, and a number that starts again every day."""
        name = f"{self.prefix}{now.astimezone(self.flow.clock.zone):%Y%m%d}"
        dialect = sqlite if self.database.is_sqlite else postgresql
        counted = dialect.insert(counter).values(name=name, value=1)
        counted = counted.on_conflict_do_update(index_elements=[counter.c.name], set_={"value": counter.c.value + 1})
        return f"{name}{connection.execute(counted.returning(counter.c.value)).scalar_one():05d}"
