"""Deadlines against a count of minutes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tools.work_orders.office import CALENDAR, MINUTE, NOW, ZONE, act, file, handled, ledger_at, person
from tools.work_orders.deadlines import DeadlineClock
from tools.work_orders.model import ClockKind, Limit, Pause
from tools.work_orders.recompute import recompute
from warehouse.working_calendar import WorkingCalendar

CLOCK = DeadlineClock(CALENDAR, ZONE)
DAY = timedelta(days=1)


def runs(moment: datetime, kind: ClockKind, pauses: list[Pause], clock: DeadlineClock = CLOCK) -> bool:
    """Whether the clock runs in the minute that begins at this moment."""
    if any(pause.end is not None and pause.start <= moment < pause.end for pause in pauses):
        return False
    if kind in {"urgent_hour", "natural_day"}:
        return True
    local = moment.astimezone(clock.zone)
    day, minute = local.date(), local.time()
    if day.year in clock.calendar.years:
        if clock.calendar.day_type(day) != "workday":
            return False
    elif day.isoweekday() in (6, 7):
        return False
    return any(start <= minute < end for start, end in clock.calendar.slots)


MINUTES_OF: dict[ClockKind, int] = {"urgent_hour": 60, "work_hour": 60, "work_day": 480, "natural_day": 1440}


def counted(start: datetime, limit: Limit, pauses: list[Pause], clock: DeadlineClock = CLOCK) -> datetime:
    """Minute by minute, until the limit is used up."""
    left, moment = round(limit.amount * MINUTES_OF[limit.clock]), start
    while left:
        left -= runs(moment, limit.clock, pauses, clock)
        moment += MINUTE
    return moment


moments = st.datetimes(datetime(2024, 12, 1), datetime(2026, 10, 31)).map(
    lambda at: at.replace(second=0, microsecond=0, tzinfo=ZONE).astimezone(UTC)
)
limits = st.one_of(
    st.builds(Limit, amount=st.integers(1, 30), clock=st.sampled_from(["urgent_hour", "work_hour"])),
    st.builds(Limit, amount=st.integers(1, 9), clock=st.sampled_from(["work_day", "natural_day"])),
    st.builds(Limit, amount=st.sampled_from([0.5, 1.5, 2.5]), clock=st.just("work_day")),
)
gaps = st.lists(st.tuples(st.integers(0, 4000), st.integers(0, 6000), st.booleans()), max_size=4)


def pauses_from(start: datetime, parts: list[tuple[int, int, bool]]) -> list[Pause]:
    """Pauses after `start`, which may touch or overlap."""
    at, pauses = start, []
    for wait, length, apart in parts:
        begin = at + wait * MINUTE if apart else start + wait * MINUTE
        pauses.append(Pause(start=begin, end=begin + length * MINUTE, why="suspended"))
        at = begin + length * MINUTE
    return pauses


@settings(max_examples=250, deadline=None)
@given(start=moments, limit=limits, parts=gaps)
def test_due_is_where_counting_minutes_ends(start: datetime, limit: Limit, parts: list[tuple[int, int, bool]]) -> None:
    pauses = pauses_from(start, parts)
    assert CLOCK.due(start, limit, pauses).at == counted(start, limit, pauses)


@settings(max_examples=150, deadline=None)
@given(start=moments, minutes=st.integers(0, 20_000), kind=st.sampled_from(sorted(MINUTES_OF)), parts=gaps)
def test_spent_is_the_number_of_running_minutes(
    start: datetime, minutes: int, kind: ClockKind, parts: list[tuple[int, int, bool]]
) -> None:
    pauses = pauses_from(start, parts)
    count = sum(runs(start + n * MINUTE, kind, pauses) for n in range(minutes))
    assert CLOCK.spent(start, start + minutes * MINUTE, kind, pauses) == count * MINUTE


@settings(max_examples=100, deadline=None)
@given(start=moments, limit=limits, parts=gaps)
def test_a_limit_is_spent_exactly_when_it_is_due(
    start: datetime, limit: Limit, parts: list[tuple[int, int, bool]]
) -> None:
    pauses = pauses_from(start, parts)
    due = CLOCK.due(start, limit, pauses).at
    assert CLOCK.spent(start, due, limit.clock, pauses) == CLOCK.length(limit)


@settings(max_examples=60, deadline=None)
@given(
    start=st.datetimes(datetime(2025, 10, 25), datetime(2025, 11, 10)).map(
        lambda at: at.replace(second=0, microsecond=0, tzinfo=UTC)
    ),
    limit=limits,
)
def test_clocks_keep_time_where_the_hour_changes(start: datetime, limit: Limit) -> None:
    clock = DeadlineClock(WorkingCalendar.load("us"), ZoneInfo("America/New_York"))
    slots = sum((b.hour * 60 + b.minute - a.hour * 60 - a.minute for a, b in clock.calendar.slots))
    minutes = {**MINUTES_OF, "work_day": slots}
    left, moment = round(limit.amount * minutes[limit.clock]), start
    while left:
        left -= runs(moment, limit.clock, [], clock)
        moment += MINUTE
    assert clock.due(start, limit).at == moment


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "amount", "kind", "due"),
    [
        # Four working hours over lunch.
        ("2026-11-23 10:00", 4, "work_hour", "2026-11-23 16:00"),
        # Used up at closing time: due then, not the next morning.
        ("2026-11-23 14:00", 4, "work_hour", "2026-11-23 18:00"),
        # Filed in the night.
        ("2026-11-23 22:00", 4, "work_hour", "2026-11-24 12:00"),
        # Two urgent hours run through the night.
        ("2026-11-23 23:00", 2, "urgent_hour", "2026-11-24 01:00"),
        # Over the National Day holidays of 2025; 28 September and 11 October 2025 are Sundays and Saturdays worked instead.
        ("2025-09-27 09:00", 1, "work_day", "2025-09-28 18:00"),
        ("2025-09-30 18:00", 3, "work_day", "2025-10-11 18:00"),
        ("2025-09-30 18:00", 3, "natural_day", "2025-10-03 18:00"),
    ],
)
def test_known_deadlines(start: str, amount: int, kind: ClockKind, due: str) -> None:
    assert CLOCK.due(local(start), Limit(amount=amount, clock=kind)).at == local(due)


def test_a_year_without_a_decreed_calendar_is_marked_as_a_guess() -> None:
    last = max(CALENDAR.years)
    inside = CLOCK.due(local(f"{last}-06-01 08:00"), Limit(amount=5, clock="work_day"))
    beyond = CLOCK.due(local(f"{last}-12-30 08:00"), Limit(amount=5, clock="work_day"))
    assert (inside.is_provisional, beyond.is_provisional) == (False, True)


def _city_calendar(folder: Path, extra_free: str = "") -> WorkingCalendar:
    path = folder / f"city{len(extra_free)}.yml"
    path.write_text(
        "id: city\nnames: {rest: {zh: [休], en: [rest]}}\nslots: ['08:00-12:00', '14:00-18:00']\n"
        f"years: {{2026: {{free: {{{extra_free}}}}}}}\n",
        encoding="utf-8",
    )
    return WorkingCalendar.load(path)


def test_deadlines_follow_a_calendar_that_changes(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    ledger.flow.clock = DeadlineClock(_city_calendar(tmp_path), ZONE)
    open_case, done = handled(ledger), handled(ledger)
    done = act(ledger, done, person("handler"), "feed_back", NOW + 30 * MINUTE, result="清了")
    assert open_case.due_at is not None
    assert open_case.due_at.astimezone(ZONE).date() == date(2026, 11, 23)
    ledger.flow.clock = DeadlineClock(_city_calendar(tmp_path, "rest: [2026-11-23, 2026-11-24]"), ZONE)
    assert recompute(ledger, NOW + 60 * MINUTE) == (open_case.case_no,)
    moved = ledger.order(open_case.case_no)
    assert moved.due_at == local("2026-11-25 12:00")
    assert ledger.events(open_case.case_no)[-1]["action"] == "recompute"
    assert recompute(ledger, NOW + 61 * MINUTE) == ()
    assert ledger.order(done.case_no) == done
    ledger.close()


def test_the_clock_stands_still_while_suspended_and_runs_by_itself_after(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    order = handled(ledger)
    until = NOW + 3 * DAY
    held = act(ledger, order, person("handler"), "suspend", NOW + 10 * MINUTE, reason="等料", until=until)
    used = CLOCK.spent(NOW + 2 * MINUTE, NOW + 10 * MINUTE, "work_hour")
    rest = CLOCK.length(Limit(amount=4, clock="work_hour")) - used
    assert held.due_at == CLOCK.due(until, Limit(amount=rest / timedelta(hours=1), clock="work_hour")).at
    assert not ledger.flow.is_overdue(held, NOW + 2 * DAY)
    assert ledger.wake(NOW + 2 * DAY) == ()
    assert ledger.wake(until) == (order.case_no,)
    assert ledger.events(order.case_no)[-1]["actor"] == "clock"
    assert not ledger.order(order.case_no).is_suspended
    ledger.close()


def test_time_that_waits_for_the_check_is_not_the_units_time(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    order = handled(ledger)
    fed_back = act(ledger, order, person("handler"), "feed_back", NOW + 60 * MINUTE, result="清了")
    again = act(ledger, fed_back, person("dispatcher"), "rework", NOW + 120 * MINUTE, reason="没清干净")
    assert fed_back.due_at is not None
    assert again.due_at == CLOCK.due(
        NOW + 2 * MINUTE, Limit(amount=4, clock="work_hour"),
        [Pause(start=NOW + 60 * MINUTE, end=NOW + 120 * MINUTE, why="waiting_for_check")],
    ).at  # fmt: skip
    assert again.due_at > fed_back.due_at
    ledger.close()


def test_a_returned_case_runs_on_with_the_same_unit_and_starts_anew_with_another(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    for unit, fresh in (("环卫所", False), ("城管大队", True)):
        order = handled(ledger)
        back = act(ledger, order, person("handler"), "return", NOW + 30 * MINUTE, reason="不是我们的")
        sent = act(ledger, back, person("dispatcher"), "dispatch", NOW + 40 * MINUTE, unit=unit)
        assert (sent.dispatched_at == NOW + 40 * MINUTE) is fresh
        assert (sent.pauses == ()) is fresh
    ledger.close()


def test_a_promised_deadline_holds(tmp_path: Path) -> None:
    ledger = ledger_at(tmp_path)
    promised = NOW + 5 * DAY
    assert handled(ledger, due_at=promised).due_at == promised
    assert file(ledger).due_at is None
    ledger.close()
