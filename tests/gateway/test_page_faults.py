"""The page when the network, the server or the session fails."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.fake_chat_server import DANGER, OUTAGE
from tests.gateway.page_visit import Visit, visiting

pytestmark = pytest.mark.e2e

SLOW_MS = 15_000


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visit]:
    with visiting(browser) as opened:
        opened.failures_expected = True
        opened.start()
        yield opened


def test_what_is_written_offline_goes_once_and_in_order(visit: Visit) -> None:
    context = visit.page.context
    context.set_offline(True)
    expect(visit.page.get_by_text("You are offline.")).to_be_visible()
    for words in ("one", "two", "three"):
        visit.say(words)
    expect(visit.page.get_by_role("button", name="Try now")).to_have_count(3)
    context.set_offline(False)
    expect(visit.page.locator(".state[data-state=sent]")).to_have_count(3, timeout=SLOW_MS)
    expect(visit.page.get_by_text("You are offline.")).to_be_hidden(timeout=SLOW_MS)
    expect(visit.log).to_contain_text("You wrote: three", timeout=SLOW_MS)
    assert visit.chat.stored_texts() == ["one", "two", "three"]
    assert visit.page.locator(".visitor .text").all_inner_texts() == ["one", "two", "three"]


def test_unsent_words_outlive_a_reload(visit: Visit) -> None:
    visit.chat.post_status = 500
    visit.say("do not lose me")
    expect(visit.page.locator(".state[data-state=waiting]")).to_be_visible()
    visit.page.reload()
    expect(visit.page.locator(".visitor .text")).to_have_text("do not lose me")
    visit.chat.post_status = 0
    expect(visit.log).to_contain_text("You wrote: do not lose me", timeout=SLOW_MS)
    assert visit.chat.stored_texts() == ["do not lose me"]


def test_a_lost_answer_does_not_double_the_message(visit: Visit) -> None:
    visit.chat.lose_next_answers = 2
    visit.say("once")
    expect(visit.log).to_contain_text("You wrote: once")
    visit.say("twice")
    expect(visit.log).to_contain_text("You wrote: twice", timeout=SLOW_MS)
    assert visit.chat.stored_texts() == ["once", "twice"]
    assert visit.page.locator(".visitor .text").all_inner_texts() == ["once", "twice"]


def test_an_outage_is_said_once_and_the_message_goes_later(visit: Visit) -> None:
    visit.chat.post_status = 503
    visit.say("help")
    notice = visit.page.locator(".system .text")
    expect(notice).to_have_text("\n".join(OUTAGE))
    expect(notice.get_by_role("link", name="988")).to_have_attribute("href", "tel:988")
    visit.page.get_by_role("button", name="Try now").click()
    expect(visit.page.locator(".state[data-state=waiting]")).to_be_visible()
    expect(notice).to_have_count(1)
    visit.chat.post_status = 0
    visit.page.get_by_role("button", name="Try now").click()
    expect(visit.log).to_contain_text("You wrote: help")
    expect(visit.page.locator(".state")).to_have_attribute("data-state", "sent")


def test_danger_behind_a_stuck_message_is_still_answered(visit: Visit) -> None:
    visit.chat.post_status = 503
    visit.say("hello")
    expect(visit.log).to_contain_text(OUTAGE[0])
    visit.say("i want to die")
    expect(visit.log).to_contain_text(DANGER[0])
    visit.chat.post_status = 0
    expect(visit.log).to_contain_text("You wrote: i want to die", timeout=SLOW_MS)
    assert visit.chat.stored_texts() == ["hello", "i want to die"]


def test_a_refused_message_can_be_sent_again_and_blocks_nothing(visit: Visit) -> None:
    visit.chat.post_status = 400
    visit.say("first")
    again = visit.page.get_by_role("button", name="Try again")
    expect(again).to_be_visible()
    visit.chat.post_status = 0
    visit.say("second")
    expect(visit.log).to_contain_text("You wrote: second")
    again.click()
    expect(visit.log).to_contain_text("You wrote: first")
    assert visit.chat.stored_texts() == ["second", "first"]
    assert visit.page.locator(".visitor .text").all_inner_texts() == ["second", "first"]


def test_a_text_that_is_too_long_stays_in_the_box(visit: Visit) -> None:
    visit.say("a" * 6001)
    expect(visit.page.get_by_role("alert")).to_contain_text("too long")
    expect(visit.text).to_have_value("a" * 6001)
    assert visit.chat.stored_texts() == []


def test_danger_in_a_text_that_is_too_long_is_answered_once(visit: Visit) -> None:
    words = f"i want to die {'a' * 6000}"
    visit.say(words)
    visit.text.press("Enter")
    expect(visit.page.get_by_role("alert")).to_contain_text("too long")
    expect(visit.text).to_have_value(words)
    expect(visit.page.locator(".system .text")).to_have_text(DANGER)
    assert len(visit.chat.posts) == 1


def test_danger_that_waits_to_be_stored_is_answered_once_and_goes_by_itself(visit: Visit) -> None:
    visit.chat.post_status = 503
    visit.say("i want to die")
    expect(visit.page.locator(".system .text")).to_have_text(DANGER)
    while len(visit.chat.posts) < 3:
        visit.page.wait_for_timeout(100)
    expect(visit.page.locator(".system .text")).to_have_count(1)
    visit.chat.post_status = 0
    expect(visit.log).to_contain_text("You wrote: i want to die", timeout=SLOW_MS)
    assert visit.chat.stored_texts() == ["i want to die"]
    assert len({post["id"] for post in visit.chat.posts}) == 1


def test_danger_is_answered_where_no_chat_can_be_opened(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.failures_expected = True
        visit.chat.post_status = 503
        visit.page.get_by_role("button", name="Start the chat").click()
        expect(visit.log).to_contain_text(OUTAGE[0])
        visit.say("hello")
        visit.say("i want to die")
        expect(visit.log).to_contain_text(DANGER[0], timeout=SLOW_MS)
        visit.chat.post_status = 0
        expect(visit.log).to_contain_text("You wrote: i want to die", timeout=SLOW_MS)
        assert visit.chat.stored_texts() == ["hello", "i want to die"]


def test_a_cut_stream_resumes_where_it_was(visit: Visit) -> None:
    visit.say("one")
    expect(visit.log).to_contain_text("You wrote: one")
    visit.chat.cut_streams += 1
    visit.say("two")
    expect(visit.log).to_contain_text("You wrote: two", timeout=SLOW_MS)
    assert visit.page.locator(".message").count() == 5
    assert visit.chat.resumed_from[0] == "1"
    assert int(visit.chat.resumed_from[-1]) >= 3


def test_a_closed_session_is_said_and_the_message_opens_a_new_one(visit: Visit) -> None:
    visit.say("before")
    expect(visit.log).to_contain_text("You wrote: before")
    visit.chat.sessions.clear()
    visit.say("after")
    expect(visit.log).to_contain_text("You wrote: after", timeout=SLOW_MS)
    expect(visit.log).to_contain_text("That chat had closed")
    assert visit.chat.stored_texts() == ["after"]
    expect(visit.log).to_contain_text("You wrote: before")


def test_an_expired_chat_offers_a_new_start_after_a_reload(visit: Visit) -> None:
    visit.chat.sessions.clear()
    visit.page.reload()
    expect(visit.page.get_by_role("button", name="Start the chat")).to_be_visible()
    assert visit.storage() == []


def test_a_chat_that_cannot_start_says_so_and_keeps_the_words(browser: Browser) -> None:
    with visiting(browser) as visit:
        visit.failures_expected = True
        visit.chat.post_status = 503
        visit.page.get_by_role("button", name="Start the chat").click()
        expect(visit.page.locator(".system .text")).to_contain_text(OUTAGE[0])
        expect(visit.page.get_by_text("The guide cannot be reached")).to_be_visible(timeout=SLOW_MS)
        visit.say("anyone there")
        visit.chat.post_status = 0
        expect(visit.log).to_contain_text("You wrote: anyone there", timeout=SLOW_MS)
        expect(visit.page.get_by_text("The guide cannot be reached")).to_be_hidden()
        assert visit.chat.stored_texts() == ["anyone there"]
