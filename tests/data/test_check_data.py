"""Each rule of the data check catches a small bad sample, and the real data is clean."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tools import check_data as check
from tools import wording
from tools.content import Content, Example, Response, read_content

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 24)
ABOUT: dict[str, Any] = {
    "title": "What it costs",
    "sources": ["S"],
    "reviewed_on": "2026-11-24",
    "reviewer_role": "content editor",
    "clinical_review": "pending",
    "review_by": "2027-05-24",
}
BUTTONS = [
    {"title": "Ways to pay", "payload": "/faq/paying_for_treatment"},
    {"title": "Talk to a person", "payload": "/request_human"},
]
FILE = "data/topics/iop_cost.yml"
GOOD = Response(FILE, "utter_faq/iop_cost", "web", "It often costs less.", BUTTONS, ABOUT)
ROW: dict[str, Any] = {
    "name": "Emergency",
    "id": "emergency",
    "number": "911",
    "kind": "call",
    "hours": "24/7",
    "languages": "English",
    "for": "danger",
    "source": "https://www.911.gov",
    "checked_on": "2026-11-23",
}


def problems_of(response: Response) -> str:
    return "\n".join(check.check_response(response, ["911", "1-800-662-4357"], {"S"}))


def topic(responses: list[Response], count: int = 40) -> Content:
    examples = [Example(FILE, "faq/iop_cost", f"question {i}") for i in range(count)]
    return Content({FILE: {}}, examples, responses, [])


def test_a_good_response_has_no_problem() -> None:
    assert problems_of(GOOD) == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("An addict can get help.", "word to avoid: addict"),
        ("Stay CLEAN.", "word to avoid"),
        ("It helps 25% of them.", "a percentage"),
        ("Call ${hotline} now.", "read by Rasa"),
        ("Call $number now.", "unknown $number"),
        ("It costs $5.", "a lone $"),
        ("Hello {first}.", "unknown {first}"),
        ("Hello { you.", "stray curly brace"),
        ("Call 1-800-555-0199.", "number not in data/resources.yml"),
        ("Text 12345.", "number not in data/resources.yml"),
        ("Call 212-555-0100.", "number not in data/resources.yml"),
        ("word " * 21 + ".", "sentence of 21 words"),
        ("Go. " * 61, "61 words (max 60)"),
        ("Comprehensive evaluation facilitates individualized rehabilitation.", "reading grade"),
        (" ", "no text"),
    ],
)
def test_a_bad_text_is_caught(text: str, problem: str) -> None:
    assert problem in problems_of(replace(GOOD, text=text))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("It’s okay.", "not GSM-7"),  # noqa: RUF001
        ("Okay — go.", "not GSM-7"),
        ("Go on. " * 43, "301 characters"),
        ("Go on. " * 41 + "$hotline", "301 characters"),
    ],
)
def test_a_bad_sms_is_caught(text: str, problem: str) -> None:
    assert problem in problems_of(replace(GOOD, channel="sms", text=text))


def test_numbers_in_resources_may_be_written_in_any_form() -> None:
    assert problems_of(replace(GOOD, text="Call 911 or 800-662-4357 on 2026-11-24.")) == ""


def test_placeholders_and_addresses_count_as_short_words() -> None:
    assert wording.sentences("Call $hotline or see findtreatment.gov/now. Go.") == [
        ["Call", "x", "or", "see", "x."],
        ["Go."],
    ]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"reviewer_role": None}, "metadata without reviewer_role"),
        ({"sources": ["nobody"]}, "unknown source nobody"),
        ({"reviewed_on": date(2026, 11, 24)}, "dates must be quoted"),
        ({"review_by": "2027-13-01"}, "dates must be quoted"),
        ({"review_by": "2026-11-24"}, "not after"),
        ({"title": "A title of twenty-one"}, "title not a text"),
    ],
)
def test_bad_metadata_is_caught(change: dict[str, Any], problem: str) -> None:
    assert problem in problems_of(replace(GOOD, metadata={**ABOUT, **change}))


@pytest.mark.parametrize(
    ("button", "problem"),
    [
        ({"title": "A title of twenty-one", "payload": "hi"}, "button title"),
        ({"title": True, "payload": "hi"}, "button title"),
        ({"title": "Cost"}, "leads nowhere"),
        ({"title": "Cost", "payload": "/faq/price"}, "unknown label"),
        ({"title": "Call", "url": "tel:1-800-555-0199"}, "number not in resources"),
        ({"title": "Call", "url": "http://example.com"}, "must be tel:, sms: or https:"),
    ],
)
def test_a_bad_button_is_caught(button: dict[str, Any], problem: str) -> None:
    assert problem in problems_of(replace(GOOD, buttons=[button]))


def test_a_whole_topic_has_no_problem() -> None:
    assert check.check_topic("iop_cost", topic([GOOD, replace(GOOD, channel="sms")])) == []


def test_a_topic_without_its_file_is_caught() -> None:
    assert check.check_topic("detox", topic([])) == ["data/topics/detox.yml: missing"]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (topic([GOOD, replace(GOOD, channel="sms")], count=39), "39 examples (min 40)"),
        (topic([GOOD]), "no sms answer"),
        (topic([replace(GOOD, channel="sms")]), "no web answer"),
        (topic([replace(GOOD, buttons=BUTTONS[1:])]), "1 buttons (2 to 3)"),
        (topic([replace(GOOD, buttons=BUTTONS[:1] * 2)]), "no button reaches a person"),
    ],
)
def test_an_incomplete_topic_is_caught(content: Content, problem: str) -> None:
    assert problem in "\n".join(check.check_topic("iop_cost", content))


def test_two_answers_with_one_title_are_caught() -> None:
    other = replace(GOOD, name="utter_faq/php")
    assert "used by" in check.check_titles([GOOD, other], [])[0]


def test_a_topic_without_a_title_is_caught() -> None:
    bare = replace(GOOD, metadata={})
    assert "no title" in check.check_titles([bare], ["faq/iop_cost"])[0]


@pytest.mark.parametrize(
    ("label", "text", "problem"),
    [
        ("greet", "/greet", "starts with '/'"),
        ("greet", "h" * 6001, "example of 6001 characters"),
        ("greet", "call [me](name)", "entity"),
        ("unsure", "hm", "not a label to train"),
        ("faq/nothing", "hm", "not a label to train"),
    ],
)
def test_a_bad_example_is_caught(label: str, text: str, problem: str) -> None:
    assert problem in "\n".join(check.check_examples([Example("f", label, text)]))


def test_a_message_twice_is_caught_whatever_its_case_and_signs() -> None:
    twice = [Example("a", "greet", "Hi, there!"), Example("b", "thank", "hi there")]
    assert "also in a" in check.check_doubles(twice)[0]


def test_two_different_signs_are_not_the_same_message() -> None:
    assert check.check_doubles([Example("a", "affirm", "👍"), Example("a", "deny", "👎")]) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"hours": ""}, "without hours"),
        ({"kind": "text"}, "without keyword"),
        ({"kind": "fax"}, "kind is"),
        ({"checked_on": "2026-05-27"}, "not checked for 180 days"),
    ],
)
def test_a_bad_help_number_is_caught(change: dict[str, Any], problem: str) -> None:
    assert problem in "\n".join(check.check_resources([{**ROW, **change}], TODAY))


def test_missing_and_double_help_numbers_are_caught() -> None:
    assert check.check_resources([ROW], TODAY) == []
    assert check.check_resources(None, TODAY)
    assert "twice" in check.check_resources([ROW, ROW], TODAY)[0]


def test_business_hours_that_make_no_sense_or_run_out_of_holidays_are_caught() -> None:
    rules = {"time_zone": "America/New_York", "weekdays": {"monday": ["09:00-12:00"]}}
    assert check.check_hours(rules, TODAY) == []
    assert check.check_hours(None, TODAY)
    past = {**rules, "holidays": [str(TODAY)]}
    assert "no holiday beyond" in check.check_hours(past, TODAY)[0]


@pytest.mark.parametrize(
    ("domain", "problem"),
    [
        ({"intents": ["faq", "greet"]}, "intent greet without examples"),
        ({"intents": []}, "label faq is not an intent"),
        ({"intents": ["faq"], "actions": ["utter_lost"]}, "utter_lost is not written"),
    ],
)
def test_a_domain_that_does_not_fit_is_caught(domain: dict[str, Any], problem: str) -> None:
    assert problem in "\n".join(check.check_domain(domain, topic([GOOD])))


def test_a_rule_that_names_an_unwritten_text_is_caught() -> None:
    content = topic([GOOD])
    content.files["data/rules.yml"] = {"rules": [{"steps": [{"action": "utter_lost"}]}]}
    assert check.check_domain({"intents": [{"faq": {}}, "unsure"]}, content) == [
        "data/rules.yml: utter_lost is not written"
    ]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: [", "not readable"),
        ("a: 1\na: 2\n", "key twice"),
        ("nlu:\n- intent: greet\n  examples: |\n    hi\n", "a line without '- '"),
        ("nlu:\n- intent: greet\n  examples: [hi]\n", "not a text block"),
    ],
)
def test_a_file_that_cannot_be_read_is_caught(tmp_path: Path, text: str, problem: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "bad.yml").write_text(text)
    assert problem in "\n".join(read_content(tmp_path / "data").problems)


def test_the_real_data_is_clean() -> None:
    problems, _ = check.check_all(ROOT, date.today())
    assert problems == []


def test_a_rule_that_quotes_a_message_is_refused() -> None:
    quoting = {"rule": "quotes", "steps": [{"user": "hello"}, {"action": "utter_greet"}]}
    naming = {"rule": "names", "steps": [{"intent": "greet"}, {"action": "utter_greet"}]}
    content = Content({"data/rules.yml": {"rules": [naming, quoting]}}, [], [], [])
    (problem,) = check.check_rules(content)
    assert "'quotes'" in problem
