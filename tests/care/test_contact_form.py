from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from care import contact_form, contact_summary, wording
from care.contact_answers import Turn
from care.contact_form import Step, missing, step

FILLED: dict[str, Any] = {
    "contact_for": "self",
    "contact_name": "Sam",
    "contact_reach": "[phone-1]",
    "contact_time": "after 5",
    "contact_voicemail": False,
    "contact_texting": False,
    "contact_place": "",
}


def said(text: str, asked: str, label: str = "inform", **entities: str) -> Turn:
    return Turn(text=text, label=label, asked=asked, entities=entities)


def given(turn: Turn, values: dict[str, Any] | None = None) -> dict[str, Any]:
    found = step(values or {}, turn)
    assert found is not None
    return found.values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("For me", "self"),
        ("me", "self"),
        ("its for me", "self"),
        ("myself", "self"),
        ("my son", "other"),
        ("for my wife", "other"),
        ("someone else", "other"),
        ("For someone else", "other"),
        ("a friend", "other"),
    ],
)
def test_whom_it_is_for_is_understood_whatever_the_label(text: str, value: str) -> None:
    turn = said(text, "contact_for", label="faq/help_for_myself")
    assert given(turn)["contact_for"] == value


@pytest.mark.parametrize(
    ("text", "entity", "name"),
    [
        ("Sam", None, "Sam"),
        ("sam", None, "sam"),
        ("my name is Sam", None, "Sam"),
        ("im sam", None, "sam"),
        ("you can call me Big Mike.", None, "Big Mike"),
        ("it's Mary Ann O'Neil", None, "Mary Ann O'Neil"),
        ("hey there its my friend Dana who asked", "Dana", "Dana"),
        ("José", None, "José"),
    ],
)
def test_a_name_is_taken_from_how_people_say_it(text: str, entity: str | None, name: str) -> None:
    entities = {"name": entity} if entity else {}
    assert given(said(text, "contact_name", **entities))["contact_name"] == name


@pytest.mark.parametrize(
    "text", ["", "12345", "😀😀", "[number-1]", "a" * 61, "one two three four five"]
)
def test_what_is_no_name_is_asked_again_and_explained_the_second_time(text: str) -> None:
    first = step({}, said(text, "contact_name"))
    assert first is not None
    assert first.say == ("utter_contact_name_invalid",)
    second = step({"contact_tries": 1}, said(text, "contact_name"))
    assert second is not None
    assert second.say == ("utter_contact_name_help",)


def test_a_phone_number_is_kept_as_a_reference() -> None:
    assert given(said("its [phone-2] thx", "contact_reach"))["contact_reach"] == "[phone-2]"


def test_a_short_number_asks_for_the_area_code() -> None:
    found = step({}, said("[number-1]", "contact_reach"))
    assert found is not None
    assert found.say == ("utter_contact_reach_short",)


@pytest.mark.parametrize(
    "text", ["after 5", "tomorrow evening", "any time", "mon-fri", "9am", "soon"]
)
def test_a_time_in_plain_words_is_kept_as_said(text: str) -> None:
    assert given(said(text, "contact_time"))["contact_time"] == text


def test_nonsense_is_no_time() -> None:
    found = step({}, said("asdf qwer", "contact_time"))
    assert found is not None
    assert found.say == ("utter_contact_time_invalid",)


@pytest.mark.parametrize(
    ("text", "label", "value"),
    [("Yes", "affirm", True), ("nope", "deny", False), ("ok", "inform", True), ("nah", "x", False)],
)
def test_yes_and_no(text: str, label: str, value: bool) -> None:
    assert given(said(text, "contact_voicemail", label))["contact_voicemail"] is value


def test_skip_keeps_the_safe_default() -> None:
    assert given(said("skip", "contact_texting", "contact_skip"))["contact_texting"] is False
    assert given(said("skip", "contact_name", "contact_skip"))["contact_name"] == ""


def test_the_one_thing_that_cannot_be_skipped_says_why() -> None:
    found = step({}, said("skip", "contact_reach", "contact_skip"))
    assert found == Step(values={"contact_tries": 0}, say=("utter_contact_skip_reach",))


@pytest.mark.parametrize("slot", contact_form.SLOTS)
def test_why_do_you_ask_is_answered_at_every_step(slot: str) -> None:
    found = step({}, said("why do you ask", slot, "contact_why"))
    assert found is not None
    assert found.say == (f"utter_contact_why_{slot.removeprefix('contact_')}",)


@pytest.mark.parametrize("slot", contact_form.SLOTS)
def test_it_can_be_left_at_every_step(slot: str) -> None:
    found = step(FILLED, said("forget it", slot, "contact_cancel"))
    assert found == Step(say=("utter_contact_cancelled",), ends=True)


