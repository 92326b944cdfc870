import asyncio
from datetime import UTC, datetime

import pytest

from care.transcript import Said
from gateway.hub import Hub


def said(seq: int) -> Said:
    return Said(seq=seq, author="guide", text="words", at=datetime.now(UTC), state="sent")


def test_a_stream_asks_the_database_first_and_is_told_from_then_on() -> None:
    hub = Hub()
    with hub.listen("visit") as listener:
        assert listener.news(0) is None
        hub.tell("visit", [said(1), said(2)])
        assert [each.seq for each in listener.news(0) or ()] == [1, 2]
        assert listener.news(2) == []


@pytest.mark.parametrize("told", [[3], [2, 4], [4, 3]])
def test_what_comes_out_of_order_is_read_from_the_database(told: list[int]) -> None:
    hub = Hub()
    with hub.listen("visit") as listener:
        listener.news(0)
        hub.tell("visit", [said(seq) for seq in told])
        assert listener.news(1) is None


def test_what_was_seen_already_is_not_told_again() -> None:
    hub = Hub()
    with hub.listen("visit") as listener:
        listener.news(0)
        hub.tell("visit", [said(1), said(2), said(3)])
        assert [each.seq for each in listener.news(2) or ()] == [3]


def test_word_of_another_change_sends_the_stream_to_the_database() -> None:
    hub = Hub()
    with hub.listen("visit") as listener:
        listener.news(0)
        hub.tell("visit", [said(1)])
        hub.wake("visit")
        assert listener.woken.is_set()
        assert listener.news(0) is None


async def test_a_quick_answer_shows_no_typing_sign() -> None:
    hub = Hub()
    with hub.listen("visit") as listener:
        with hub.typing("visit"):
            await asyncio.sleep(0)
        assert not listener.woken.is_set()
        assert not listener.typing
