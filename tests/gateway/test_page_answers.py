"""How an answer reads on a phone: from where, from its first line, with whole numbers."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.gateway.page_visit import Visit, visiting
from tests.gateway.test_page import OVERFLOW

pytestmark = pytest.mark.e2e


def test_where_an_answer_is_from_is_shown_on_request(visit: Visit) -> None:
    visit.start()
    visit.page.get_by_role("button", name="What is an IOP?").click()
    expect(visit.log).to_contain_text("9 hours a week")
    where = visit.log.locator("details.sources")
    expect(where).to_have_count(1)  # the greeting names none
    page = where.get_by_role("link", name="Substance Abuse Services")
    expect(page).to_be_hidden()
    where.get_by_text("Where is this from?").focus()
    visit.page.keyboard.press("Enter")
    expect(page).to_have_attribute("href", "https://www.samhsa.gov")
    expect(page).to_have_attribute("rel", "noopener noreferrer")
    expect(where.get_by_text("What is an IOP?")).to_be_visible()
    assert where.get_by_role("link").count() == 1  # neither null nor javascript: is one


def test_ones_own_data_are_saved_as_a_file_whenever_one_likes(visit: Visit) -> None:
    visit.start()
    visit.say("mine")
    button = visit.log.get_by_role("button", name="Save it as a file")
    button.wait_for()
    visit.say("something else after it")
    expect(visit.log).to_contain_text("You wrote: something else")
    with visit.page.expect_download() as saved:
        button.click()
    assert saved.value.suggested_filename == "my-chat.txt"
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    assert "This is everything that is kept." in text
    assert "something else after it" in text
    visit.failures_expected, visit.chat.post_status = True, 503
    button.click()
    expect(visit.log).to_contain_text("The file could not be made just now.")


def test_an_answer_that_fits_is_seen_from_its_first_line_to_its_last_button(visit: Visit) -> None:
    visit.start()
    for words in ("one", "two", "fits"):
        visit.say(words)
        visit.log.locator(".guide").nth(("one", "two", "fits").index(words) + 1).wait_for()
    answer = visit.log.locator(".guide").last
    expect(answer.get_by_text("First line of it.")).to_be_in_viewport(ratio=1)
    for button in answer.locator(".choices > *").all():
        expect(button).to_be_in_viewport(ratio=1)


def test_a_long_answer_begins_in_sight(visit: Visit) -> None:
    visit.start()
    visit.say("long")
    answer = visit.log.locator(".guide").nth(1)
    answer.wait_for()
    box, log = answer.bounding_box(), visit.log.bounding_box()
    assert box
    assert log
    assert log["y"] <= box["y"] <= log["y"] + log["height"] / 3


@pytest.mark.parametrize("width", [320, 375])
def test_a_number_never_breaks_over_two_lines(browser: Browser, width: int) -> None:
    with visiting(browser, viewport={"width": width, "height": 740}) as visit:
        visit.start()
        for number in range(0, 12, 3):
            visit.say("x" * number + " numbers")
        numbers = visit.log.locator(".guide").filter(has_text="R-7K2M9P")
        expect(numbers).to_have_count(4)
        lines = """e => [...e.querySelectorAll('a[href^=tel], .whole')]
            .map(n => n.getClientRects().length)"""
        for message in numbers.all():
            assert message.evaluate(lines) == [1, 1, 1]
        assert visit.page.evaluate(OVERFLOW) <= 0
