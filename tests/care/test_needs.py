import re

import pytest

from care.needs import needs


@pytest.mark.parametrize(
    ("pattern", "needed"),
    [
        (r"\bkill(ing)? my ?self\b", [{"kill"}, {"my"}]),
        (r"\b(cant|wont) (wake|rouse)\b", [{"cant", "wont"}, {"wake", "rouse"}]),
        (r"\b(really )?want to\b", [{"really", "want"}, {"to"}]),
        (r"\b(a|b)\b.{0,60}\b(c|d)\b", [{"a", "b"}, {"c", "d"}]),
        (r"\w+ing", []),
        (r"^(help )?(now )?", []),
    ],
)
def test_a_pattern_needs_the_beginnings_of_its_words(pattern: str, needed: list[set[str]]) -> None:
    assert [set(need) for need in needs(pattern)] == needed


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\b(un ?)?alive\b", "alive"),
        (r"\b(\w+ )?dead\b", "so dead"),
        (r"\b(no|cant find a)? ?pulse\b", "pulse"),
        (r"\b(im|hes)( really)* gone\b", "hes gone"),
        (r"\blips?( \w+){0,3} blue\b", "lip is blue"),
        (r"\bcall (911|help)\b", "call 911"),
    ],
)
def test_what_a_pattern_matches_has_what_it_needs(pattern: str, text: str) -> None:
    assert re.search(pattern, text)
    begins = {word[:end] for word in text.split() for end in range(1, len(word) + 1)}
    assert all(need & begins for need in needs(pattern))
