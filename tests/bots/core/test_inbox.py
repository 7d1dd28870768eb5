from __future__ import annotations

from datetime import timedelta

from bots.channel import FileHandle, Photo
from bots.store.database import Database
from bots.store.inbox import ALBUM_SECONDS, REMEMBERED, Inbox, Turn
from tests.bots.conftest import Clock
from tests.bots.fake_channel import inbound


def test_delivered_again_within_72_hours_is_received_once(database: Database, clock: Clock) -> None:
    inbox = Inbox(database)
    one = inbound("hello", key="1", at=clock.now)
    assert inbox.receive(one, clock.now)
    assert not inbox.receive(one, clock.now)
    turn = inbox.take(one.lane, clock.now)
    assert isinstance(turn, Turn)
    inbox.answered(turn.id)
    assert not inbox.receive(one, clock.now + REMEMBERED - timedelta(minutes=1))
    assert inbox.take(one.lane, clock.now) is None
    assert inbox.receive(inbound("other", key="2", at=clock.now), clock.now + REMEMBERED + timedelta(minutes=1))
    assert inbox.receive(one, clock.now + REMEMBERED + timedelta(minutes=1))


def test_same_key_of_another_bot_is_another_message(database: Database, clock: Clock) -> None:
    inbox = Inbox(database)
    one = inbound("hello", key="1", at=clock.now)
    other = one.model_copy(update={"ref": one.ref.model_copy(update={"account": "bot2"})})
    assert inbox.receive(one, clock.now) and inbox.receive(other, clock.now)


def test_lane_is_taken_in_order_and_what_was_begun_comes_back_after_a_restart(database: Database, clock: Clock) -> None:
    inbox = Inbox(database)
    for key in "abc":
        inbox.receive(inbound(key, key=key, at=clock.now), clock.now)
    lane = inbound("a", key="a", at=clock.now).lane
    first = inbox.take(lane, clock.now)
    assert isinstance(first, Turn) and first.inbound.key == "a" and first.tries == 1
    assert Inbox(database).resume("fake", "bot") == [lane]
    again = inbox.take(lane, clock.now)
    assert isinstance(again, Turn) and again.inbound.key == "a" and again.tries == 2
    inbox.answered(again.id)
    after = inbox.take(lane, clock.now)
    assert isinstance(after, Turn) and after.inbound.key == "b"


def test_album_is_one_inbound_once_it_is_whole_and_its_pieces_are_known(database: Database, clock: Clock) -> None:
    inbox = Inbox(database)
    photos = [
        inbound(
            Photo(file=FileHandle(locator=key), caption="pit" if key == "a" else ""), key=key, at=clock.now, album="9"
        )
        for key in "abc"
    ]
    for photo in photos:
        assert inbox.receive(photo, clock.now)
    assert not inbox.receive(photos[1], clock.now)
    lane = photos[0].lane
    assert isinstance(inbox.take(lane, clock.now), float)
    clock.now += timedelta(seconds=ALBUM_SECONDS)
    turn = inbox.take(lane, clock.now)
    assert isinstance(turn, Turn)
    assert [part.file.locator for part in turn.inbound.parts if isinstance(part, Photo)] == ["a", "b", "c"]
    assert turn.inbound.words == "pit"
    assert inbox.take(lane, clock.now) is None
    assert not inbox.receive(photos[2], clock.now)