@pytest.mark.parametrize("slot", contact_form.SLOTS)
def test_a_question_in_the_middle_is_left_to_the_dialogue(slot: str) -> None:
    assert step({}, said("how much does that cost", slot, "faq/iop_cost")) is None


def test_a_new_number_corrects_the_old_one_at_any_step() -> None:
    turn = said("no, it's [phone-2]", "contact_voicemail", "deny")
    values = given(said("no, its [phone-2]", "contact_consent"), FILLED)
    assert values["contact_reach"] == "[phone-2]"
    assert step(FILLED, turn) is not None


def test_a_name_can_be_corrected_at_the_end() -> None:
    values = given(said("actually my name is Alex", "contact_consent"), FILLED)
    assert values["contact_name"] == "Alex"


def test_one_field_is_changed_and_the_summary_comes_again() -> None:
    values = {**FILLED, **given(said("change", "contact_consent", "contact_change"), FILLED)}
    assert missing(values) == "contact_change"
    values |= given(said("Phone or e-mail", "contact_change"), values)
    assert missing(values) == "contact_reach"
    values |= given(said("[email-1]", "contact_reach"), values)
    assert missing(values) == "contact_consent"


def test_voicemail_and_texts_are_asked_only_of_a_phone() -> None:
    assert (
        missing(
            {
                "contact_for": "self",
                "contact_name": "",
                "contact_reach": "[email-1]",
                "contact_time": "",
                "contact_place": "",
            }
        )
        == "contact_consent"
    )
    assert missing({**FILLED, "contact_voicemail": None}) == "contact_voicemail"


@pytest.mark.parametrize("text", ["im 16", "I'm 15 years old", "i am only 17"])
def test_a_minor_is_not_asked_for_details(text: str) -> None:
    found = step({}, said(text, "contact_name"))
    assert found == Step(say=("utter_contact_minor",), ends=True)


@pytest.mark.parametrize("text", ["im 16 years sober", "i am 12 days clean", "im 45"])
def test_sober_time_is_no_age(text: str) -> None:
    found = step({}, said(text, "contact_time"))
    assert found is None or "utter_contact_minor" not in found.say


def test_consent_needs_a_yes() -> None:
    assert given(said("Yes", "contact_consent", "affirm"), FILLED)["contact_consent"] == "yes"
    refused = step(FILLED, said("no", "contact_consent", "deny"))
    assert refused == Step(say=("utter_contact_cancelled",), ends=True)
    unclear = step(FILLED, said("hmm", "contact_consent"))
    assert unclear is not None
    assert unclear.say == ("utter_contact_consent_invalid",)


def test_every_text_that_the_form_can_say_exists() -> None:
    names = {
        "utter_contact_minor",
        "utter_contact_cancelled",
        "utter_contact_changed",
        "utter_contact_skip_reach",
        "utter_contact_reach_short",
        "utter_contact_back",
        "utter_contact_first",
        "utter_contact_not_yet",
    }
    for slot in contact_form.SLOTS:
        short = slot.removeprefix("contact_")
        helped = "left_out" if short == "place" else "help"
        names |= {f"utter_contact_{short}_invalid", f"utter_contact_{short}_{helped}"}
        names |= {f"utter_contact_why_{short}"}
    for name in names | {"utter_contact_summary", "utter_contact_consent"}:
        assert wording.text(name).text
        assert wording.text(name, "sms").text


AT = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # a Friday morning in New York


def at(text: str, asked: str, values: dict[str, Any], label: str = "inform") -> dict[str, Any]:
    """All values after a message that came at a known time."""
    found = step(values, replace(said(text, asked, label), at=AT, zone="America/New_York"))
    assert found is not None
    return {**values, **found.values}


@pytest.mark.parametrize(
    ("place", "time"),
    [
        ("Ohio", "tomorrow (Saturday) after 5 PM Eastern"),
        ("94110", "tomorrow (Saturday) after 5 PM Pacific"),
        ("el paso tx 79901", "tomorrow (Saturday) after 5 PM Mountain"),
        ("Tennessee", "tomorrow (Saturday) after 5 PM Central"),
        ("skip", "tomorrow (Saturday) after 5 PM Eastern"),
    ],
)
def test_the_best_time_is_one_at_the_place_told_later(place: str, time: str) -> None:
    values = at("tomorrow after 5", "contact_time", {**FILLED, "contact_place": None})
    label = "contact_skip" if place == "skip" else "inform"
    assert at(place, "contact_place", values, label)["contact_time"] == time


def test_a_zone_that_was_named_stays() -> None:
    values = at("after 5 pacific", "contact_time", FILLED)
    assert at("Ohio", "contact_place", values)["contact_time"] == "after 5 PM pacific"


def test_a_time_changed_later_is_one_at_the_place_told() -> None:
    values = {**FILLED, "contact_place": "94110 (California)"}
    assert at("9am", "contact_time", values)["contact_time"] == "9 AM Pacific"


