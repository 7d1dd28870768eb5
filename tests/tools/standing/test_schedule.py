from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tools.standing.schedule import LONGEST_BACK, Quiet, Schedule, wall
from warehouse.working_calendar import WorkingCalendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
CN = WorkingCalendar.load("cn")
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 20)).map(lambda m: m.replace(tzinfo=UTC))
schedules = st.one_of(
    st.builds(Schedule, at=clocks),
    st.builds(Schedule, at=clocks, days=st.just("working")),
    st.builds(Schedule, at=clocks, days=st.just("week"), weekdays=st.sets(st.integers(1, 7), min_size=1).map(tuple)),
    st.builds(Schedule, at=clocks, days=st.just("month"), day=st.integers(1, 31)),
)
quiets = st.tuples(clocks, clocks).filter(lambda p: p[0] != p[1]).map(lambda p: Quiet(start=p[0], end=p[1]))


@given(schedules, moments, st.integers(0, 30 * 24 * 60), st.integers(0, 30 * 24 * 60))
def test_two_looks_find_what_one_look_finds(schedule: Schedule, start: datetime, first: int, second: int) -> None:
    middle, end = start + timedelta(minutes=first), start + timedelta(minutes=first + second)
    if end - start > LONGEST_BACK:
        return
    whole = schedule.due(start, end, SHANGHAI, CN)
    halves = schedule.due(start, middle, SHANGHAI, CN) + schedule.due(middle, end, SHANGHAI, CN)
    assert whole == halves
    assert whole == sorted(set(whole))


@given(schedules, moments)
def test_next_moment_is_the_first_one_due(schedule: Schedule, start: datetime) -> None:
    following = schedule.following(start, NEW_YORK, CN)
    assert schedule.due(start, following, NEW_YORK, CN)[-1:] == [following]
    assert len(schedule.due(start, following, NEW_YORK, CN)) == 1


@given(quiets, moments)
def test_quiet_hours_delay_to_their_end_and_no_further(quiet: Quiet, moment: datetime) -> None:
    sent = quiet.over(moment, SHANGHAI)
    assert not quiet.covers(sent.astimezone(SHANGHAI).time())
    assert timedelta(0) <= sent - moment < timedelta(days=1)
    assert (sent == moment) == (not quiet.covers(moment.astimezone(SHANGHAI).time()))


def test_working_days_follow_the_calendar_and_not_the_week() -> None:
    schedule = Schedule(at=time(8), days="working")
    # 1 to 7 October 2026 are free; Saturday the 10th is worked in exchange.
    assert [d for d in range(1, 12) if schedule.on(date(2026, 10, d), CN)] == [8, 9, 10]


def test_short_month_has_its_last_day_instead() -> None:
    schedule = Schedule(at=time(9), days="month", day=31)
    found = schedule.due(datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC), SHANGHAI, CN)
    assert [moment.astimezone(SHANGHAI).date() for moment in found] == [date(2026, 2, 28)]


def test_eight_in_the_morning_stays_eight_when_the_clocks_change() -> None:
    schedule = Schedule(at=time(8))
    found = schedule.due(datetime(2026, 3, 6, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC), NEW_YORK, CN)
    assert {moment.astimezone(NEW_YORK).time() for moment in found} == {time(8)}
    assert len({found[i + 1] - found[i] for i in range(len(found) - 1)}) == 2


def test_wall_time_that_does_not_exist_comes_once() -> None:
    schedule = Schedule(at=time(2, 30))
    found = schedule.due(datetime(2026, 3, 8, 5, tzinfo=UTC), datetime(2026, 3, 9, 5, tzinfo=UTC), NEW_YORK, CN)
    assert found == [wall(date(2026, 3, 8), time(2, 30), NEW_YORK)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": "08:00", "days": "week"},
        {"at": "08:00", "weekdays": [1]},
        {"at": "08:00", "days": "week", "weekdays": [0]},
        {"at": "08:00", "days": "month"},
        {"at": "08:00", "day": 3},
        {"at": "25:00"},
        {"at": "08:00:30"},
    ],
)
def test_schedule_that_means_nothing_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Schedule.model_validate(wrong)
