from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from fastapi import FastAPI

import bots.progress
from bots.admission import Admission
from bots.channel import Action, Card, ChartBlock, Head, Markdown, Pin, Reply, TableBlock
from bots.errors import ChannelError, Refused, Unreachable
from bots.pictures import missing_glyphs, table_png
from bots.reception import Reception
from bots.switchboard import Switchboard
from bots.telegram_bot.channel import Address, TelegramChannel
from bots.telegram_bot.checking import check
from bots.telegram_bot.drawing import draw, png_of
from bots.telegram_bot.webhook import webhook_router
from tests.bots.conftest import Clock
from tests.bots.fake_channel import until
from tests.bots.telegram_bot.conftest import Bind, Connect
from tests.bots.telegram_emulator import TOKEN, TelegramEmulator, units

pytestmark = pytest.mark.anyio
WANG, EAST = 11, 22


async def test_bind_ask_follow_up_judge_and_unbind(
    emulator: TelegramEmulator, connect: Connect, bind: Bind, reception: Reception
) -> None:
    async with connect():
        emulator.say(WANG, "昨天立案多少件")
        await until(lambda: "绑定码" in "".join(emulator.words(WANG)))
        await bind("王局", WANG)
        assert "王局" in emulator.words(WANG)[-1]
        emulator.say(WANG, "昨天立案多少件")
        await until(lambda: len(emulator.to(WANG)) == 3)
        emulator.say(WANG, "那东湖区呢")
        await until(lambda: len(emulator.to(WANG)) == 4)
        first, second = emulator.words(WANG)[2:]
        assert "13" in first and "7" in second
        answer = emulator.to(WANG)[3]
        emulator.press(WANG, answer, "👎")
        await until(lambda: len(emulator.to(WANG)) == 5)
        # A judgement is given once: its buttons go.
        await until(lambda: "👍" not in emulator.labels(answer))
        assert reception.judgements.counts() == {"down": 1}
        emulator.say(WANG, "/unbind")
        await until(lambda: "解除" in emulator.words(WANG)[-1])
        emulator.say(WANG, "昨天立案多少件")
        await until(lambda: "绑定码" in emulator.words(WANG)[-1])
    assert emulator.refused == []