def test_no_old_time_comes_back_with_a_new_place() -> None:
    values = at("after 5", "contact_time", FILLED)
    values = at("Best time", "contact_change", values)
    values = at("im in texas btw", "contact_time", {**values, "contact_place": "Ohio"})
    assert values["contact_time"] is None


def test_the_summary_says_which_zone_is_taken() -> None:
    texas = contact_summary.summary({**FILLED, "contact_place": "Texas"})["place"]
    assert texas == "Texas, taken as Central time"
    assert (
        contact_summary.summary({**FILLED, "contact_place": "Ohio"})["place"]
        == "Ohio, Eastern time"
    )
    assert contact_summary.summary(FILLED)["place"] == "not given"


def test_a_place_that_is_none_is_asked_for_once_more_and_then_left_out() -> None:
    first = step(FILLED, said("the moon", "contact_place"))
    assert first is not None
    assert first.say == ("utter_contact_place_invalid",)
    second = step({**FILLED, "contact_tries": 1}, said("the moon", "contact_place"))
    assert second is not None
    assert second.say == ("utter_contact_place_left_out",)
    assert second.values["contact_place"] == ""


def test_a_place_is_corrected_and_changed_at_the_end() -> None:
    values = {**FILLED, "contact_place": "Ohio"}
    assert given(said("im in texas", "contact_consent"), values)["contact_place"] == "Texas"
    direct = given(said("the zip is wrong", "contact_consent", "contact_change"), values)
    assert direct["contact_place"] is None


@pytest.mark.parametrize("text", ["back", "Go back please", "go back one", "previous question"])
@pytest.mark.parametrize(
    ("asked", "values", "before"),
    [
        ("contact_name", {}, "contact_for"),
        ("contact_voicemail", FILLED, "contact_time"),
        ("contact_place", FILLED, "contact_texting"),
        ("contact_place", {**FILLED, "contact_reach": "[email-1]"}, "contact_time"),
        ("contact_consent", FILLED, "contact_place"),
    ],
)
def test_one_question_back(text: str, asked: str, values: dict[str, Any], before: str) -> None:
    known = {"contact_for": "self", **values, asked: None}
    found = step(known, said(text, asked, "contact_cancel"))
    assert found is not None
    assert not found.ends
    assert missing({**known, **found.values}) == before


def test_before_the_first_question_there_is_none() -> None:
    found = step({}, said("Back", "contact_for", "contact_back"))
    assert found == Step(values={"contact_tries": 0}, say=("utter_contact_first",))


def test_back_from_the_choice_what_to_change_keeps_all() -> None:
    values = {**FILLED, "contact_change": "asked"}
    values |= given(said("Back", "contact_change", "contact_back"), values)
    assert missing(values) == "contact_consent"


def test_nothing_is_left_empty_that_is_not_asked() -> None:
    values = {**FILLED, "contact_reach": None, "contact_voicemail": None, "contact_texting": None}
    values |= given(said("[email-1]", "contact_reach"), values)
    assert (values["contact_voicemail"], values["contact_texting"]) == (False, False)
    values |= given(said("[phone-1]", "contact_consent"), values)
    assert missing(values) == "contact_voicemail"


def test_what_to_change_is_asked_until_it_is_said() -> None:
    values = {**FILLED, **given(said("change", "contact_consent", "contact_change"), FILLED)}
    values |= given(said("hmm", "contact_change"), values)
    assert missing(values) == "contact_change"
    # A question in between leads to the summary; whatever comes then is no choice any more.
    values |= given(said("hmm", "contact_consent"), values)
    assert missing(values) == "contact_consent"


def test_a_late_yes_to_send_sends_nothing_while_something_is_asked_anew() -> None:
    pressed = said("Yes, send it", "contact_time", "contact_send")
    found = step({**FILLED, "contact_time": None}, pressed)
    assert found == Step(values={"contact_tries": 0}, say=("utter_contact_not_yet",))
    now = said("Yes, send it", "contact_consent", "contact_send")
    assert given(now, FILLED)["contact_consent"] == "yes"


def test_a_late_button_about_a_sent_request_is_no_answer_here() -> None:
    for label in ("request_cancel_yes", "request_keep", "delete_no"):
        assert step(FILLED, said("No, keep it", "contact_voicemail", label)) is None


def test_a_time_that_sounds_like_a_goodbye_is_a_time_where_one_was_asked_for() -> None:
    text = "tomorrow morning before 9 if thats ok"
    turn = said(text, "contact_time", "goodbye", time="tomorrow morning")
    assert given(turn)["contact_time"] == text
    for asked, words in (("contact_time", "bye then"), ("contact_name", "tomorrow morning")):
        found = step({}, said(words, asked, "goodbye"))
        assert found is not None
        assert found.ends
