"""A line as Messenger's messages: within its limits, whatever the knowledge holds."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import wording
from care.db import now
from care.settings import ROOT, Settings
from care.transcript import Said
from gateway.channels.messenger import rendering
from gateway.channels.messenger.splitting import length, split
from gateway.dev import fake_graph
from tests.gateway.messenger.kit import text_of
from tools import wording as words
from tools.content import read_content

URL = "https://guide.example.org"
Buttons = tuple[dict[str, str], ...]


def said(text: str, buttons: Buttons = (), response: str | None = None) -> Said:
    return Said(7, "guide", text, now(), "sent", buttons=buttons, response=response)


def parts(text: str, buttons: Buttons = (), response: str | None = None) -> list[dict[str, Any]]:
    made = rendering.parts(said(text, buttons, response), URL)
    assert made == rendering.parts(said(text, buttons, response), URL)
    for message in made:
        fake_graph.check_message(message)
    return made


def choices(count: int, title: str = "Choice") -> Buttons:
    return tuple({"title": f"{title} {n}", "payload": f"/faq/{n}"} for n in range(count))


def test_every_text_of_the_knowledge_keeps_messengers_limits() -> None:
    """In each channel's variant, filled in, with its buttons; nothing of the text is lost."""
    spoken = {**Settings().spoken, "hotline": "1-866-929-0179"}
    responses = read_content(ROOT / "data").responses
    assert len(responses) > 300
    for response in responses:
        text = wording.fill(words.fill(response.text), spoken)
        buttons = tuple(
            {key: wording.fill(str(value), spoken) for key, value in button.items()}
            for button in response.buttons
        )
        made = parts(text, buttons, response.name)
        whole = " ".join(" ".join(map(text_of, made)).split())
        assert " ".join(text.split()) in whole, response.name
        offered = [button["payload"] for button in buttons if "payload" in button]
        assert payloads(made) == offered, response.name


def payloads(made: list[dict[str, Any]]) -> list[str]:
    last = made[-1]
    template = last.get("attachment", {}).get("payload", {}).get("buttons", [])
    tapped = [b["payload"] for b in template if b["type"] == "postback"]
    return tapped + [reply["payload"] for reply in last.get("quick_replies", [])]


def test_three_choices_are_buttons_below_the_text() -> None:
    (message,) = parts("Which one?", choices(3))
    template = message["attachment"]["payload"]
    assert (template["template_type"], template["text"]) == ("button", "Which one?")
    assert [b["title"] for b in template["buttons"]] == ["Choice 0", "Choice 1", "Choice 2"]


@pytest.mark.parametrize("count", [4, 13])
def test_more_choices_are_quick_replies(count: int) -> None:
    (message,) = parts("Which one?", choices(count))
    assert message["text"] == "Which one?"
    assert len(message["quick_replies"]) == count


def test_what_does_not_fit_comes_after_more() -> None:
    (message,) = parts("Which one?", choices(14))
    replies = message["quick_replies"]
    assert [r["title"] for r in replies[-2:]] == ["Choice 11", "More"]
    assert replies[-1]["payload"] == "more:7"
    assert [b["title"] for b in rendering.beyond(said("", choices(14)))] == [
        "Choice 12",
        "Choice 13",
    ]
    assert rendering.beyond(said("", choices(13))) == ()
    (spanish,) = parts("Elija", choices(14), "utter_x_es")
    assert spanish["quick_replies"][-1]["title"] == "M\u00e1s"


def test_a_long_text_comes_in_several_messages_with_the_buttons_below_the_last() -> None:
    text = " ".join(f"This is sentence number {n} of a long text." for n in range(120))
    made = parts(text, choices(5))
    assert len(made) > 1
    assert all(message["text"].endswith(".") for message in made)
    assert [("quick_replies" in message) for message in made] == [False] * (len(made) - 1) + [True]


def test_a_text_too_long_for_a_template_with_a_link_is_cut_for_it() -> None:
    text = " ".join(f"This is sentence number {n} of a text." for n in range(30))
    made = parts(text, ({"title": "Search programs", "url": "https://findtreatment.gov"},))
    assert len(made) == 2
    template = made[-1]["attachment"]["payload"]
    assert template["buttons"][0]["type"] == "web_url"
    assert " ".join(map(text_of, made)) == text


