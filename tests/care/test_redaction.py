import pytest

from care.redaction import redacted
from care.tickets import Details


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("I'm Zebulon, how much", "I'm [name-1], how much"),
        ("my name is bob", "my name is [name-1]"),
        ("this is zed smythe", "this is [name-1] [name-2]"),
        ("my wife marika drinks, Marika!", "my wife [name-1] drinks, [name-1]!"),
        ("call 212-555-0142 or (212) 555-0142", "call [phone-1] or [phone-1]"),
        ("zc@example.com, 212-555-0142", "[email-1], [phone-1]"),
        ("Robin said so. ask robin", "[name-1] said so. ask [name-1]"),
        ("i live in 73301", "i live in [hidden]"),
        ("Does Medicaid pay for Suboxone on Monday?", "Does Medicaid pay for Suboxone on Monday?"),
        ("HOW MUCH IS IT", "HOW MUCH IS IT"),
        ("Mr. Hargrove asks", "Mr. [name-1] asks"),
        ("I am Drunk", "I am Drunk"),
        ("", ""),
    ],
)
def test_what_points_to_a_person_is_a_reference(said: str, shown: str) -> None:
    assert redacted(said, [Details(name="Robin", place="73301")]) == shown
