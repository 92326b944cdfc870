from typing import Any

import pytest

from care import wording
from care.about_answer import Reply, reply
from care.db import now
from care.transcript import Said

SPOKEN = {"hotline": "1-800-555-0100", "operator": "The operator"}
COST = "utter_faq/iop_cost"


def conversation(*turns: str | tuple[str, str]) -> list[Said]:
    """The guide's texts by their names, each after a message; a pair is a button and its text."""
    said: list[Said] = []
    for turn in turns:
        button, name = turn if isinstance(turn, tuple) else (None, turn)
        said.append(line("visitor", len(said) + 1, "words", button=button))
        text = wording.text(name)
        said.append(
            line(
                "guide",
                len(said) + 1,
                wording.fill(text.text, SPOKEN),
                response=name,
                buttons=text.buttons,
                sources=tuple(text.metadata["sources"]),
            )
        )
    return [*said, line("visitor", len(said) + 1, "words")]


def line(author: str, seq: int, text: str, **more: Any) -> Said:
    return Said(seq, author, text, now(), "sent", **more)


def payloads(said: Reply) -> list[str]:
    return [button.get("payload", "") for button in said.buttons]


def test_the_last_answer_is_said_again_as_it_was() -> None:
    said = conversation(COST, "utter_thank")
    again = reply(said, "say_again", SPOKEN)
    assert (again.response, again.text) == (COST, said[1].text)
    assert again.buttons == said[1].buttons


def test_what_is_no_answer_is_not_said_again() -> None:
    said = conversation("utter_request_human", "utter_say_simpler")
    assert reply(said, "say_again", SPOKEN).response == "utter_request_human"


def test_an_answer_that_has_left_the_data_is_passed_over() -> None:
    said = [*conversation(COST), line("guide", 9, "old", response="utter_faq/no_such_topic")]
    assert reply(said, "say_simpler", SPOKEN).response == "utter_say_simpler"


def test_a_question_of_the_guide_is_asked_again() -> None:
    said = conversation(COST, "utter_delete_my_data")
    assert reply(said, "say_again", SPOKEN).response == "utter_delete_my_data"


def test_the_simpler_answer_is_the_short_one() -> None:
    simpler = reply(conversation(COST), "say_simpler", SPOKEN)
    assert simpler.response == "utter_say_simpler"
    assert simpler.arguments == {"answer": wording.text(COST, "sms").text}
    assert "/request_human" in payloads(simpler)


def test_what_cannot_be_simpler_leads_to_a_person() -> None:
    twice = conversation(COST, "utter_say_simpler")
    assert reply(twice, "say_simpler", SPOKEN).response == "utter_no_more"
    short = wording.fill(wording.text(COST, "sms").text, SPOKEN)
    by_text_message = [line("guide", 1, short, response=COST)]
    assert reply(by_text_message, "say_simpler", SPOKEN).response == "utter_no_more"


def test_more_offers_only_what_was_neither_pressed_nor_answered() -> None:
    fresh = reply(conversation(COST), "tell_more", SPOKEN)
    assert fresh.response == "utter_tell_more"
    both = ["/faq/paying_for_treatment", "/faq/iop_benefits", "/request_human"]
    assert payloads(fresh) == both
    answered = conversation("utter_faq/paying_for_treatment", COST)
    assert payloads(reply(answered, "tell_more", SPOKEN)) == both[1:]
    pressed = conversation(("/faq/iop_benefits", "utter_trouble"), COST)
    assert payloads(reply(pressed, "tell_more", SPOKEN)) == [both[0], both[2]]


def test_an_answer_that_stood_second_in_a_reply_counts_as_answered() -> None:
    second = wording.text("utter_faq/iop_benefits").text
    said = [line("guide", 1, f"first\n\n{second}", response=COST)]
    assert "/faq/iop_benefits" not in payloads(reply(said, "tell_more", SPOKEN))


@pytest.mark.parametrize(
    "said",
    [
        conversation(COST, "utter_tell_more"),
        conversation("utter_faq/paying_for_treatment", "utter_faq/iop_benefits", COST),
    ],
)
def test_when_there_is_no_more_a_person_is_offered(said: list[Said]) -> None:
    assert reply(said, "tell_more", SPOKEN).response == "utter_no_more"


def test_the_sources_are_named_with_the_day_of_the_last_review() -> None:
    known = reply(conversation("utter_who_runs_this"), "how_known", SPOKEN)
    assert known.response == "utter_how_known"
    names = known.arguments["sources"]
    assert names.startswith("The operator of this guide; Substance Abuse and Mental Health")
    assert known.arguments["reviewed"] == "November 24, 2026"
    assert payloads(known)[-1] == "/request_human"
    again = conversation("utter_who_runs_this", "utter_how_known")
    assert reply(again, "how_known", SPOKEN).response == "utter_no_more"


@pytest.mark.parametrize("label", ["say_again", "say_simpler", "tell_more", "how_known"])
def test_without_an_answer_before_the_visitor_is_asked_what_they_want(label: str) -> None:
    assert reply([], label, SPOKEN).response == "utter_nothing_yet"
    assert reply(conversation("utter_greet"), label, SPOKEN).response == "utter_nothing_yet"
    twice = conversation("utter_nothing_yet")
    assert reply(twice, label, SPOKEN).response == "utter_unsure_twice"


@pytest.mark.parametrize("label", ["say_again", "say_simpler", "tell_more", "how_known"])
def test_a_text_in_danger_is_said_again_whole(label: str) -> None:
    said = conversation(COST, "utter_crisis/suicide")
    again = reply(said, label, SPOKEN)
    assert (again.response, again.text) == ("utter_crisis/suicide", said[3].text)
