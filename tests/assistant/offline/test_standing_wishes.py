"""What should come by itself, in plain words: laws over days, clocks and verbs; and what is no such wish."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import yaml
from made_up import NOW, NOW_EN, denver_like, lanzhou_like

from assistant.briefing import plans
from assistant.offline.lexicon import FOLDER
from assistant.offline.plan import Call, PastTurn, Turn, Understanding
from assistant.offline.understand import understand
from tools.propose_alert_rule import AlertWish
from tools.propose_subscription import SubscriptionWish
from tools.standing.defaults import defaults

YUNHE, PORT_ALDER = lanzhou_like(), denver_like()
STANDING = {"propose_subscription", "propose_alert_rule", "my_subscriptions"}


def read(text: str, *, english: bool = False, history: tuple[PastTurn, ...] = ()) -> Understanding:
    desk, now = (PORT_ALDER, NOW_EN) if english else (YUNHE, NOW)
    return understand(Turn(text=text, now=now, history=history), desk)


def wish(text: str, *, english: bool = False, history: tuple[PastTurn, ...] = ()) -> dict[str, Any]:
    understood = read(text, english=english, history=history)
    assert [call.tool for call in understood.calls] == ["propose_subscription"], (text, understood)
    parsed = SubscriptionWish.model_validate(understood.calls[0].args)
    return parsed.model_dump(mode="json", exclude_defaults=True, exclude={"language"})


def rule(text: str, *, english: bool = False) -> dict[str, Any]:
    understood = read(text, english=english)
    assert [call.tool for call in understood.calls] == ["propose_alert_rule"], (text, understood)
    found = AlertWish.model_validate(understood.calls[0].args).rule
    assert found is not None
    return found.model_dump(mode="json", exclude_defaults=True)


ZH_DAYS = {
    "每天": {"days": "every"}, "每日": {"days": "every"}, "工作日": {"days": "working"}, "每个工作日": {"days": "working"},
    "每周一": {"days": "week", "weekdays": [1]}, "每周一三五": {"days": "week", "weekdays": [1, 3, 5]},
    "每个星期天": {"days": "week", "weekdays": [7]}, "每月1号": {"days": "month", "day": 1}, "每月十五日": {"days": "month", "day": 15},
}  # fmt: skip
ZH_CLOCKS = {
    "早上八点": "08:00", "8:30": "08:30", "上午9点半": "09:30", "下午五点": "17:00", "晚上十点半": "22:30", "17:45": "17:45",
    "九点": "09:00", "三点": "15:00", "中午12点": "12:00", "早上七点一刻": "07:15",
}  # fmt: skip
ZH_NAMES = {
    "昨夜简报": "night",
    "夜报": "night",
    "日报": "daily",
    "周报": "weekly",
    "月报": "monthly",
    "个人周报": "personal",
}
EN_DAYS = {
    "every day": {"days": "every"}, "every weekday": {"days": "working"}, "on working days": {"days": "working"},
    "every monday": {"days": "week", "weekdays": [1]}, "every monday and friday": {"days": "week", "weekdays": [1, 5]},
    "on the 1st of each month": {"days": "month", "day": 1},
}  # fmt: skip
EN_CLOCKS = {"at 8am": "08:00", "at 5 pm": "17:00", "at 9:15": "09:15", "at 17:30": "17:30", "at 9": "09:00"}
EN_NAMES = {"night brief": "night", "daily report": "daily", "weekly report": "weekly", "unit scorecard": "scorecard"}


@pytest.mark.parametrize(("day", "clock"), list(product(ZH_DAYS, ZH_CLOCKS)))
def test_days_clock_and_briefing_come_back_as_they_were_said(day: str, clock: str) -> None:
    for said, name in ZH_NAMES.items():
        expected = {"change": "start", "briefing": name, "at": f"{ZH_CLOCKS[clock]}:00", **ZH_DAYS[day]}
        for form in ("{d}{c}给我发{n}", "请{d}{c}把{n}发给我", "{d}{c}推送{n}", "我想{d}{c}收到{n}"):
            assert wish(form.format(d=day, c=clock, n=said)) == expected


@pytest.mark.parametrize(("day", "clock"), list(product(EN_DAYS, EN_CLOCKS)))
def test_days_clock_and_briefing_come_back_in_english(day: str, clock: str) -> None:
    for said, name in EN_NAMES.items():
        expected = {"change": "start", "briefing": name, "at": f"{EN_CLOCKS[clock]}:00", **EN_DAYS[day]}
        for form in ("send me the {n} {d} {c}", "please send the {n} to me {c} {d}", "{d} {c} send me the {n}"):
            assert wish(form.format(d=day, c=clock, n=said), english=True) == expected


@pytest.mark.parametrize("said", ["别再发{n}了", "不要再发{n}", "取消订阅{n}", "退订{n}", "{n}停了吧", "把{n}停掉"])
def test_stopping_names_what_stops_and_no_time(said: str) -> None:
    for name, briefing in ZH_NAMES.items():
        assert wish(said.format(n=name)) == {"change": "stop", "briefing": briefing}


@pytest.mark.parametrize(
    "said", ["stop the {n}", "unsubscribe me from the {n}", "don't send me the {n} any more", "cancel my {n}"]
)
def test_stopping_in_english(said: str) -> None:
    for name, briefing in EN_NAMES.items():
        assert wish(said.format(n=name), english=True) == {"change": "stop", "briefing": briefing}


def test_moving_takes_the_new_time_and_leaves_the_rest() -> None:
    assert wish("把简报改到九点") == {"change": "move", "at": "09:00:00"}
    assert wish("日报改成工作日早上七点半") == {
        "change": "move",
        "briefing": "daily",
        "at": "07:30:00",
        "days": "working",
    }
    assert wish("move the night brief to 9", english=True) == {"change": "move", "briefing": "night", "at": "09:00:00"}


def test_what_was_just_proposed_can_be_moved_without_its_name() -> None:
    before = PastTurn(text="…", calls=(Call("propose_subscription", {"change": "start", "briefing": "night"}),))
    assert wish("改到九点吧", history=(before,)) == {"change": "move", "briefing": "night", "at": "09:00:00"}


@pytest.mark.parametrize(("said", "word"), [("每天早上八点给张三发日报", "张三"), ("每天早上八点给我发东湖区的日报", "东湖区"),
                                           ("明天早上八点给我发日报", "明天")])  # fmt: skip
def test_word_that_no_part_of_the_wish_explains_is_named(said: str, word: str) -> None:
    understood = read(said)
    assert [call.tool for call in understood.calls] == ["abstain"]
    assert any(word in one for one in understood.unexplained)


@pytest.mark.parametrize(
    "said",
    [
        "昨日报了多少案子", "上周报案最多的街道", "本月报修多少件", "每天上报多少件", "每周一上报多少件", "今日报了几件",
        "告诉我昨天立案多少件", "告诉我哪个区超期最多", "如果下雨怎么办", "上个月每天早上八点上报多少件",
    ],
)  # fmt: skip
def test_question_about_numbers_is_no_wish(said: str) -> None:
    assert not {call.tool for call in read(said).calls} & STANDING


@pytest.mark.parametrize(
    "said",
    ["tell me how many cases were reported yesterday", "give me daily closed cases last week", "send the report"],
)
def test_question_in_english_is_no_wish(said: str) -> None:
    assert not {call.tool for call in read(said, english=True).calls} & STANDING


@pytest.mark.parametrize("said", ["我订阅了哪些简报", "我的订阅", "看看订阅"])
def test_own_subscriptions_can_be_asked_for(said: str) -> None:
    assert [call.tool for call in read(said).calls] == ["my_subscriptions"]


@pytest.mark.parametrize(
    ("words", "op"), [("超过", "gt"), ("高于", "gt"), ("达到", "ge"), ("不少于", "ge"), ("低于", "lt"), ("少于", "lt")]
)
def test_bound_of_a_rule_is_read_with_its_direction(words: str, op: str) -> None:
    expected = {"kind": "threshold", "metric": "overdue_open", "op": op, "value": 50.0}
    for form in (
        "超期未结{w}50件就提醒我",
        "如果超期未结{w}五十件请通知我",
        "超期未结{w} 50 时告诉我",
        "一旦超期未结{w}50件，马上提醒我",
    ):
        found = rule(form.format(w=words))
        assert {"op": "ge", **found} == expected


def test_share_in_percent_bounds_a_rate_and_nothing_else() -> None:
    assert rule("按期结案率低于90%就提醒我") == {
        "kind": "threshold",
        "metric": "on_time_closure_rate",
        "op": "lt",
        "value": 0.9,
    }
    assert not {call.tool for call in read("超期未结超过50%就提醒我").calls} & STANDING


def test_window_of_a_rule_ends_now_or_there_is_no_rule() -> None:
    assert rule("过去3小时上报超过40件时通知我")["window_hours"] == 3
    assert "window_hours" not in rule("今天上报超过40件时通知我")
    assert not {call.tool for call in read("上周上报超过40件就通知我").calls} & STANDING


def test_place_and_cut_of_a_rule_are_kept() -> None:
    assert rule("东湖区超期未结超过50件就提醒我")["filters"][0]["values"] == ["东湖新区"]
    assert rule("各区超期未结达到20件时提醒我")["dimension"] == "district"


def test_unusual_soon_and_silent_are_rules_of_their_own() -> None:
    assert rule("异常比平时多就告诉我")["kind"] == "excess"
    assert rule("有案件快超期前30分钟就提醒我") == {"kind": "overdue_soon", "minutes": 30}
    assert rule("数据超过两小时没更新就通知我") == {"kind": "feed_silent", "minutes": 120}
    assert rule("let me know if anomalies are above usual", english=True)["kind"] == "excess"
    assert rule("tell me if data is silent for 3 hours", english=True) == {"kind": "feed_silent", "minutes": 180}


def test_condition_that_cannot_be_read_is_no_rule() -> None:
    for said in ("如果城市幸福感下降就告诉我", "火星上的案件超过50件就提醒我"):
        assert not {call.tool for call in read(said).calls} & STANDING


def test_every_list_of_words_speaks_both_languages() -> None:
    words = yaml.safe_load((FOLDER / "standing.yml").read_text(encoding="utf-8"))

    def lists(entry: Any) -> Any:
        if isinstance(entry, dict) and set(entry) <= {"zh", "en"}:
            yield entry
        elif isinstance(entry, dict):
            for one in entry.values():
                yield from lists(one)

    for entry in lists(words):
        assert set(entry) == {"zh", "en"}
        assert all(isinstance(word, str) for listed in entry.values() for word in listed)


def test_defaults_know_every_briefing_with_its_roles() -> None:
    known = {name: set(one.roles) for name, one in defaults().briefings.items()}
    assert known == {plan.id: set(plan.roles) for plan in plans().values()}
