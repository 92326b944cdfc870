import re
from pathlib import Path

import pytest

from care.cipher import new_key
from care.errors import SettingsError
from care.settings import PREFIX, ROOT, Settings


@pytest.fixture(autouse=True)
def no_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """These tests see neither this machine's `.env` nor its local secrets."""
    monkeypatch.setattr("care.settings.ROOT", tmp_path)
    monkeypatch.setattr("care.settings.LOCAL_SECRETS", tmp_path / "none.env")


def test_production_names_every_missing_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_MODE", "production")
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    for key in ("OPERATOR", "CALL_ANSWERED_BY", "PAID_PROVIDERS", "DATA_KEYS", "SESSION_KEY"):
        assert PREFIX + key in str(refused.value)


@pytest.mark.parametrize("key", ["OPERATOR", "CALL_ANSWERED_BY", "PAID_PROVIDERS"])
def test_production_refuses_without_each_of_those_who_stand_behind_it(
    monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    given = {
        "MODE": "production",
        "OPERATOR": "The operator",
        "CALL_ANSWERED_BY": "its staff",
        "PAID_PROVIDERS": "",
        "DATA_KEYS": new_key("k1"),
        "SESSION_KEY": "s",
        "ASSISTANT_TOKEN": "a",
        "ALERTS": "off",
    }
    for name, value in given.items():
        monkeypatch.setenv(PREFIX + name, value)
    assert not Settings.load().is_demonstration
    monkeypatch.delenv(PREFIX + key)
    with pytest.raises(SettingsError, match=PREFIX + key):
        Settings.load()
    if key != "PAID_PROVIDERS":
        monkeypatch.setenv(PREFIX + key, " ")
        with pytest.raises(SettingsError, match=PREFIX + key):
            Settings.load()


def test_a_run_without_settings_says_that_it_is_a_demonstration() -> None:
    settings = Settings.load()
    assert settings.is_demonstration
    for key in ("operator", "answered_by", "who_pays"):
        assert "demonstration" in settings.spoken[key]


def test_production_needs_somebody_to_alert_or_a_clear_no(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GUIDE_MODE", "production")
    for key in ("GUIDE_ALERT_STEP_1", "GUIDE_PUBLIC_URL"):
        with pytest.raises(SettingsError) as refused:
            Settings.load()
        assert key in str(refused.value)
    assert "GUIDE_ALERTS=off" in str(refused.value)
    monkeypatch.setenv("GUIDE_ALERTS", "off")
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    assert "ALERT" not in str(refused.value)


def test_a_webhook_needs_a_key_to_sign_with(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_ALERT_CALLBACK", "webhook+https://example.org/in")
    with pytest.raises(SettingsError, match="GUIDE_ALERT_WEBHOOK_KEY"):
        Settings.load()
    monkeypatch.setenv("GUIDE_ALERT_WEBHOOK_KEY", "a key")
    assert Settings.load().alert_addresses("callback") == ["webhook+https://example.org/in"]


def test_an_empty_list_of_paid_providers_is_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_PAID_PROVIDERS", "")
    assert Settings.load().paid_providers == ()
    assert Settings.load().spoken["who_pays"] == "No treatment provider pays for calls."


def test_paid_providers_are_named_to_the_visitor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GUIDE_PAID_PROVIDERS", "North House; South House")
    assert "North House, South House" in Settings.load().spoken["who_pays"]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("PORT", "70000"),
        ("PORT", "eighty"),
        ("HOTLINE", "call us"),
        ("MODE", "staging"),
        ("DATA_KEYS", "a:short"),
        ("TRANSCRIPT_DAYS", "-5"),
        ("LOG_LEVEL", "loud"),
        ("ALERT_STEP_2", "someone@example.org"),
        ("ALERT_STEP_1", "console: mailto"),
        ("PUBLIC_URL", "guide.example.net"),
        ("ALERTS", "maybe"),
        ("REPORT_EMAIL", "write to us"),
        ("CALLBACK_MINUTES", "-5"),
        ("AUDIT_YEARS", "none"),
    ],
)
def test_a_bad_value_names_its_key_and_never_the_value(
    monkeypatch: pytest.MonkeyPatch, key: str, value: str
) -> None:
    monkeypatch.setenv(PREFIX + key, value)
    with pytest.raises(SettingsError) as refused:
        Settings.load()
    assert PREFIX + key in str(refused.value)
    assert value not in str(refused.value).replace("'development' or 'production'", "")


def test_business_hours_that_make_no_sense_stop_the_start(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rules = tmp_path / "hours.yml"
    rules.write_text("time_zone: America/New_York\nweekdays: {monday: [9-5]}\n")
    monkeypatch.setenv("GUIDE_HOURS_FILE", str(rules))
    with pytest.raises(SettingsError, match="GUIDE_HOURS_FILE: monday"):
        Settings.load()


def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("GUIDE_OPERATOR=From the file\nGUIDE_PORT=9000\nOTHER=1\n")
    monkeypatch.setenv("GUIDE_PORT", "9100")
    settings = Settings.load()
    assert (settings.operator, settings.port) == ("From the file", 9100)


def test_the_example_file_lists_every_setting_and_no_other() -> None:
    example = (ROOT / ".env.example").read_text()
    listed = set(re.findall(r"^# (GUIDE_\w+)=", example, re.MULTILINE))
    assert listed == {PREFIX + name.upper() for name in Settings.model_fields}
