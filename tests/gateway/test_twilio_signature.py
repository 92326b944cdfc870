"""Our check of Twilio's signature against signatures that Twilio's own library made."""

import json
from pathlib import Path
from typing import Any

import pytest

from gateway.channels.sms import signature

MADE = json.loads(
    (Path(__file__).parent / "payloads" / "twilio_signatures.json").read_text("utf-8")
)
CASES: list[dict[str, Any]] = MADE["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["note"] for case in CASES])
def test_what_the_library_signed_is_valid_and_nothing_else(case: dict[str, Any]) -> None:
    token, url, fields = case["token"], case["url"], list(case["fields"].items())
    signed = case["signature"]
    assert signature.is_valid(token, url, fields, signed)
    assert signature.is_valid(token, url, reversed(fields), signed)
    assert not signature.is_valid("other", url, fields, signed)
    assert not signature.is_valid(token, url + "x", fields, signed)
    assert not signature.is_valid(token, url, [*fields, ("More", "x")], signed)
    assert not signature.is_valid(token, url, fields, signed[:-1])
    assert not signature.is_valid(token, url, fields, None)


def test_the_usual_port_may_stand_in_the_address_or_not() -> None:
    case = next(case for case in CASES if case["note"] == "the port in the address")
    plain = case["url"].replace(":443", "")
    assert signature.is_valid(case["token"], plain, case["fields"].items(), case["signature"])
