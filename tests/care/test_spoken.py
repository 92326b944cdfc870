import pytest

from care import privacy


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("two one two five five five oh one oh oh", "+12125550100"),
        ("its two one two, five five five, zero one double oh", "+12125550100"),
        ("area code two twelve then five fifty five zero one hundred", "+12125550100"),
        ("my number is 2 1 2 5 5 5 0 1 0 0", "+12125550100"),
        ("212 five five five 01 00", "+12125550100"),
        ("two one two five five five oh one for two", "+12125550142"),
        ("dos uno dos cinco cinco cinco cero uno cero cero", "+12125550100"),
        ("plus four four two zero seven nine four six zero nine five eight", "+442079460958"),
        ("two one two five five five oh one oh oh extension four", "+12125550100;ext=4"),
        ("212.555.0100 ext 4", "+12125550100;ext=4"),
        ("212 555 0100 5pm", "+12125550100"),
        ("+44 20 7946 0958", "+442079460958"),
        ("555-212-3456", "+15552123456"),
        ("eight hundred five five five zero one hundred", "+18005550100"),
    ],
)
def test_a_number_is_heard_however_it_is_said(text: str, value: str) -> None:
    found = [f.value for f in privacy.find(text) if f.kind == "phone"]
    assert found == [value]


@pytest.mark.parametrize(
    "text",
    [
        "i had three or four beers and twenty two pills",
        "one of us, maybe two",
        "call me at five",
        "it was at home dot",
        "9 to 5 monday to friday, two kids",
    ],
)
def test_numbers_in_a_sentence_are_no_phone_number(text: str) -> None:
    assert privacy.find(text) == []


def test_an_address_is_heard_too() -> None:
    (found,) = privacy.find("write me at sam dot smith at example dot com please")
    assert (found.kind, found.value) == ("email", "sam.smith@example.com")


def test_an_extension_is_said_back() -> None:
    assert privacy.readable_phone("+12125550100;ext=4") == "(212) 555-0100 ext. 4"
