import re

import pytest

from care import staff, staff_admin
from care.db import Core
from care.roles import ADMIN, AUDITOR
from care.staff import COMMAND
from tools import staff as command

PASSWORD = "correct horse battery"


@pytest.fixture
def core(sqlite_core: Core, monkeypatch: pytest.MonkeyPatch) -> Core:
    monkeypatch.setattr("tools.staff.Settings.load", lambda: sqlite_core.settings)
    monkeypatch.setattr("tools.staff.getpass.getpass", lambda _: PASSWORD)
    return sqlite_core


def roles(core: Core) -> dict[str, str]:
    return {c.username: c.role for c in staff_admin.listed(core, COMMAND)}


def test_somebody_is_added_and_gets_another_role(
    core: Core, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(["noor"]) == 0
    assert staff.sign_in(core, "noor", PASSWORD)
    assert roles(core)["noor"] == "agent"
    assert command.main(["noor", "--role", ADMIN]) == 0
    assert command.main(["otto", "--role", AUDITOR]) == 0
    assert command.main(["kim", "--disable"]) == 0
    capsys.readouterr()
    assert command.main(["--list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert {"noor: admin", "otto: auditor", "kim: supervisor, disabled"} <= set(listed)


def test_how_visitors_see_somebody_is_set_and_taken_away(core: Core) -> None:
    for name, role in (("Dana", "counselor"), ("", "")):
        assert command.main(["dana", "--shown", name, role]) == 0
        with core.snapshot() as session:
            assert staff.shown(session, "dana") == staff.Person(name or None, role or None)
    assert roles(core)["dana"] == "supervisor"


def test_a_link_is_printed(core: Core, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--invite", ADMIN], ["dana", "--link"]):
        assert command.main(arguments) == 0
        printed = capsys.readouterr().out
        token = re.search(r"/desk/join/(\S+)", printed)
        assert token is not None
        assert staff_admin.invitation(core, token[1])
        assert "within 48 hours" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody", "--disable"], "nobody of this name"),
        (["nobody", "--link"], "nobody of this name"),
        (["nobody", "--shown", "N", "nurse"], "nobody of this name"),
        (["dana", "--shown", "Dana", ""], "a name and a role"),
        (["system"], "A name has"),
    ],
)
def test_what_is_not_possible_is_said(
    core: Core, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command.main(arguments) == 1
    assert said in capsys.readouterr().err


def test_a_weak_password_or_two_that_differ_change_nothing(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = iter(["short", PASSWORD, "something else entirely"])
    monkeypatch.setattr("tools.staff.getpass.getpass", lambda _: next(typed))
    assert command.main(["noor"]) == 1
    assert command.main(["noor"]) == 1
    assert "noor" not in roles(core)


@pytest.mark.parametrize("arguments", [[], ["--role", "owner"], ["a", "b"], ["--link"]])
def test_a_wrong_call_explains_itself(core: Core, arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(arguments)