async def test_chart_comes_as_picture_with_the_words_and_the_buttons(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.say(WANG, "昨天各区立案多少件")
        await until(lambda: any("photo" in message for message in emulator.to(WANG)))
        words = emulator.to(WANG)[1]
        assert "东湖区" in words["text"]
        await until(lambda: any("👍" in emulator.labels(message) for message in emulator.to(WANG)))
    assert emulator.refused == []


async def test_brief_comes_with_quick_replies_that_ask(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.say(WANG, "/brief daily")
        await until(lambda: any(emulator.labels(message) for message in emulator.to(WANG)))
        brief = next(message for message in emulator.to(WANG) if emulator.labels(message))
        label = next(label for label in emulator.labels(brief) if label not in "👍👎")
        before = len(emulator.to(WANG))
        first = emulator.press(WANG, brief, label)
        # An impatient finger: pressed once more with a query that is long over.
        again = emulator.press(WANG, brief, label, stale=True)
        assert again > first
        await until(lambda: label not in emulator.labels(brief))
        await until(lambda: any("已经按过" in words for words in emulator.words(WANG)))
        assert len(emulator.to(WANG)) > before + 1
    assert all("query is too old" in words or "not modified" in words for _, words in emulator.refused)


async def test_question_back_is_answered_by_a_button(emulator: TelegramEmulator, connect: Connect, bind: Bind) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.say(WANG, "立案最多的")
        await until(lambda: len(emulator.to(WANG)) == 2)
        asked = emulator.to(WANG)[1]
        choice = emulator.labels(asked)[0]
        assert choice not in "👍👎"
        emulator.press(WANG, asked, choice)
        await until(lambda: len(emulator.to(WANG)) == 3)
        assert "立案" in emulator.words(WANG)[2]
        await until(lambda: choice not in emulator.labels(asked))


async def test_group_answers_only_when_addressed_and_with_what_all_may_see(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    group = -100
    async with connect():
        await bind("王局", WANG)
        await bind("东湖值班", EAST)
        emulator.say(WANG, "大家好", chat=group)
        emulator.say(WANG, "/group@citydesk_bot", chat=group)
        await until(lambda: len(emulator.to(group)) == 1)
        emulator.say(WANG, "/help@other_bot", chat=group)
        emulator.say(WANG, "@citydesk_bot 昨天立案多少件", chat=group)
        await until(lambda: len(emulator.to(group)) == 2)
        assert "13" in emulator.words(group)[1]
        emulator.say(EAST, "昨天立案多少件", chat=group, reply_to_message=emulator.to(group)[1])
        await until(lambda: len(emulator.to(group)) == 3)
        emulator.say(WANG, "@citydesk_bot 昨天立案多少件", chat=group)
        await until(lambda: len(emulator.to(group)) == 4)
        assert "7" in emulator.words(group)[2] and "13" not in emulator.words(group)[3]


async def test_somebody_elses_button_does_nothing(emulator: TelegramEmulator, connect: Connect, bind: Bind) -> None:
    group = -100
    async with connect():
        await bind("王局", WANG)
        await bind("东湖值班", EAST)
        emulator.say(WANG, "/group", chat=group)
        await until(lambda: len(emulator.to(group)) == 1)
        emulator.say(WANG, "@citydesk_bot 昨天立案多少件", chat=group)
        await until(lambda: len(emulator.to(group)) == 2)
        emulator.press(EAST, emulator.to(group)[1], "👍")
        await until(lambda: len(emulator.to(group)) == 3)
        assert "不是给您的" in emulator.words(group)[2]


async def test_delivered_again_and_pressed_twice_is_once(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.redeliver = True
        number = emulator.say(WANG, "昨天立案多少件")
        await until(lambda: len(emulator.to(WANG)) == 2)
        emulator._updates.insert(0, {"update_id": number, "message": {
            "message_id": 999, "date": 1, "from": emulator.user(WANG), "chat": emulator._chat(WANG), "text": "昨天立案多少件"}})  # fmt: skip
        emulator.say(WANG, "/whoami")
        await until(lambda: len(emulator.to(WANG)) == 3)
        await asyncio.sleep(0.2)
    assert len(emulator.to(WANG)) == 3


@pytest.mark.parametrize("kind", ["429", "5xx", "drop"])
async def test_failures_lose_nothing_double_nothing_and_keep_the_order(
    emulator: TelegramEmulator, connect: Connect, bind: Bind, kind: str
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.fail("sendMessage", kind, times=2)
        emulator.fail("getUpdates", "5xx")
        emulator.say(WANG, "昨天东湖区立案多少件")
        emulator.say(WANG, "/whoami")
        await until(lambda: len(emulator.to(WANG)) == 3, 25)
        await asyncio.sleep(0.3)
    words = emulator.words(WANG)
    assert len(words) == 3 and "7" in words[1] and "王局" in words[2]


async def test_blocked_by_one_person_stops_nobody_else(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    async with connect() as board:
        await bind("王局", WANG)
        await bind("东湖值班", EAST)
        emulator.fail("sendMessage", "403")
        emulator.say(WANG, "/whoami")
        await until(lambda: len(board.outbox.dead()) == 1)
        emulator.say(EAST, "/whoami")
        await until(lambda: len(emulator.to(EAST)) == 2)
    assert "blocked" in (board.outbox.dead()[0].problem or "")


async def test_another_instance_is_reported_and_the_desk_goes_on(
    emulator: TelegramEmulator, connect: Connect, bind: Bind, caplog: pytest.LogCaptureFixture
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.fail("getUpdates", "409", words="Conflict: terminated by other getUpdates request")
        emulator.say(WANG, "/whoami")
        await until(lambda: len(emulator.to(WANG)) == 2, 25)
    assert "only one may" in caplog.text


async def test_restart_in_mid_answer_answers_once(
    emulator: TelegramEmulator, connect: Connect, bind: Bind, api: str
) -> None:
    async with connect() as board:
        await bind("王局", WANG)
        emulator.fail("sendMessage", "5xx", times=1000)
        emulator.say(WANG, "昨天立案多少件")
        await until(lambda: board.outbox.counts() == {"sent": 1, "waiting": 1})
    emulator.faults.clear()
    async with connect():
        await until(lambda: len(emulator.to(WANG)) == 2)
        await asyncio.sleep(0.2)
    assert len(emulator.to(WANG)) == 2 and "13" in emulator.words(WANG)[1]


async def test_slow_answer_types_and_drafts_in_private_and_changes_one_message_in_a_group(
    emulator: TelegramEmulator, connect: Connect, bind: Bind, reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    async with connect():
        await bind("王局", WANG)
        emulator.say(WANG, "/group", chat=-5)
        await until(lambda: len(emulator.to(-5)) == 1)
        for name, seconds in (("SIGN_SECONDS", 0.02), ("WORDS_SECONDS", 0.05), ("EVERY_SECONDS", 0.1)):
            monkeypatch.setattr(bots.progress, name, seconds)
        respond = reception.respond

        def slow(*args, **more):  # type: ignore[no-untyped-def]
            time.sleep(0.8)
            return respond(*args, **more)

        monkeypatch.setattr(reception, "respond", slow)
        emulator.say(WANG, "昨天立案多少件")
        await until(lambda: len(emulator.to(WANG)) == 2)
        assert emulator.drafts and "正在" in emulator.drafts[0]["text"]
        emulator.say(WANG, "@citydesk_bot 昨天立案多少件", chat=-5)
        await until(lambda: any("正在" in words for words in emulator.words(-5)))
        await until(lambda: "13" in emulator.words(-5)[-1])
        await until(lambda: not any("正在" in words for words in emulator.words(-5)))
    assert [method for method, _ in emulator.calls].count("sendChatAction") >= 2


async def test_long_text_is_answered_in_words_and_nothing_breaks(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.say(WANG, "昨天立案多少件" * 3000)
        await until(lambda: len(emulator.to(WANG)) == 2)
    assert "20,000" in emulator.words(WANG)[1] or "21,000" in emulator.words(WANG)[1]


async def test_album_is_one_message_and_its_photos_are_kept(
    emulator: TelegramEmulator, connect: Connect, bind: Bind, tmp_path: Path
) -> None:
    async with connect():
        await bind("王局", WANG)
        for number in range(3):
            emulator.photo(WANG, b"jpeg%d" % number, caption="东湖路暴露垃圾" if number == 0 else "", album="a1")
        await until(lambda: len(emulator.to(WANG)) >= 2, 20)
        await asyncio.sleep(0.3)
    files = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    assert {b"jpeg0", b"jpeg1", b"jpeg2"} <= {path.read_bytes() for path in files}
    assert len(emulator.to(WANG)) == 2


async def test_voice_without_words_is_asked_for_in_words(
    emulator: TelegramEmulator, connect: Connect, bind: Bind
) -> None:
    async with connect():
        await bind("王局", WANG)
        emulator.voice(WANG)
        await until(lambda: len(emulator.to(WANG)) == 2)
    assert "文字" in emulator.words(WANG)[1]


def test_long_words_are_split_at_4096_utf16_units_and_none_is_lost() -> None:
    text = "\n\n".join(f"**第{n}段** 😀 结案率 88.9%，口径见目录。" for n in range(600))
    parts = draw(Reply(blocks=(Markdown(text=text),)))
    assert len(parts) > 3
    assert all(units(part.text) <= 4096 for part in parts)
    joined = "".join(part.text for part in parts)
    assert all(f"第{n}段" in joined for n in range(600))
    for part in parts:
        assert all(e.offset + e.length <= units(part.text) for e in part.entities)


def test_buttons_stay_within_64_bytes_and_hang_under_the_last_message() -> None:
    card = Card(actions=tuple(Action(token="x" * 14, label="按街道拆一下" * 9) for _ in range(3)), purpose="follow")
    [only] = draw(Reply(blocks=(Markdown(text="a"), card)))
    assert only.keyboard is not None
    assert all(len(str(b.callback_data)) <= 16 for row in only.keyboard.inline_keyboard for b in row)


def table(columns: int, rows: int) -> TableBlock:
    heads = tuple(Head(name=str(n), label=f"列{n}", numeric=n > 0) for n in range(columns))
    cells = tuple(tuple(f"{r}-{c}" for c in range(columns)) for r in range(rows))
    return TableBlock(title="表", heads=heads, rows=cells, values=cells)


def test_wide_and_long_tables_are_pictures_and_small_ones_are_words() -> None:
    assert [m.kind for m in draw(Reply(blocks=(table(3, 3),)))] == ["text"]
    assert [m.kind for m in draw(Reply(blocks=(table(5, 2),)))] == ["photo"]
    assert [m.kind for m in draw(Reply(blocks=(table(2, 9),)))] == ["photo"]
    assert table_png(table(6, 300)).startswith(b"\x89PNG")


def test_pin_is_a_place_and_a_card_has_its_own_keyboard() -> None:
    card = Card(
        title="上报", fields=(("类别", "暴露垃圾"),), actions=(Action(token="t" * 14, label="确认"),), purpose="decide"
    )
    drawn = draw(Reply(blocks=(Markdown(text="a"), Pin(latitude=30.0, longitude=120.0), card)))
    assert [m.kind for m in drawn] == ["text", "place", "text"]
    assert drawn[2].keyboard is not None and "暴露垃圾" in drawn[2].text


def test_same_reply_gives_the_same_messages() -> None:
    spec = {"data": {"values": [{"a": "东湖区", "b": 2}]}, "mark": "bar",
            "encoding": {"x": {"field": "a"}, "y": {"field": "b", "type": "quantitative"}}}  # fmt: skip
    reply = Reply(blocks=(Markdown(text="**a**"), ChartBlock(spec=spec, alt=""), table(5, 5)))
    assert draw(reply) == draw(reply)


def test_every_glyph_of_the_desk_is_in_the_font() -> None:
    from pathlib import Path

    import bots.words

    text = (Path(bots.words.__file__).parent / "words.yml").read_text(encoding="utf-8")
    assert missing_glyphs("".join(sorted(set(text) - {"⏳"}))) == ""
    assert missing_glyphs("龘") == "龘"


async def test_webhook_is_believed_only_with_its_secret_and_redelivery_is_once(
    emulator: TelegramEmulator, api: str, reception: Reception, admission: Admission, clock: Clock, tmp_path: Path
) -> None:
    address = Address(api=api, webhook="https://desk.example/api/telegram/webhook", secret="s3cret")
    channel = TelegramChannel(TOKEN, address)
    app = FastAPI()
    app.include_router(webhook_router(channel), prefix="/api")
    async with Switchboard(reception, admission, [channel], folder=tmp_path / "leases"):
        await until(lambda: emulator.webhook.get("url") == address.webhook)

        emulator.say(WANG, admission.bindings.code("王局", clock.now))
        assert await emulator.push_to(app, "/api/telegram/webhook", secret="wrong") == [403]
        assert await emulator.push_to(app, "/api/telegram/webhook") == [200]
        await until(lambda: len(emulator.to(WANG)) == 1)
        emulator.redeliver = True
        emulator.say(WANG, "/whoami")
        assert await emulator.push_to(app, "/api/telegram/webhook") == [200, 200]
        await until(lambda: len(emulator.to(WANG)) == 2)
        await asyncio.sleep(0.2)
    assert len(emulator.to(WANG)) == 2 and emulator.webhook


def test_doctor_asks_who_the_bot_is_and_sends_nothing(emulator: TelegramEmulator, api: str) -> None:
    assert "@citydesk_bot" in check(TelegramChannel(TOKEN, Address(api=api)))
    assert {method for method, _ in emulator.calls} <= {"getMe", "getWebhookInfo"}
    with pytest.raises(Refused):
        check(TelegramChannel("123456:wrong-token_that-is-long-enough-x", Address(api=api)))
    with pytest.raises(ChannelError, match="SECRET"):
        check(TelegramChannel(TOKEN, Address(api=api, webhook="https://x/y")))
    with pytest.raises(Unreachable):
        check(TelegramChannel(TOKEN, Address(api="http://127.0.0.1:9")))


def test_picture_that_cannot_be_drawn_leaves_the_words() -> None:
    reply = Reply(blocks=(Markdown(text="a"), ChartBlock(spec={"mark": {"type": 7}, "data": 5}, alt="")))
    words, picture = draw(reply)
    assert words.text == "a" and png_of(picture) is None


def test_drawing_with_a_step_a_bar_is_drawn() -> None:
    spec = {"width": {"step": 30}, "data": {"values": [{"a": 1}]}, "mark": "bar", "encoding": {"x": {"field": "a"}}}
    [picture] = draw(Reply(blocks=(ChartBlock(spec=spec, alt=""),)))
    assert (png_of(picture) or b"").startswith(b"\x89PNG")
