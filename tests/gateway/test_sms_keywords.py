"""STOP, START and HELP: whole messages only."""

import pytest

from gateway.channels.sms import keywords


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        *(
            (word, "stop")
            for word in ("STOP", "Stopall", "stop all", "UNSUBSCRIBE", "End", "quit.")
        ),
        *(
            (word, "stop")
            for word in ("Cancel!", "REVOKE", "optout", "opt out", "Opt-Out", " stop \n")
        ),
        ("please stop texting me", "stop"),
        ("don\u2019t text me anymore", "stop"),
        ("Unsubscribe me from these texts", "stop"),
        ("take me off your list please", "stop"),
        ("opt me out", "stop"),
        *((word, "start") for word in ("START", "unstop", "opt in")),
        *((word, "help") for word in ("HELP", "help!", "Info")),
        *(
            (word, None)
            for word in ("I want to quit drinking", "I want to end it", "stop drinking")
        ),
        *(
            (word, None)
            for word in ("take me home", "help me", "the end", "yes", "", "\u2026", "no")
        ),
        ("STOP, I want to die", None),
    ],
)
def test_what_is_heard(text: str, keyword: str | None) -> None:
    assert keywords.heard(text, opted_out=False) == keyword


def test_yes_begins_again_for_whoever_opted_out() -> None:
    assert keywords.may_start("Yes!")
    assert keywords.heard("Yes!", opted_out=True) == "start"
