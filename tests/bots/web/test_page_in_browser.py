"""The page in a real browser: what a person sees and does, with nothing loaded from elsewhere."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from bots.reception import Reception
from bots.web.app import make_app
from bots.web.session import Door
from tests.bots.conftest import Serving

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
    # Playwright's own pipes are closed by its process, not by ours.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TOKENS = {"王局": "a-long-secret-of-wang"}


@dataclass
class Watched:
    """A page with all it complained about and all it asked of other hosts."""

    page: Any
    troubles: list[str] = field(default_factory=list)

    def ask(self, text: str) -> Any:
        before = self.page.locator(".turn").count()
        self.page.fill("#ask", text)
        self.page.press("#ask", "Enter")
        turn = self.page.locator(".turn").nth(before)
        turn.locator(".foot").wait_for(timeout=20_000)
        return turn


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture
def url(reception: Reception, serving: Serving) -> str:
    return serving(
        make_app(reception, Door(directory=reception.directory, key=b"k" * 32, tokens=TOKENS, demo="leader"))
    )


def opened(browser: Any, url: str, **options: Any) -> Watched:
    context = browser.new_context(**{"locale": "zh-CN", "viewport": {"width": 1280, "height": 860}, **options})
    watched = Watched(context.new_page())
    watched.page.on("pageerror", lambda error: watched.troubles.append(str(error)))
    watched.page.on("console", lambda said: watched.troubles.append(said.text))
    watched.page.on(
        "request",
        lambda sent: None if sent.url.startswith((url, "data:", "blob:")) else watched.troubles.append(sent.url),
    )
    watched.page.goto(url)
    return watched


@pytest.fixture
def desk(browser: Any, url: str) -> Iterator[Watched]:
    watched = opened(browser, url)
    watched.page.locator(".starter").first.wait_for()
    yield watched
    watched.page.context.close()
    assert watched.troubles == []


def test_question_gets_words_chart_table_and_evidence(desk: Watched) -> None:
    turn = desk.ask("昨天各区立案数")
    assert "东湖区" in turn.locator(".said").first.inner_text()
    turn.locator(".plot svg").wait_for()
    turn.get_by_role("tab", name="表").click()
    assert turn.locator("tbody tr").count() == 3
    turn.locator(".evidence").click()
    drawer = desk.page.get_by_role("dialog")
    assert "立案数" in drawer.inner_text()
    drawer.get_by_text("查看 SQL").click()
    assert "SELECT" in drawer.locator("pre").first.inner_text()
    desk.page.keyboard.press("Escape")
    assert desk.page.get_by_role("dialog").count() == 0


def test_follow_up_and_clarification_by_button(desk: Watched) -> None:
    desk.ask("昨天东湖区立案多少件")
    assert "望山" in desk.ask("那望山区呢").inner_text()
    turn = desk.ask("立案最多的")
    turn.locator(".chip.choice").first.click()
    answer = desk.page.locator(".turn").nth(3)
    answer.locator(".evidence").wait_for()
    assert turn.locator(".chip.choice").first.is_disabled()


def test_table_sorts_by_its_heads(desk: Watched) -> None:
    turn = desk.ask("昨天各区立案数")
    turn.get_by_role("tab", name="表").click()
    head = turn.locator("th", has_text="立案数").get_by_role("button")
    head.click()
    assert turn.locator("tbody tr td.number").first.inner_text() == "7"
    head.click()
    assert turn.locator("tbody tr td.number").first.inner_text() == "2"
    assert turn.locator("th[aria-sort='ascending']").count() == 1


def test_table_leaves_as_csv_and_excel(desk: Watched) -> None:
    turn = desk.ask("昨天各区立案数")
    turn.get_by_role("tab", name="表").click()
    for name in ("CSV", "Excel"):
        with desk.page.expect_download() as waiting:
            turn.get_by_text(name, exact=True).click()
        assert waiting.value.suggested_filename.startswith("citydesk.")


def test_thumb_down_takes_a_reason(desk: Watched, reception: Reception) -> None:
    turn = desk.ask("昨天各区立案数")
    turn.get_by_role("button", name="答得不对").click()
    turn.locator(".reason input").fill("少了一个区")
    turn.locator(".reason button").click()
    turn.locator(".reason").wait_for(state="detached")
    assert [(j.score, j.reason) for j in reception.judgements.waiting()] == [("down", "少了一个区")]


def test_markup_in_a_question_stays_text(desk: Watched) -> None:
    turn = desk.ask("<img src=x onerror=alert(1)>昨天立案多少件")
    assert turn.locator("img").count() == 0
    assert "<img" in turn.locator(".asked").inner_text()


def test_conversation_is_there_after_a_reload(desk: Watched) -> None:
    desk.ask("昨天各区立案数")
    desk.page.reload()
    desk.page.locator(".history button.open").first.click()
    desk.page.locator(".turn .foot").wait_for()
    assert desk.page.locator(".turn").count() == 1


def test_language_and_theme_are_kept(desk: Watched) -> None:
    desk.page.get_by_role("button", name="English").click()
    desk.page.get_by_text("New conversation").wait_for()
    desk.page.get_by_role("button", name="Light or dark").click()
    desk.page.reload()
    desk.page.get_by_text("New conversation").wait_for()
    assert desk.page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert desk.page.evaluate("document.documentElement.lang") == "en"


def test_page_is_usable_by_keyboard_alone(desk: Watched) -> None:
    page = desk.page
    page.keyboard.press("/")
    page.keyboard.type("昨天各区立案数")
    page.keyboard.press("Enter")
    page.locator(".turn .foot").wait_for()
    page.keyboard.press("ArrowUp")
    assert page.input_value("#ask") == "昨天各区立案数"
    for _ in range(60):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('evidence')"):
            break
    page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('evidence')")


def test_phone_shows_everything_without_scrolling_sideways(browser: Any, url: str) -> None:
    desk = opened(browser, url, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    desk.page.locator(".starter").first.wait_for()
    turn = desk.ask("昨天各区立案数")
    turn.locator(".plot svg").wait_for()
    assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert turn.locator(".answer").bounding_box()["width"] <= 360
    desk.page.get_by_role("button", name="菜单").click()
    desk.page.get_by_text("新对话").click()
    desk.page.locator(".starter").first.wait_for()
    assert desk.troubles == []
    desk.page.context.close()


@pytest.mark.parametrize("width", [1280, 360])
def test_map_tasks_and_board_fit_the_screen_and_the_keyboard(browser: Any, url: str, width: int) -> None:
    desk = opened(browser, url, viewport={"width": width, "height": 740})
    desk.page.locator(".starter").first.wait_for()
    for name, sign in (("地图", ".plot svg"), ("我的任务", ".orders p"), ("工单看板", ".board p")):
        if width < 860:
            desk.page.get_by_role("button", name="菜单").press("Enter")
        desk.page.get_by_role("button", name=name).press("Enter")
        desk.page.locator(sign).first.wait_for()
        assert desk.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert desk.troubles == []
    desk.page.context.close()


def test_map_changes_with_what_is_chosen(desk: Watched) -> None:
    desk.page.get_by_role("button", name="地图").click()
    desk.page.locator(".plot svg").wait_for()
    desk.page.get_by_label("看什么").select_option(label="立案数")
    desk.page.get_by_label("什么时间").select_option(label="昨天")
    desk.page.locator(".said", has_text="立案数").first.wait_for()
    assert "7" in desk.page.locator(".plot svg").text_content()


def test_stranger_signs_in_with_a_token(browser: Any, reception: Reception, serving: Serving) -> None:
    url = serving(make_app(reception, Door(directory=reception.directory, key=b"k" * 32, tokens=TOKENS)))
    desk = opened(browser, url)
    desk.page.get_by_placeholder("访问令牌").fill("wrong")
    desk.page.get_by_role("button", name="登录").click()
    desk.page.get_by_text("令牌不对").wait_for()
    desk.page.get_by_placeholder("访问令牌").fill(TOKENS["王局"])
    desk.page.get_by_role("button", name="登录").click()
    desk.page.get_by_text("王局").first.wait_for()
    desk.page.get_by_role("button", name="退出登录").click()
    desk.page.get_by_placeholder("访问令牌").wait_for()
    desk.page.context.close()
