"""WeCom's AI bot end to end: bound by a code, asked, answered in a stream, decided by a card, through faults."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from filelock import FileLock
from pydantic import SecretStr

from assistant.settings import Settings
from bots.admission import Admission
from bots.channel import Markdown, Reply
from bots.channels import checks, configured, leases
from bots.errors import Refused
from bots.reception import Reception
from bots.wecom_bot.channel import WeComBot
from bots.wecom_bot.checking import check
from bots.wecom_bot.drawing import LONGEST, draw, pieces
from bots.wecom_bot.media import decrypted
from tests.bots.wecom_bot.conftest import Connect
from tests.bots.wecom_emulator import BOT, SECRET, WeComEmulator

pytestmark = pytest.mark.anyio


async def _until(done: object, seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not done():  # type: ignore[operator]  # noqa: ASYNC110  # the other side is a thread
            await asyncio.sleep(0.02)


async def _connected(emulator: WeComEmulator) -> None:
    await _until(lambda: emulator.subscriptions)


async def _ask(emulator: WeComEmulator, user: str, text: str, **more: str) -> str:
    before = len(emulator.words())
    await asyncio.to_thread(emulator.say, user, text, **more)
    await _until(lambda: len(emulator.words()) > before)
    return emulator.words()[-1]


async def _bind(emulator: WeComEmulator, admission: Admission, reception: Reception, person: str, user: str) -> None:
    await _ask(emulator, user, admission.bindings.code(person, reception.wall()))


async def test_somebody_unknown_gets_nothing_but_the_way_in(connect: Connect, emulator: WeComEmulator) -> None:
    async with connect():
        await _connected(emulator)
        said = await _ask(emulator, "zhang", "昨天各区上报多少")
    assert "东湖区" not in said


async def test_asked_and_followed_up_after_binding(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "王局", "wang")
        assert "13" in await _ask(emulator, "wang", "昨天上报多少件")
        assert "7" in await _ask(emulator, "wang", "东湖区呢")


async def test_a_report_is_confirmed_by_the_card_s_button(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "小张", "zhang")
        await _ask(emulator, "zhang", "东湖区东街道3号路灯不亮了")
        await _until(emulator.cards)
        card = emulator.cards()[-1]
        approve = next(button for button in card["button_list"] if button["style"] == 1)
        before = len(emulator.words())
        await asyncio.to_thread(emulator.press, "zhang", approve["key"], card["task_id"])
        await _until(lambda: len(emulator.words()) > before)
    assert any("✓" in said for said in emulator.words())


async def test_the_same_message_delivered_twice_is_answered_once(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "王局", "wang")
        await _ask(emulator, "wang", "昨天上报多少件", msgid="same")
        count = len(emulator.words())
        await asyncio.to_thread(emulator.say, "wang", "昨天上报多少件", msgid="same")
        await asyncio.sleep(0.5)
    assert len(emulator.words()) == count


async def test_a_dropped_connection_is_opened_again_and_nothing_is_lost(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "王局", "wang")
        await asyncio.to_thread(emulator.drop)
        await _until(lambda: emulator.subscriptions == 2)
        assert "13" in await _ask(emulator, "wang", "昨天上报多少件")


@pytest.mark.parametrize("error", [-1, 6000, 846608])
async def test_an_answer_that_the_stream_does_not_take_goes_out_by_itself(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception, error: int
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "王局", "wang")
        emulator.faults.append(error)
        assert "13" in await _ask(emulator, "wang", "昨天上报多少件")


async def test_answers_keep_their_order_for_one_person(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "王局", "wang")
        before = len(emulator.words())
        for district in ("东湖区", "望山区", "高新区"):
            await asyncio.to_thread(emulator.say, "wang", f"昨天{district}上报多少件")
        await _until(lambda: len(emulator.words()) >= before + 3)
        said = emulator.words()[before : before + 3]
    assert [count in text for count, text in zip(("7", "4", "2"), said, strict=True)] == [True, True, True]


async def test_too_many_words_are_answered_and_not_lost(
    connect: Connect, emulator: WeComEmulator, admission: Admission, reception: Reception
) -> None:
    async with connect():
        await _connected(emulator)
        await _bind(emulator, admission, reception, "王局", "wang")
        assert "20,000" in await _ask(emulator, "wang", "路" * 20_000)


async def test_wrong_settings_are_refused_and_right_ones_prove_themselves(emulator: WeComEmulator) -> None:
    with pytest.raises(Refused):
        await check(WeComBot(BOT, "wrong", emulator.address))
    assert BOT in await check(WeComBot(BOT, SECRET, emulator.address))
    assert emulator.sent == []


def test_words_are_cut_between_characters_and_nothing_is_lost() -> None:
    text = "好" * 15_000 + "\n" + "a" * 30_000
    cut = pieces(text)
    assert all(len(piece.encode()) <= LONGEST for piece in cut)
    assert "".join(cut).replace("\n", "") == text.replace("\n", "")


def test_only_the_first_words_end_the_stream() -> None:
    drawn = draw(Reply(blocks=(Markdown(text="好" * 15_000),)), "")
    assert [one.first for one in drawn] == [True, *(False for _ in drawn[1:])]


def test_a_picture_comes_out_of_its_encryption_as_it_went_in() -> None:
    key, plain = os.urandom(32), os.urandom(1_000)
    padding = 32 - len(plain) % 32
    encryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    sealed = encryptor.update(plain + bytes([padding]) * padding) + encryptor.finalize()
    assert decrypted(sealed, base64.b64encode(key).decode().rstrip("=")) == plain
    with pytest.raises(Refused):
        decrypted(sealed[:-1], base64.b64encode(key).decode())


def test_proving_the_settings_leaves_a_running_desk_alone_and_half_a_setting_is_told(
    emulator: WeComEmulator, tmp_path: Path
) -> None:
    settings = Settings(  # type: ignore[call-arg]
        home=tmp_path, wecom_bot=BOT, wecom_secret=SecretStr(SECRET), wecom_address=emulator.address, _env_file=None
    )
    assert [(one.name, one.account) for one in configured(settings)] == [("wecom", BOT)]
    prove = checks(settings)["WeCom"]
    assert BOT in prove()
    assert emulator.subscriptions == 1
    with FileLock(leases(settings) / f"wecom-{BOT}.lease"):
        assert "citydesk serve" in prove()
    assert emulator.subscriptions == 1
    with pytest.raises(Refused):
        checks(settings.model_copy(update={"wecom_secret": None}))["WeCom"]()
    assert emulator.sent == []
