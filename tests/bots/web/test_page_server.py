from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bots.reception import Reception
from bots.web.app import STATIC, make_app
from bots.web.session import COOKIE, Door
from tests.bots.conftest import Clock, Serving

TOKENS = {"王局": "a-long-secret-of-wang", "东湖值班": "a-long-secret-of-donghu"}


@pytest.fixture
def url(reception: Reception, serving: Serving) -> str:
    door = Door(directory=reception.directory, key=b"k" * 32, tokens=TOKENS)
    return serving(make_app(reception, door))


@contextmanager
def signed_in(url: str, name: str = "王局") -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url) as client:
        assert client.post("/api/sign-in", json={"token": TOKENS[name]}).status_code == 200
        yield client


@pytest.fixture
def page(url: str) -> Iterator[httpx.Client]:
    with signed_in(url) as client:
        yield client


def asked(page: httpx.Client, text: str, key: str = "key-00000001", thread: str = "t") -> dict[str, Any]:
    response = page.post("/api/ask", json={"key": key, "thread": thread, "text": text}, timeout=30)
    assert response.status_code == 200, response.text
    last = [part for part in response.text.split("\n\n") if part.startswith("event: answer")][-1]
    return dict(json.loads(last.split("data: ", 1)[1]))


@pytest.mark.parametrize("path", ["/api/me", "/api/threads", "/api/threads/t", "/api/export/k/0.csv"])
def test_nothing_is_shown_to_somebody_unknown(url: str, path: str) -> None:
    assert httpx.get(url + path).status_code == 401


def test_question_of_somebody_unknown_is_not_asked(url: str) -> None:
    answer = httpx.post(f"{url}/api/ask", json={"key": "key-00000001", "thread": "t", "text": "昨天立案多少"})
    assert answer.status_code == 401


def test_answer_streams_its_steps_and_carries_evidence(page: httpx.Client) -> None:
    text = page.post("/api/ask", json={"key": "key-00000001", "thread": "t", "text": "昨天各区立案数"}).text
    assert text.index("event: step") < text.index("event: answer")
    turn = asked(page, "昨天各区立案数")
    assert turn["answer"]["status"] == "answer"
    assert turn["answer"]["queries"][0]["sql"]
    assert {block["kind"] for block in turn["reply"]["blocks"]} >= {"markdown", "chart", "table"}


def test_repeated_request_is_the_same_answer_and_asked_once(page: httpx.Client, reception: Reception) -> None:
    with ThreadPoolExecutor(4) as pool:
        turns = list(pool.map(lambda _: asked(page, "昨天立案多少件"), range(4)))
    assert len({turn["answer"]["trace_id"] for turn in turns}) == 1
    assert len(reception.answers.thread("王局", "t")) == 1


def test_follow_up_leans_on_the_thread_and_not_on_another_one(page: httpx.Client) -> None:
    asked(page, "昨天东湖区立案多少件", "key-00000001", "one")
    assert "4" in asked(page, "那望山区呢", "key-00000002", "one")["reply"]["blocks"][0]["text"]
    assert asked(page, "那望山区呢", "key-00000003", "two")["answer"]["status"] in {"abstain", "clarify"}


def test_scope_of_the_person_holds_on_the_page(url: str) -> None:
    with signed_in(url, "东湖值班") as page:
        turn = asked(page, "昨天各区立案数")
        assert turn["answer"]["queries"][0]["scope"] == {"district": ["东湖区"]}
        assert "望山" not in json.dumps(turn, ensure_ascii=False)


def test_conversation_of_somebody_else_is_out_of_reach(url: str, page: httpx.Client) -> None:
    turn = asked(page, "昨天各区立案数", thread="private")
    with signed_in(url, "东湖值班") as other:
        assert other.get("/api/threads").json() == []
        assert other.get("/api/threads/private").json() == []
        assert other.get(f"/api/export/{turn['key']}/0.csv").status_code == 404
        assert other.post("/api/judge", json={"about": turn["key"], "score": "down"}).status_code == 404


def test_conversation_can_be_read_again_and_removed(page: httpx.Client) -> None:
    first = asked(page, "昨天各区立案数")
    assert page.get("/api/threads").json()[0]["title"] == "昨天各区立案数"
    assert page.get("/api/threads/t").json() == [first]
    page.delete("/api/threads/t")
    assert page.get("/api/threads").json() == []


def test_button_of_a_clarification_asks_what_it_says_once(page: httpx.Client) -> None:
    turn = asked(page, "立案最多的")
    choices = next(b for b in turn["reply"]["blocks"] if b["kind"] == "card" and b["purpose"] == "choose")["actions"]
    body = {"thread": "t", "token": choices[0]["token"]}
    first = page.post("/api/press", json={**body, "key": "key-00000002"}).text
    again = page.post("/api/press", json={**body, "key": "key-00000003"}).text
    assert '"status": "answer"' in first
    assert "已经按过" in again


def test_button_of_somebody_else_does_nothing(url: str, page: httpx.Client) -> None:
    turn = asked(page, "立案最多的")
    token = next(b for b in turn["reply"]["blocks"] if b["kind"] == "card")["actions"][0]["token"]
    with signed_in(url, "东湖值班") as other:
        answer = other.post("/api/press", json={"key": "key-00000002", "thread": "t", "token": token}).text
        assert "不是给您的" in answer


