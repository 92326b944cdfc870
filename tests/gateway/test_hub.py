import asyncio
from datetime import UTC, datetime

import pytest

from care.transcript import Said
from gateway.hub import Hub
from gateway.typing_signs import Typing


def said(seq: int, author: str = "guide", owner: str | None = None) -> Said:
    at = datetime.now(UTC)
    return Said(seq=seq, author=author, text="words", at=at, state="sent", owner=owner)


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


async def test_each_side_sees_the_other_write_and_not_itself() -> None:
    hub, dana, visitor = Hub(), Typing("staff", "Dana"), Typing("visitor")
    with hub.listen("visit") as page, hub.listen("visit", for_staff=True) as desk:
        hub.types("visit", dana)
        assert (page.typing, desk.typing) == (dana, None)
        hub.types("visit", visitor)
        assert (page.typing, desk.typing) == (dana, visitor)
        with hub.listen("visit") as later:
            assert later.typing == dana


async def test_a_sign_ends_with_its_owners_words_and_not_with_anothers() -> None:
    hub = Hub()
    with hub.listen("visit") as page:
        hub.types("visit", Typing("staff", "Dana"))
        hub.tell("visit", [said(1, "visitor")])
        assert page.typing
        hub.tell("visit", [said(2, "staff")])
        assert page.typing is None


async def test_no_sign_outlives_a_change_of_who_answers() -> None:
    hub = Hub()
    with hub.listen("visit") as page, hub.listen("visit", for_staff=True) as desk:
        hub.types("visit", Typing("staff", "Dana"))
        hub.types("visit", Typing("visitor"))
        hub.tell("visit", [said(1, "guide", owner="guide")])
        assert page.typing is desk.typing is None


async def test_a_sign_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gateway.hub.LASTS_SECONDS", 0.01)
    hub = Hub()
    with hub.listen("visit") as page:
        hub.types("visit", Typing("staff"))
        page.woken.clear()
        await page.woken.wait()
        assert page.typing is None
