import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import safety, wording
from care.wording import DATA, load_yaml

PHRASES = load_yaml(DATA / "crisis" / "phrases.yml")
CAUGHT = [(kind, row["example"]) for kind, rows in PHRASES["phrases"].items() for row in rows]
DANGERS = load_yaml(Path(__file__).with_name("dangers.yml"))
SAID = [
    "i want to kill myself",
    "i don't want to live anymore",
    "my brother isn't breathing",
    "she won't wake up",
    "i took all my pills",
    "i can't stop shaking since i quit drinking",
    "he's going to kill me",
    "i'm having a heart attack",
    "the baby is home alone",
    "no quiero vivir",
]
QUOTES = ['""', "''", "\u201c\u201d", "\u2018\u2019", "\u00ab\u00bb", "()", "**", "__", "``"]
INVISIBLE = ["\u200b", "\u200c", "\u200d", "\ufeff", "\u00ad", "\u2060"]


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
        "2nite im gonna k1ll myself",
        "i wanttt to killl myself",
        "I want to kill myself \U0001f622\U0001f622",
        "i took allll my pppills",
        "i want to k i l l myself",
        "i want to k i l l  m y s e l f",
        "k.i.l.l m.y.s.e.l.f",
        "i wnat to kil mysef",
        "i feel sucidal",
        "my frend is not breatihng",
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
        "what are signs of overdose",
        "killing it at work",
        "i used to cut myself years ago",
        "I'm dead \U0001f602",
        "",
    ],
)
def test_ordinary_messages_are_left_alone(text: str) -> None:
    assert safety.screen(text) is None


@pytest.mark.parametrize("text", [text for texts in DANGERS.values() for text in texts])
def test_common_ways_of_saying_it_are_seen(text: str) -> None:
    assert safety.screen(text) is not None


@pytest.mark.parametrize(
    ("text", "kind", "about"),
    [
        ("my son took too many pills and wont wake up", "overdose", "other"),
        ("i took too many pills and feel numb", "overdose", "self"),
        ("my dad stopped drinking and he is seeing bugs", "withdrawal", "other"),
        ("i stopped drinking and im seeing bugs", "withdrawal", "self"),
        ("two kids are home alone", "child", "other"),
    ],
)
def test_the_danger_is_someones(text: str, kind: str, about: str) -> None:
    assert safety.screen(text) == safety.Finding(kind, about)


@given(st.text(max_size=300))
def test_the_screen_never_raises(text: str) -> None:
    safety.normalise(text)
    safety.screen(text)


@given(st.text(alphabet="_ .-*a1\u0301\u200d\U0001f622", max_size=300))
def test_no_pattern_of_signs_takes_long(signs: str) -> None:
    """Thirty underscores before a word once took longer than anybody waits."""
    safety.screen(signs)
    safety.screen(f"{signs}kill")


@pytest.mark.parametrize("sign", ["_", ".", "-", "*", " ", "a ", "_a", "a_", "a.", "1", "\u200d"])
def test_no_run_of_signs_takes_long(sign: str) -> None:
    started = time.process_time()
    safety.screen(sign * 200 + "ab")
    assert time.process_time() - started < 1


@pytest.mark.parametrize("wanted", ["killmyself", "killme", "suicide", "overdose"])
@given(st.sampled_from([" ", ".", "-", "_", "*", "\u00b7", "/", "\U0001f622", " \u2764\ufe0f "]))
def test_letters_apart_are_read_as_words(wanted: str, sign: str) -> None:
    joined = {safety.normalise(text) for text in safety.variants(sign.join(wanted))}
    assert wanted in joined or safety.screen(sign.join(wanted)) is not None


@given(st.sampled_from(SAID), st.sampled_from(QUOTES), st.text(alphabet=" \n\t", max_size=5))
def test_quotes_around_danger_hide_nothing(said: str, quotes: str, gap: str) -> None:
    assert safety.screen(f"{quotes[0]}{gap}{said}{gap}{quotes[1]}") is not None


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_more_than_once(text: str) -> None:
    once = safety.normalise(text)
    assert once == once.strip()
    assert "  " not in once
    assert safety.normalise(once.upper()) == safety.normalise(once)


@given(st.sampled_from(SAID), st.text(max_size=100))
def test_words_before_and_after_in_other_lines_never_raise(said: str, other: str) -> None:
    safety.screen(f"{other}\n{said}\n{other}")


@pytest.mark.parametrize("text", ["i took allll my pppills", "k\u0131ll myself", "KILLLL MYSELFFF"])
def test_stretched_and_foreign_letters_are_the_usual_ones(text: str) -> None:
    assert safety.screen(text) is not None


@given(st.sampled_from(SAID), st.data())
def test_however_it_is_written_nothing_is_lost(said: str, data: st.DataObject) -> None:
    """Case, gaps, emoji between words, quotes, invisible characters, stretched letters."""
    said = said.replace("'", data.draw(st.sampled_from(["'", "\u2019", "\u02bc", "`", ""])))
    gap = st.sampled_from(
        ["  ", "   ", "\n", "\t ", " \U0001f622 ", " \u2764\ufe0f ", "... ", " - "]
    )
    words = [data.draw(_written(word)) + data.draw(gap) for word in said.split()]
    assert safety.screen("".join(words)) is not None


@st.composite
def _written(draw: st.DrawFn, word: str) -> str:
    """One word, in any case, with one letter stretched or something invisible after it."""
    place = draw(st.integers(0, len(word) - 1))
    stretch = draw(st.sampled_from([1, 1, 1, 3, 5])) if word[place].isalpha() else 1
    unseen = draw(st.sampled_from(["", "", *INVISIBLE]))
    word = word[:place] + word[place] * stretch + unseen + word[place + 1 :]
    return draw(st.sampled_from([word, word.upper(), word.title()]))


def test_danger_in_the_middle_of_a_long_message_is_seen_in_time() -> None:
    story = (
        "we talked about the schedule and my boss and what it costs to come in the evening. " * 37
    )
    message = f"{story} i want to kill myself. {story}"
    assert len(message) > 6000
    safety.screen(message)
    started = time.process_time()
    assert safety.screen(message) is not None
    assert time.process_time() - started < 0.05


def test_every_kind_has_a_text_for_oneself_and_for_another() -> None:
    for kind in PHRASES["phrases"]:
        assert "911" in wording.text(f"utter_crisis/{kind}").text
        assert "911" in wording.text(f"utter_crisis_other/{kind}").text
