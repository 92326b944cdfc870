"""Two members of staff and three visitors on three channels at once, in real browsers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from care import audit, duty, staff, tickets
from care.db import now
from care.models import AuditEntry
from care.settings import ROOT
from gateway.dev.messenger import PEOPLE
from tests.gateway import axe
from tests.gateway.conftest import Gateway
from tests.gateway.desk_visit import PASSWORD
from tests.gateway.page_visit import PHONE
from tests.gateway.test_live_chat import HUMAN
from tests.texter import Texter

pytestmark = pytest.mark.e2e

SHOTS = ROOT / "build" / "screenshots"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NUMBER = "(212) 555-0142"
TAKE_OVER = """async () => {
  const token = document.querySelector('[name="csrf_token"]').value;
  const asked = { method: "POST", body: new URLSearchParams({ csrf_token: token }) };
  asked.headers = { Accept: "application/json" };
  return (await (await fetch(`${location.pathname}/chat/take-over`, asked)).json()).problem;
}"""


@dataclass
class Chatter:
    """Somebody in Messenger, by the stand-in for Meta."""

    client: httpx.Client
    person: str = PEOPLE[0]

    def writes(self, text: str) -> None:
        asked = {"person": self.person, "text": text}
        assert self.client.post("/dev/phone/messenger/chat", json=asked).json() == {"status": 200}

    def got(self) -> str:
        """All that reached them, and what Meta shows them."""
        return self.client.get("/dev/phone/messenger/chat", params={"person": self.person}).text


@dataclass
class Shift:
    """Everybody who takes part, each with a browser or a phone of their own."""

    gateway: Gateway
    dana: Page
    kim: Page
    web: Page
    phone: Texter
    messenger: Chatter

    def signs_in(self, page: Page, name: str, shown: tuple[str, str], role: str = "agent") -> None:
        staff.set_password(self.gateway.core, name, PASSWORD, role)
        staff.introduce(self.gateway.core, name, *shown)
        page.goto("/desk/login")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Tickets")).to_be_visible()

    def audited(self) -> set[tuple[str, str]]:
        with self.gateway.core.snapshot() as session:
            return {(row.by, row.action) for row in session.scalars(select(AuditEntry))}


@pytest.fixture
def shift(browser: Browser, gateway: Gateway) -> Iterator[Shift]:
    SHOTS.mkdir(parents=True, exist_ok=True)
    problems = list[str]()
    looks: list[dict[str, Any]] = [{}, {"color_scheme": "dark"}, {"viewport": PHONE}]
    contexts = [browser.new_context(base_url=gateway.url, **look) for look in looks]
    for context in contexts:
        context.on("weberror", lambda error: problems.append(str(error.error)))
    dana, kim, web = (context.new_page() for context in contexts)
    phone = Texter.at(gateway.url, gateway.core.settings)
    yield Shift(gateway, dana, kim, web, phone, Chatter(phone.client))
    phone.client.close()
    for each in contexts:
        each.close()
    assert problems == []


def eventually(holds: Callable[[], bool], page: Page) -> None:
    """While a browser goes on with its work."""
    for _ in range(500):
        if holds():
            return
        page.wait_for_timeout(20)
    raise AssertionError("it never came")


def say(page: Page, label: str, words: str) -> None:
    page.get_by_label(label, exact=True).fill(words)
    page.get_by_label(label, exact=True).press("Enter")


def shoot(page: Page, name: str) -> None:
    """No page breaks a rule of WCAG 2.2 AA, or is wider than its window, by day or night."""
    before = page.viewport_size
    for scheme in ("light", "dark"):
        for place, width in (("desktop", 1280), ("phone", 360)):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert page.evaluate(OVERFLOW) == 0, (name, place)
            page.screenshot(path=SHOTS / f"{name}-{place}-{scheme}.png", full_page=True)
        assert axe.violations(page) == [], (name, scheme)
    if before:
        page.set_viewport_size(before)


def open_ticket(page: Page, number: str) -> None:
    page.goto(f"/desk/tickets/{number}")
    expect(page.get_by_role("heading", name=f"Ticket {number}")).to_be_visible()


def asks_for_a_person(shift: Shift) -> dict[str, str]:
    """On all three channels at once; the number of each ticket."""
    assistant = shift.gateway.assistant
    assistant.label, assistant.replies = "request_human", [HUMAN]
    shift.web.goto("/")
    shift.web.get_by_role("button", name="Start the chat").click()
    say(shift.web, "Your message", "agent")
    shift.web.get_by_role("button", name="Ask them to join").click()
    expect(shift.web.get_by_role("log")).to_contain_text("I've asked a person on our staff")
    numbers = {"web": _newest(shift, set())}
    shift.phone.send("i want a person")
    shift.phone.wait_for(2)
    shift.phone.send("yes")
    shift.phone.wait(lambda got: "asked a person" in got[-1]["body"])
    numbers["sms"] = _newest(shift, set(numbers.values()))
    shift.messenger.writes("a person please")
    eventually(lambda: "Someone on our staff is here" in shift.messenger.got(), shift.dana)
    shift.messenger.writes("yes")
    eventually(lambda: "asked a person" in shift.messenger.got(), shift.dana)
    numbers["messenger"] = _newest(shift, set(numbers.values()))
    assistant.label, assistant.replies = "faq/iop_cost", None
    return numbers


def _newest(shift: Shift, known: set[str]) -> str:
    (found,) = {t.number for t in tickets.listed(shift.gateway.core)} - known
    return found


def claim_race(shift: Shift, number: str) -> None:
    """Both go for the same chat: one wins, the other is told who did."""
    for page in (shift.dana, shift.kim):
        open_ticket(page, number)
    shift.dana.get_by_role("button", name="Take over the chat").click()
    expect(shift.dana.get_by_text("You have this chat.")).to_be_visible()
    expect(shift.kim.get_by_text("dana has this chat.")).to_be_visible()
    assert shift.kim.evaluate(TAKE_OVER) == "dana was first: the chat is theirs."


def web_chat(shift: Shift) -> None:
    """Both ways; each sees that the other writes."""
    dana, log = shift.dana, shift.web.get_by_role("log")
    writing = dana.get_by_text("The visitor is writing…")
    expect(log).to_contain_text("Dana (counselor) has joined this chat")
    shift.web.get_by_label("Your message").press_sequentially("my number is ")
    expect(writing).to_be_visible()
    say(shift.web, "Your message", f"my number is {NUMBER}")
    expect(dana.get_by_role("log")).to_contain_text("my number is [hidden]")
    expect(writing).to_have_count(0)
    dana.get_by_label("Your answer", exact=True).press_sequentially("Than")
    expect(log.get_by_text("Dana is writing")).to_be_visible()
    say(dana, "Your answer", "Thank you.")
    expect(log).to_contain_text("Thank you.")
    expect(log.get_by_text("Dana is writing")).to_be_hidden()


def approved_answer(shift: Shift) -> None:
    """Put in by hand, and then said by a person."""
    dana, said = shift.dana, shift.web.get_by_role("log").locator(".message.staff")
    before = said.count()
    dana.get_by_text("Answers from the guide").click()
    say(dana, "Search the answers", "how much does it cost")
    dana.get_by_role("button", name="Put into your answer").first.click()
    draft = dana.get_by_label("Your answer", exact=True).input_value()
    shoot(dana, "live-desk")
    dana.get_by_role("button", name="Send").click()
    expect(said).to_have_count(before + 1)
    expect(said.last).to_contain_text(draft.split("\n")[0])


def text_messages(shift: Shift, number: str) -> None:
    """Counted while typed; their arrival is seen; nothing goes to whoever wants none."""
    kim = shift.kim
    open_ticket(kim, number)
    kim.get_by_role("button", name="Take over the chat").click()
    kim.get_by_label("Your answer", exact=True).fill("I'm Kim. Can I help? \U0001f642")
    expect(kim.get_by_text("1 text message, paid as 1 segment, as it has")).to_be_visible()
    say(kim, "Your answer", "Hi, I'm Kim.")
    shift.phone.wait(lambda got: "Hi, I'm Kim" in got[-1]["body"])
    expect(kim.locator("li.staff .delivery")).to_contain_text("Arrived")
    shift.phone.send("STOP")
    expect(kim.get_by_text("This person wants no messages")).to_be_visible()
    expect(kim.get_by_role("button", name="Send")).to_be_disabled()
    shoot(kim, "live-desk-opted-out")
    shift.phone.send("START")
    expect(kim.get_by_role("button", name="Send")).to_be_enabled()
    kim.get_by_role("button", name="Hand back to the guide").click()
    shift.phone.wait(lambda got: "automated guide again" in got[-1]["body"])


def messenger_from_one_to_the_other(shift: Shift, number: str) -> None:
    dana, kim = shift.dana, shift.kim
    open_ticket(dana, number)
    dana.get_by_role("button", name="Take over the chat").click()
    expect(dana.get_by_text("23 h 59 min left")).to_be_visible()
    shift.messenger.writes("hello?")
    eventually(lambda: '"action":"mark_seen"' in shift.messenger.got(), dana)
    dana.get_by_label("Your answer", exact=True).press_sequentially("Hel")
    eventually(lambda: '"action":"typing_on"' in shift.messenger.got(), dana)
    say(dana, "Your answer", "Hello from Dana.")
    eventually(lambda: "Hello from Dana." in shift.messenger.got(), dana)
    dana.get_by_label("Transfer to").select_option("kim")
    dana.get_by_role("button", name="Transfer").click()
    expect(dana.get_by_text("kim has this chat.")).to_be_visible()
    eventually(lambda: "Kim (peer specialist)" in shift.messenger.got(), dana)
    open_ticket(kim, number)
    say(kim, "Your answer", "Hello from Kim.")
    eventually(lambda: "Hello from Kim." in shift.messenger.got(), kim)
    shift.messenger.writes("good to meet you")
    expect(kim.get_by_role("log")).to_contain_text("good to meet you")


def danger(shift: Shift) -> None:
    """Answered by the guide whoever has the chat, alerted, acknowledged by a claim."""
    core, dana = shift.gateway.core, shift.dana
    say(shift.web, "Your message", "i want to kill myself")
    eventually(lambda: tickets.unclaimed_urgent(core) == 1, dana)
    expect(shift.web.get_by_role("log").locator(".message.guide").last).to_contain_text("988")
    (urgent,) = (t.number for t in tickets.listed(core) if t.priority == "urgent")
    dana.goto("/desk")
    expect(dana.get_by_text("1 urgent ticket that nobody has claimed")).to_be_visible()
    open_ticket(dana, urgent)
    dana.get_by_role("button", name="Claim this ticket").click()
    expect(dana.get_by_text("Claimed by dana at")).to_be_visible()
    assert tickets.unclaimed_urgent(core) == 0


def reveal(shift: Shift) -> None:
    """What is hidden is shown for a reason, and that is on record."""
    dana = shift.dana
    expect(dana.get_by_text(NUMBER)).to_have_count(0)
    dana.get_by_label("Reason, kept on record").select_option("danger")
    dana.get_by_role("button", name="Show contact details").click()
    expect(dana.get_by_text(NUMBER).first).to_be_visible()


def test_two_of_the_staff_and_three_visitors_on_three_channels(shift: Shift) -> None:
    shift.signs_in(shift.dana, "dana", ("Dana", "counselor"))
    shift.signs_in(shift.kim, "kim", ("Kim", "peer specialist"))
    numbers = asks_for_a_person(shift)
    claim_race(shift, numbers["web"])
    web_chat(shift)
    approved_answer(shift)
    text_messages(shift, numbers["sms"])
    messenger_from_one_to_the_other(shift, numbers["messenger"])
    danger(shift)
    reveal(shift)
    assert {
        ("dana", "ticket.chat_taken"),
        ("dana", "ticket.chat_transferred"),
        ("kim", "ticket.chat_returned"),
        ("dana", "ticket.claimed"),
        ("dana", "ticket.revealed"),
    } <= shift.audited()
    assert audit.verify(shift.gateway.core).broken is None


def test_a_shift_is_planned_and_a_break_taken(shift: Shift) -> None:
    page = shift.dana
    shift.signs_in(page, "dana", ("Dana", "counselor"), role="supervisor")
    page.get_by_role("link", name="On duty", exact=True).click()
    day = f"{(now() + timedelta(days=2)).date()}"
    for label, value in (("Day", day), ("From", "22:00"), ("To", "06:00"), ("Weeks in a row", "2")):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Who").select_option("kim")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("22:00 to 06:00 (next day)")).to_have_count(2)
    expect(page.get_by_text("dana: at the desk")).to_be_visible()
    page.get_by_label("For").select_option("30")
    page.get_by_role("button", name="Take a break").click()
    page.goto("/desk/calendar")
    expect(page.get_by_text("Nobody.")).to_be_visible()
    assert not duty.on_duty(shift.gateway.core)
    shoot(page, "desk-calendar")
    page.get_by_role("button", name="I'm back").first.click()
    assert duty.on_duty(shift.gateway.core)
