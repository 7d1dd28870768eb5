"""From a photo with words to a filed case and back, with buttons, on Telegram."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import Settings
from bots.opening import open_reception
from bots.reception import Reception
from tests.assistant.agent.desk import small_city
from tests.bots.conftest import Clock
from tests.bots.fake_channel import until
from tests.bots.telegram_bot.conftest import Bind, Connect
from tests.bots.telegram_emulator import TelegramEmulator

pytestmark = pytest.mark.anyio
ZHANG = 33


@pytest.fixture
def reception(tmp_path: Path, clock: Clock) -> Reception:
    home = small_city(tmp_path / "home")
    (home / "people.yml").write_text("people:\n  - {name: 小张, role: collector}\n", encoding="utf-8")
    return open_reception(Settings(home=home, _env_file=None), city=None, wall=clock)  # type: ignore[call-arg]


async def test_a_report_is_filed_by_a_button_and_taken_back_by_another(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    def buttons() -> list[str]:
        return [label for message in emulator.to(ZHANG) for label in emulator.labels(message)]

    def holding(label: str) -> dict[str, object]:
        return next(m for m in reversed(emulator.to(ZHANG)) if label in emulator.labels(m))

    async with connect():
        await bind("小张", ZHANG)
        emulator.say(ZHANG, "东湖区东街道3号路灯不亮了")
        await until(lambda: "确认" in buttons(), 30)
        emulator.press(ZHANG, holding("确认"), "确认")
        await until(lambda: any("✓" in words for words in emulator.words(ZHANG)))
        await until(lambda: "撤销" in buttons())
        emulator.press(ZHANG, holding("撤销"), "撤销")
        await until(lambda: any("已撤销" in words for words in emulator.words(ZHANG)))
    assert emulator.refused == []


async def test_a_place_alone_begins_a_report(emulator: TelegramEmulator, connect: Connect, bind: Bind) -> None:
    async with connect():
        await bind("小张", ZHANG)
        before = len(emulator.to(ZHANG))
        emulator.location(ZHANG, 30.9, 114.3)
        await until(lambda: len(emulator.to(ZHANG)) > before, 30)
        assert "/help" not in emulator.words(ZHANG)[-1]
    assert emulator.refused == []