def test_numbers_with_a_country_are_call_buttons_and_short_ones_stay_words() -> None:
    calls = (
        {"title": "Call us", "url": "tel:18669290179"},
        {"title": "Call 988", "url": "tel:988"},
        {"title": "Text 988", "url": "sms:988"},
    )
    (message,) = parts("Help is near: 988.", calls)
    (button,) = message["attachment"]["payload"]["buttons"]
    assert button == {"type": "phone_number", "title": "Call us", "payload": "+18669290179"}
    (message,) = parts("Help is near.", calls)
    text = message["attachment"]["payload"]["text"]
    assert text == "Help is near.\nCall 988\nText 988"


def test_a_short_number_within_a_long_one_is_not_said() -> None:
    (message,) = parts("Call 18009889111.", ({"title": "Call 988", "url": "tel:988"},))
    assert message["text"] == "Call 18009889111.\nCall 988"


def test_links_and_choices_stand_together() -> None:
    links: Buttons = ({"title": "Safety and limits", "url": "/safety"},)
    (message,) = parts("Hello", links + choices(4))
    (button,) = message["attachment"]["payload"]["buttons"]
    assert button["url"] == f"{URL}/safety"
    assert len(message["quick_replies"]) == 4
    (message,) = rendering.parts(said("Hello", links), "http://127.0.0.1:8080")
    assert message == {"text": "Hello"}  # Meta opens no other address


def test_a_fourth_link_is_said_in_words() -> None:
    links = tuple({"title": f"Page {n}", "url": f"https://example.org/{n}"} for n in range(4))
    (message,) = parts("Look.", links)
    assert len(message["attachment"]["payload"]["buttons"]) == 3
    assert text_of(message) == "Look.\nPage 3: https://example.org/3"


def test_a_long_title_has_a_short_form_or_becomes_a_numbered_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    long = "A title of many more letters than twenty"
    offered: Buttons = (
        {"title": long, "payload": "/faq/a"},
        {"title": "Short", "payload": "/faq/b"},
    )
    (message,) = parts("Which?", offered)
    assert text_of(message) == f"Which?\n1. {long}\n2. Short"
    buttons = message["attachment"]["payload"]["buttons"]
    assert [(b["title"], b["payload"]) for b in buttons] == [("1", "/faq/a"), ("2", "/faq/b")]
    monkeypatch.setitem(rendering._words()["short_titles"], long, "A title")
    (message,) = parts("Which?", offered)
    assert text_of(message) == "Which?"
    assert [b["title"] for b in message["attachment"]["payload"]["buttons"]] == ["A title", "Short"]


def test_choices_without_a_text_get_one_and_nothing_at_all_is_nothing() -> None:
    assert text_of(parts(" ", choices(2))[0]) == "Please choose:"
    assert parts(" \n") == []


@given(
    text=st.text(max_size=6000) | st.text("ab. \n\N{WHITE SMILING FACE}\U0001f600", max_size=5000),
    count=st.integers(0, 30),
    title=st.text(min_size=1, max_size=30),
    links=st.lists(
        st.sampled_from(["tel:988", "tel:+18669290179", "sms:741741", "/safety", "https://a.gov"]),
        max_size=5,
    ),
)
def test_whatever_is_said_keeps_the_limits(
    text: str, count: int, title: str, links: list[str]
) -> None:
    linked = tuple({"title": "Look here", "url": url} for url in links)
    text = text.encode("utf-8", "replace").decode()
    if title.strip():
        parts(text, choices(count, title) + linked)


@given(text=st.text(max_size=3000), limit=st.integers(20, 800), last=st.integers(20, 800))
def test_no_letter_is_lost_where_a_text_is_cut(text: str, limit: int, last: int) -> None:
    limit = max(limit, last)
    pieces = split(text, limit, last)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(length(piece) <= limit for piece in pieces)
    assert not pieces or length(pieces[-1]) <= last