def test_judgement_waits_for_review(page: httpx.Client, reception: Reception) -> None:
    turn = asked(page, "昨天各区立案数")
    page.post("/api/judge", json={"about": turn["key"], "score": "down", "reason": "少了高新区"})
    assert [(j.score, j.reason) for j in reception.judgements.waiting()] == [("down", "少了高新区")]


def test_export_holds_the_rows_and_no_formula(page: httpx.Client) -> None:
    turn = asked(page, "昨天各区立案数")
    csv = page.get(f"/api/export/{turn['key']}/0.csv").content
    assert csv.startswith(b"\xef\xbb\xbf")
    assert "东湖区,7" in csv.decode("utf-8-sig")
    assert page.get(f"/api/export/{turn['key']}/0.xlsx").content[:2] == b"PK"
    assert page.get(f"/api/export/{turn['key']}/9.csv").status_code == 404


def test_twenty_thousand_characters_are_answered_not_dropped(page: httpx.Client) -> None:
    assert "20,000" in asked(page, "问" * 20_000)["reply"]["blocks"][0]["text"]


def test_guessing_tokens_is_stopped(url: str, clock: Clock) -> None:
    for _ in range(10):
        assert httpx.post(f"{url}/api/sign-in", json={"token": "guess"}).status_code == 403
    assert httpx.post(f"{url}/api/sign-in", json={"token": TOKENS["王局"]}).status_code == 403
    clock.now += timedelta(minutes=6)
    assert httpx.post(f"{url}/api/sign-in", json={"token": TOKENS["王局"]}).status_code == 200


def test_cookie_runs_out_and_cannot_be_changed(page: httpx.Client, clock: Clock) -> None:
    cookie = page.cookies[COOKIE]
    _name, ends, signature = cookie.split(".")
    forged = ".".join(("东湖值班".encode().hex(), ends, signature))
    assert httpx.get(f"{page.base_url}/api/me", cookies={COOKIE: forged}).status_code == 401
    clock.now += timedelta(hours=13)
    assert page.get("/api/me").status_code == 401


@pytest.mark.parametrize("cookie", ["", "a.b.c", "zz.1.x", "...", "é.1"])
def test_broken_cookie_is_nobody(url: str, cookie: str) -> None:
    headers = {"Cookie": f"{COOKIE}={cookie}".encode()}
    assert httpx.get(f"{url}/api/me", headers=headers).status_code == 401


def test_write_from_another_site_is_refused(page: httpx.Client) -> None:
    body = {"key": "key-00000001", "thread": "t", "text": "昨天立案多少件"}
    assert page.post("/api/ask", json=body, headers={"Origin": "http://evil.example"}).status_code == 403


def test_demo_answers_to_local_names_only(reception: Reception, serving: Serving) -> None:
    url = serving(make_app(reception, Door(directory=reception.directory, key=b"k" * 32, demo="leader")))
    assert httpx.get(f"{url}/api/me").json()["role"] == "leader"
    assert httpx.get(f"{url}/api/me", headers={"Host": "rebound.example"}).status_code == 403
    assert httpx.post(f"{url}/api/be", json={"name": "analyst"}).status_code == 200


def test_role_cannot_be_chosen_outside_of_the_demo(page: httpx.Client) -> None:
    assert page.post("/api/be", json={"name": "admin"}).status_code == 403


def test_proxy_is_believed_only_from_its_own_address(reception: Reception, serving: Serving) -> None:
    def door(trusted: str) -> Door:
        return Door(directory=reception.directory, key=b"k" * 32, proxy_header="X-User", trusted_proxies=(trusted,))

    name = {"X-User": "leader"}
    assert httpx.get(serving(make_app(reception, door("127.0.0.1"))) + "/api/me", headers=name).status_code == 200
    assert httpx.get(serving(make_app(reception, door("10.0.0.1"))) + "/api/me", headers=name).status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/me", "/static/js/main.js", "/healthz"])
def test_every_response_carries_the_policy(url: str, path: str) -> None:
    policy = httpx.get(url + path).headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_vendored_files_are_what_was_packed() -> None:
    folder = STATIC / "vendor"
    listed = json.loads((folder / "VENDOR.json").read_text(encoding="utf-8"))["files"]
    assert {one["file"] for one in listed} == {path.name for path in folder.glob("*.js")}
    for one in listed:
        assert hashlib.sha256((folder / one["file"]).read_bytes()).hexdigest() == one["sha256"]
        assert (folder / f"{one['package']}.LICENSE.txt").is_file()


def test_page_names_no_other_host() -> None:
    for path in [*STATIC.glob("*.html"), *STATIC.glob("css/*.css"), *STATIC.glob("js/*.js")]:
        text = path.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "://" not in text, path.name
        assert "innerHTML" not in text, path.name


def test_page_speaks_both_languages_with_the_same_keys() -> None:
    import re

    text = (STATIC / "js" / "words.js").read_text(encoding="utf-8")
    zh, en = (re.findall(r"(\w+): \"", half) for half in text.split("  en: {"))
    assert sorted(zh) == sorted(en)
    assert zh


def test_fonts_are_shipped_with_their_licence() -> None:
    fonts = Path(STATIC).parents[1] / "fonts"
    assert len(list(fonts.glob("*.otf"))) == 2
    assert "SIL OPEN FONT LICENSE" in (fonts / "LICENSE.txt").read_text(encoding="utf-8")
