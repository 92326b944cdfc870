import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import safety, wording
from care.wording import DATA, load_yaml

PHRASES = load_yaml(DATA / "crisis" / "phrases.yml")
CAUGHT = [(kind, row["example"]) for kind, rows in PHRASES["phrases"].items() for row in rows]
DANGER = "i want to kill myself"


@pytest.mark.parametrize(("kind", "example"), CAUGHT)
def test_every_pattern_catches_its_example(kind: str, example: str) -> None:
    assert safety.screen(example) is not None


@pytest.mark.parametrize("row", PHRASES["not"], ids=lambda row: row["example"])
def test_figures_of_speech_and_the_past_are_no_danger(row: dict[str, str]) -> None:
    assert safety.screen(row["example"]) is None


@pytest.mark.parametrize(
    "text",
    [
        "I WANT TO KILL MYSELF",
        "i  want\nto   kill myself",
        "i want to k1ll myself",
        "i wanttt to killl myself",
        "I want to kill myself \U0001f622\U0001f622",
        "i want to k i l l myself",
        "ok. i want to kill myself. bye",
        "quiero morirme",
        "no respira",
        "I\u2019m not suicidal but I have a plan",
    ],
)
def test_danger_is_seen_however_it_is_written(text: str) -> None:
    assert safety.screen(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "this headache is killing me",
        "dying to know what it costs",
        "my brother overdosed in 2019",
        "is alcohol withdrawal dangerous?",
        "what is an overdose?",
        "I want to quit",
        "end my subscription",
        "",
    ],
)
def test_ordinary_messages_are_left_alone(text: str) -> None:
    assert safety.screen(text) is None


@given(st.text(max_size=300))
def test_the_screen_never_raises(text: str) -> None:
    safety.screen(text)


@given(st.text(alphabet=" \t\n.,!\u2019\u201c", max_size=12), st.booleans())
def test_spacing_case_and_punctuation_hide_nothing(noise: str, loud: bool) -> None:
    text = noise + (DANGER.upper() if loud else DANGER).replace(" ", f"  {noise[:1] or ' '} ")
    assert safety.screen(text) is not None


def test_every_kind_has_a_text_for_oneself_and_for_another() -> None:
    for kind in PHRASES["phrases"]:
        assert "911" in wording.text(f"utter_crisis/{kind}").text
        assert "911" in wording.text(f"utter_crisis_other/{kind}").text
