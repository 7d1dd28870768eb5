from __future__ import annotations

from datetime import datetime

import pytest

from tools.work_orders.classifier_base import base_classifier
from tools.work_orders.classifier_city import CityList
from tools.work_orders.classifier_phrases import phrase_book
from tools.work_orders.gazetteer import Gazetteer
from tools.work_orders.intake import Intake
from tools.work_orders.intake_draft import IntakeSession, Pin
from warehouse.past_cases import CategoryRow, OpenCase

NOW = datetime.fromisoformat("2026-11-23T08:30:00+08:00")
REF = "GB/T 47678.5-2026"
ROWS = (
    CategoryRow(minor="暴露垃圾", major="市容环境", kind="event", code="06010", standard_ref=REF),
    CategoryRow(minor="垃圾站（箱）满溢", major="市容环境", kind="event", code="06042", standard_ref=REF),
    CategoryRow(minor="污水井盖", major="市政公用设施", kind="component", code="01002", standard_ref=REF),
    CategoryRow(minor="雨水井盖", major="市政公用设施", kind="component", code="01003", standard_ref=REF),
    CategoryRow(minor="路灯", major="市政公用设施", kind="component", code="01037", standard_ref=REF),
)


@pytest.fixture(scope="module")
def intake(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    def still_open(minor: str, since: datetime, until: datetime) -> list[OpenCase]:
        return [OpenCase(case_no="C1", minor=minor, reported_at=since, longitude=114.3, latitude=30.9)]

    book = phrase_book()
    model = base_classifier(tmp_path_factory.mktemp("home"), book)
    return Intake(book, model, CityList(ROWS, book), Gazetteer({}), open_cases=still_open)


def test_a_pin_is_never_asked_for_again(intake: Intake) -> None:
    step = intake.read("垃圾桶满了没人倒", now=NOW, place_pin=Pin(longitude=114.4, latitude=30.8))
    assert step.kind == "ready"
    assert step.drafts[0].category is not None
    assert step.drafts[0].category.minor == "垃圾站（箱）满溢"


def test_only_the_place_is_asked_when_only_the_place_is_missing_and_the_session_survives_json(intake: Intake) -> None:
    step = intake.read("垃圾桶满了没人倒", now=NOW)
    assert step.question is not None
    assert step.question.about == "place"
    assert step.session is not None
    kept = IntakeSession.model_validate_json(step.session.model_dump_json())
    done = intake.read("中山路和解放路交叉口", now=NOW, session=kept)
    assert (done.kind, done.drafts[0].place.address) == ("ready", "中山路和解放路交叉口")


def test_an_open_hole_jumps_the_queue_and_is_not_kept_waiting_for_whose_cover_it_is(intake: Intake) -> None:
    step = intake.read("人民路120号路灯不亮。另外井盖没了", now=NOW)
    assert step.kind == "ready"
    assert [item.emergency for item in step.items] == ["open_hole", None]


def test_the_cover_that_is_named_is_the_category(intake: Intake) -> None:
    step = intake.read("人民路120号污水井盖响个不停", now=NOW)
    assert step.drafts[0].category is not None
    assert step.drafts[0].category.code == "01002"


def test_an_open_case_close_by_is_offered_to_join(intake: Intake) -> None:
    step = intake.read("路灯不亮", now=NOW, place_pin=Pin(longitude=114.3, latitude=30.9))
    assert step.question is not None
    assert step.question.about == "duplicate"
    assert intake.read("是", now=NOW, session=step.session).joined == "C1"


@pytest.mark.parametrize(("said", "number"), [("老板拖欠工资", "12333"), ("有人晕倒了快叫救护车", "120")])
def test_what_is_not_ours_is_told_whom_to_call(intake: Intake, said: str, number: str) -> None:
    step = intake.read(said, now=NOW)
    assert step.kind == "not_ours"
    assert number in step.text


def test_a_greeting_files_nothing(intake: Intake) -> None:
    assert intake.read("你好", now=NOW).kind == "chit_chat"
