from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import conversations, privacy
from care.db import Core


@pytest.fixture
def visit(core: Core) -> str:
    return conversations.start(core, "web")[0]


def concealed(core: Core, visit: str, text: str) -> str:
    return privacy.conceal(core, visit, text)


def revealed(core: Core, visit: str, text: str) -> str:
    return privacy.reveal(core, visit, text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call 212-555-0142 please", "call [phone-1] please"),
        ("(212) 555 0142", "[phone-1]"),
        ("+44 20 7946 0958 is mine", "[phone-1] is mine"),
        ("2125550142 or a.b+c@mail.example.com", "[phone-1] or [email-1]"),
        ("my social is 123-45-6789", "my social is [number-1]"),
        ("its 5551234", "its [number-1]"),
        ("is 988 free? and 911?", "is 988 free? and 911?"),
        (
            "i drink 12 beers, 7 days a week since 2019",
            "i drink 12 beers, 7 days a week since 2019",
        ),
        ("i typed [phone-1] myself", "i typed (phone-1] myself"),
        ("", ""),
    ],
)
def test_values_become_references(core: Core, visit: str, text: str, shown: str) -> None:
    assert concealed(core, visit, text) == shown


def test_a_reference_shows_its_value_to_its_own_conversation_only(core: Core, visit: str) -> None:
    text = concealed(core, visit, "212-555-0142 and sam@example.com")
    other = conversations.start(core, "web")[0]
    assert revealed(core, visit, text) == "(212) 555-0142 and sam@example.com"
    assert revealed(core, other, text) == text


def test_the_same_number_keeps_its_reference(core: Core, visit: str) -> None:
    concealed(core, visit, "212-555-0142")
    assert concealed(core, visit, "again (212) 555-0142") == "again [phone-1]"
    assert concealed(core, visit, "now 212-555-0143") == "now [phone-2]"


def test_values_are_sealed(core: Core, visit: str, database_dump: Callable[[], bytes]) -> None:
    concealed(core, visit, "212-555-0142 canary@example.com")
    assert b"canary" not in database_dump()
    assert b"5550142" not in database_dump()


@given(st.text(max_size=400))
def test_finding_never_raises_and_never_overlaps(text: str) -> None:
    found = privacy.find(text)
    for one, two in pairwise(found):
        assert one.end <= two.start


def test_a_zip_with_its_four_digits_is_no_phone_number() -> None:
    assert privacy.find("my zip is 94110-1234") == []
    assert [f.kind for f in privacy.find("94110 1234567")] == ["number"]
