"""Every setting, read once from the environment and `.env`, checked before anything starts."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import available_timezones

import phonenumbers
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from care.cipher import Cipher, CipherError
from care.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "GUIDE_"
LOCAL_SECRETS = ROOT / "var" / "local.env"

Seconds = Annotated[float, Field(gt=0)]
Port = Annotated[int, Field(ge=1, le=65535)]

ALERT_ADDRESS = re.compile(r"console:|[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
SIGNED_WEBHOOK = "webhook+"


class Settings(BaseSettings):
    """One frozen object. Durations carry their unit in the name."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    mode: Literal["development", "production"] = "development"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    # Who runs the guide. Shown to visitors; production refuses to start without them.
    operator: str | None = None
    hotline: str = "1-866-929-0179"
    call_answered_by: str | None = None
    paid_providers: Annotated[tuple[str, ...] | None, NoDecode] = None
    time_zone: str = "America/New_York"

    # Where the parts are.
    host: str = "127.0.0.1"
    port: Port = 8080
    assistant_port: Port = 5005
    actions_port: Port = 5055
    assistant_timeout_seconds: Seconds = 8.0
    database_url: str = f"sqlite:///{ROOT}/var/guide.db"
    assistant_database_url: str = f"sqlite:///{ROOT}/var/assistant.db"

    # Secrets.
    data_keys: SecretStr = SecretStr("")
    session_key: SecretStr = SecretStr("")
    assistant_token: SecretStr = SecretStr("")

    # Whom to alert when a ticket is opened: addresses with blanks between them. See docs/alerts.md.
    alerts: Literal["on", "off"] = "on"
    alert_step_1: SecretStr = SecretStr("")
    alert_step_2: SecretStr = SecretStr("")
    alert_step_3: SecretStr = SecretStr("")
    alert_callback: SecretStr = SecretStr("")
    alert_webhook_key: SecretStr = SecretStr("")
    public_url: str | None = None

    # How long an open page, and the switch on the desk, count as being on duty.
    duty_minutes: Annotated[int, Field(gt=0)] = 5
    duty_hours: Annotated[int, Field(gt=0)] = 12

    # How long things are kept.
    session_hours: Annotated[int, Field(gt=0)] = 24
    transcript_days: Annotated[int, Field(gt=0)] = 30
    ticket_months: Annotated[int, Field(gt=0)] = 12
    consent_years: Annotated[int, Field(gt=0)] = 5

    # How much one visitor may send.
    messages_per_minute: Annotated[int, Field(gt=0)] = 30
    sessions_per_minute: Annotated[int, Field(gt=0)] = 20

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Environment first, then `.env`, then the local secrets of a development machine.

        Raises SettingsError that names each bad key and never its value.
        """
        try:
            return cls(_env_file=(LOCAL_SECRETS, ROOT / ".env"), **given)
        except ValidationError as error:
            raise SettingsError(_explain(error)) from None

    @field_validator("paid_providers", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """`A; B` in the environment; an empty value says that nobody pays."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(";") if name.strip())
        return value

    @field_validator("hotline")
    @classmethod
    def _callable(cls, value: str) -> str:
        try:
            number = phonenumbers.parse(value, "US")
        except phonenumbers.NumberParseException:
            raise ValueError("not a telephone number") from None
        if not phonenumbers.is_possible_number(number):
            raise ValueError("not a telephone number")
        return value

    @field_validator("time_zone")
    @classmethod
    def _on_the_map(cls, value: str) -> str:
        if value not in available_timezones():
            raise ValueError("not a time zone such as America/New_York")
        return value

    @field_validator("data_keys")
    @classmethod
    def _usable_keys(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value():
            try:
                Cipher.from_keys(value.get_secret_value())
            except CipherError as error:
                raise ValueError(str(error)) from None
        return value

    @field_validator("alert_step_1", "alert_step_2", "alert_step_3", "alert_callback")
    @classmethod
    def _addresses(cls, value: SecretStr) -> SecretStr:
        if not all(map(ALERT_ADDRESS.fullmatch, value.get_secret_value().split())):
            raise ValueError("not a list of addresses such as mailto://... or webhook+https://...")
        return value

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^\s/]+(/\S*)?", value):
            raise ValueError("not an address such as https://guide.example.org")
        return value.rstrip("/") if value else None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.mode == "production" and (missing := self._missing()):
            names = ", ".join(PREFIX + key.upper() for key in missing)
            off = f" (or set {PREFIX}ALERTS=off)" if "alert_step_1" in missing else ""
            raise ValueError(f"missing in production: {names}{off}")
        if self._signs_webhooks() and not self._given("alert_webhook_key"):
            raise ValueError(f"{PREFIX}ALERT_WEBHOOK_KEY is needed to sign webhooks")
        return self

    def _missing(self) -> list[str]:
        needed = ["operator", "call_answered_by", "paid_providers", "data_keys"]
        needed += ["session_key", "assistant_token"]
        if self.alerts == "on":
            needed += ["alert_step_1", "public_url"]
        return [key for key in needed if not self._given(key)]

    def _signs_webhooks(self) -> bool:
        keys = ("step_1", "step_2", "step_3", "callback")
        return any(a.startswith(SIGNED_WEBHOOK) for key in keys for a in self.alert_addresses(key))

    def _given(self, key: str) -> bool:
        value = getattr(self, key)
        return bool(value.get_secret_value()) if isinstance(value, SecretStr) else value is not None

    def alert_addresses(self, key: str) -> list[str]:
        """The addresses of one setting: `step_1` is GUIDE_ALERT_STEP_1."""
        value: SecretStr = getattr(self, f"alert_{key}")
        return value.get_secret_value().split()

    @property
    def desk_url(self) -> str:
        return f"{self.public_url or f'http://127.0.0.1:{self.port}'}/desk"

    @property
    def assistant_url(self) -> str:
        return f"http://127.0.0.1:{self.assistant_port}"

    @property
    def actions_url(self) -> str:
        return f"http://127.0.0.1:{self.actions_port}"

    @property
    def cipher(self) -> Cipher:
        return Cipher.from_keys(self.data_keys.get_secret_value())

    @property
    def spoken(self) -> dict[str, str]:
        """What the placeholders of the approved texts stand for."""
        payers = self.paid_providers or ()
        return {
            "operator": self.operator or "a local demonstration",
            "hotline": self.hotline,
            "answered_by": self.call_answered_by or "trained staff",
            "who_pays": (
                f"Calls may be paid for by: {', '.join(payers)}."
                if payers
                else "No treatment provider pays for calls."
            ),
            "transcript_days": str(self.transcript_days),
            "ticket_months": str(self.ticket_months),
            "session_hours": str(self.session_hours),
            "consent_years": str(self.consent_years),
        }


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"])
        key = f"{PREFIX}{where.upper()}: " if where else ""
        lines.append(key + problem["msg"].removeprefix("Value error, "))
    return "; ".join(lines)
