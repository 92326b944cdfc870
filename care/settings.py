"""Every setting, read once from the environment and `.env`, checked before anything starts."""

import re
from functools import cache
from pathlib import Path
from string import Template
from typing import Annotated, Any, Literal, Self

import phonenumbers
import yaml
from pydantic import EmailStr, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from care import helpdesk, hours
from care.cipher import Cipher, CipherError
from care.errors import SettingsError

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "GUIDE_"
LOCAL_SECRETS = ROOT / "var" / "local.env"
OPERATOR_WORDS = ROOT / "data" / "operator.yml"
WHO = ("operator", "call_answered_by", "paid_providers")
ANY_CHANNEL = ("public_url", "address_key")
FOR_TEXTS = ("twilio_auth_token", "twilio_numbers", *ANY_CHANNEL)
FOR_MESSENGER = (
    *("messenger_page_token", "messenger_app_secret", "messenger_verify_token"),
    *ANY_CHANNEL,
)

Seconds = Annotated[float, Field(gt=0)]
Port = Annotated[int, Field(ge=1, le=65535)]

PERSON_ADDRESS = re.compile(r"([a-z0-9._-]{2,32})=(\S+)")
ALERT_ADDRESS = re.compile(r"console:|[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
SIGNED_WEBHOOK = "webhook+"
WEB_ADDRESS = re.compile(r"https?://[^\s/]+(/\S*)?")
ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?")
STAND_IN_NUMBER = "+12025550100"  # for development; of those kept free for fiction


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
    report_email: EmailStr | None = None

    # The chat window on other sites: which may use it, and where "Quick exit" leads.
    site_origins: Annotated[tuple[str, ...], NoDecode] = ()
    exit_url: str = "https://www.weather.gov/"

    # Where the parts are.
    host: str = "127.0.0.1"
    port: Port = 8080
    assistant_port: Port = 5005
    actions_port: Port = 5055
    metrics_host: str = "127.0.0.1"
    metrics_port: Port | None = None
    assistant_timeout_seconds: Seconds = 8.0
    storage_timeout_seconds: Seconds = 4.0
    danger_timeout_seconds: Seconds = 1.5
    database_url: str = f"sqlite:///{ROOT}/var/guide.db"
    assistant_database_url: str = f"sqlite:///{ROOT}/var/assistant.db"

    # Made-up tickets at the first `make run`. See docs/desk.md.
    demo_tickets: Literal["on", "off"] | None = None

    # Secrets.
    data_keys: SecretStr = SecretStr("")
    session_key: SecretStr = SecretStr("")
    assistant_token: SecretStr = SecretStr("")
    address_key: SecretStr = SecretStr("")

    # Text messages through Twilio; see docs/channels/sms.md.
    twilio_account_sid: str = ""
    twilio_auth_token: SecretStr = SecretStr("")
    twilio_numbers: Annotated[tuple[str, ...], NoDecode] = ()
    twilio_api_url: str = "https://api.twilio.com"
    started_texts_from: Annotated[int, Field(ge=0, le=23)] = 10
    started_texts_until: Annotated[int, Field(ge=1, le=24)] = 17
    twilio_keywords: Literal["guide", "twilio"] = "guide"

    whatsapp_number: Annotated[str, Field(pattern=r"^(\+\d{8,15})?$")] = ""

    # Facebook Messenger; see docs/channels/messenger.md.
    messenger_page_id: str = ""
    messenger_page_token: SecretStr = SecretStr("")
    messenger_app_id: str = ""
    messenger_app_secret: SecretStr = SecretStr("")
    messenger_verify_token: SecretStr = SecretStr("")
    messenger_graph_url: str = "https://graph.facebook.com"
    messenger_graph_version: Annotated[str, Field(pattern=r"^v\d{1,3}\.\d{1,2}$")] = "v26.0"
    messenger_human_agent: bool = False
    messenger_persona: str = ""

    # Whom to alert when a ticket is opened: addresses with blanks between them. See docs/alerts.md.
    alerts: Literal["on", "off"] = "on"
    alert_step_1: SecretStr = SecretStr("")
    alert_step_2: SecretStr = SecretStr("")
    alert_step_3: SecretStr = SecretStr("")
    alert_callback: SecretStr = SecretStr("")
    alert_people: SecretStr = SecretStr("")
    alert_webhook_key: SecretStr = SecretStr("")
    public_url: str | None = None

    # A helpdesk that hears of every ticket. See docs/helpdesks.md.
    helpdesk: str = ""
    helpdesk_token: SecretStr = SecretStr("")

    # How long an open page, and the switch on the desk, count as being on duty.
    duty_minutes: Annotated[int, Field(gt=0)] = 5
    duty_hours: Annotated[int, Field(gt=0)] = 12

    # Signing in to the desk. See docs/desk.md.
    desk_second_factor: Literal["required", "optional"] | None = None
    desk_idle_minutes: Annotated[int, Field(gt=0)] = 15
    desk_session_hours: Annotated[int, Field(gt=0)] = 12
    desk_invitation_hours: Annotated[int, Field(gt=0)] = 48

    # A person in the chat: when a visitor who waits is told that nobody has come, and after how
    # long a silence of staff the guide takes the chat back. See docs/live-chat.md.
    person_wait_minutes: Annotated[int, Field(gt=0)] = 3
    person_silence_minutes: Annotated[int, Field(gt=0)] = 10

    # When a call back is due, in minutes of the business hours. See docs/tickets.md.
    hours_file: Path = ROOT / "data" / "hours.yml"
    callback_minutes: Annotated[int, Field(gt=0)] = 240
    callback_high_minutes: Annotated[int, Field(gt=0)] = 60

    # How long things are kept.
    session_hours: Annotated[int, Field(gt=0)] = 24
    transcript_days: Annotated[int, Field(gt=0)] = 30
    ticket_months: Annotated[int, Field(gt=0)] = 12
    consent_years: Annotated[int, Field(gt=0)] = 5
    audit_years: Annotated[int, Field(gt=0)] = 6

    # After how long a silence the guide says again that it is no person: in short, and in full.
    short_reminder_hours: Annotated[int, Field(gt=0)] = 24
    reminder_days: Annotated[int, Field(gt=0)] = 7

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

    @field_validator("site_origins", mode="before")
    @classmethod
    def _origins(cls, value: object) -> object:
        """`https://a.example https://b.example`: no path, and nothing that stands for many."""
        origins = tuple(value.split()) if isinstance(value, str) else value
        if isinstance(origins, tuple) and not all(map(ORIGIN.fullmatch, origins)):
            raise ValueError("not a list of origins such as https://www.example.org")
        return origins

    @field_validator("exit_url")
    @classmethod
    def _leads_away(cls, value: str) -> str:
        if not WEB_ADDRESS.fullmatch(value):
            raise ValueError("not an address such as https://www.weather.gov/")
        return value

    @field_validator("twilio_numbers", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        """Numbers as Twilio writes them, with blanks between them."""
        found = tuple(value.split()) if isinstance(value, str) else value
        if isinstance(found, tuple) and not all(re.fullmatch(r"\+\d{8,15}", n) for n in found):
            raise ValueError("not a list of numbers such as +12025550100")
        return found

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

    @field_validator("alert_people")
    @classmethod
    def _people(cls, value: SecretStr) -> SecretStr:
        found = [PERSON_ADDRESS.fullmatch(entry) for entry in value.get_secret_value().split()]
        if not all(row and ALERT_ADDRESS.fullmatch(row[2]) for row in found):
            raise ValueError("not a list such as dana=mailto://... kim=slack://...")
        if len({row[1] for row in found if row}) < len(found):
            raise ValueError("somebody is named twice")
        return value

    @field_validator("helpdesk")
    @classmethod
    def _known_helpdesk(cls, value: str) -> str:
        if value.strip():
            helpdesk.read_address(value.strip())
        return value.strip()

    @field_validator("hours_file")
    @classmethod
    def _readable_hours(cls, value: Path) -> Path:
        try:
            hours.load(value)
        except SettingsError as error:
            raise ValueError(str(error)) from None
        return value

    @field_validator("messenger_page_id", "messenger_app_id", "messenger_persona")
    @classmethod
    def _digits(cls, value: str) -> str:
        if not re.fullmatch(r"\d{0,32}", value):
            raise ValueError("not an id of Meta's, which is digits")
        return value

    @field_validator("public_url", "messenger_graph_url")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value and not WEB_ADDRESS.fullmatch(value):
            raise ValueError("not an address such as https://guide.example.org")
        return value.rstrip("/") if value else None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.mode == "production" and (missing := self._missing()):
            names = ", ".join(PREFIX + key.upper() for key in missing)
            off = f" (or set {PREFIX}ALERTS=off)" if "alert_step_1" in missing else ""
            raise ValueError(f"missing in production: {names}{off}")
        if self.twilio_account_sid and (missing := self._lacking(FOR_TEXTS)):
            raise ValueError(f"text messages need {', '.join(missing)}")
        if self.messenger_page_id and (missing := self._lacking(FOR_MESSENGER)):
            raise ValueError(f"Messenger needs {', '.join(missing)}")
        if self._signs_webhooks() and not self._given("alert_webhook_key"):
            raise ValueError(f"{PREFIX}ALERT_WEBHOOK_KEY is needed to sign webhooks")
        if self.helpdesk and not self._given("helpdesk_token"):
            raise ValueError(f"{PREFIX}HELPDESK_TOKEN is needed for {PREFIX}HELPDESK")
        return self

    def _missing(self) -> list[str]:
        needed = [*WHO, "data_keys", "session_key", "assistant_token"]
        if self.alerts == "on":
            needed += ["alert_step_1", "public_url"]
        return [key for key in needed if not self._given(key)]

    def _lacking(self, needed: tuple[str, ...]) -> list[str]:
        return [PREFIX + key.upper() for key in needed if not self._given(key)]

    def _signs_webhooks(self) -> bool:
        keys = ("step_1", "step_2", "step_3", "callback")
        listed = [a for key in keys for a in self.alert_addresses(key)]
        return any(a.startswith(SIGNED_WEBHOOK) for a in (*listed, *self.people.values()))

    def _given(self, key: str) -> bool:
        """An empty list is an answer, an empty text is none."""
        value = getattr(self, key)
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if key == "twilio_numbers":
            return bool(text)
        return bool(text.strip()) if isinstance(text, str) else text is not None

    def alert_addresses(self, key: str) -> list[str]:
        """The addresses of one setting: `step_1` is GUIDE_ALERT_STEP_1."""
        value: SecretStr = getattr(self, f"alert_{key}")
        return value.get_secret_value().split()

    @property
    def people(self) -> dict[str, str]:
        """Where each member of staff is alerted while on duty, by their name at the desk."""
        entries = self.alert_people.get_secret_value().split()
        return {name: address for name, _, address in (e.partition("=") for e in entries)}

    @property
    def text_number(self) -> str | None:
        """The number of ours that a text comes from which staff start; None if texts are off."""
        if self.twilio_numbers:
            return self.twilio_numbers[0]
        return None if self.mode == "production" else STAND_IN_NUMBER

    @property
    def address_secret(self) -> bytes:
        """What people's addresses are hashed with; a machine for development needs no own one."""
        return (self.address_key.get_secret_value() or self.session_key.get_secret_value()).encode()

    @property
    def desk_url(self) -> str:
        return f"{self.public_url or f'http://127.0.0.1:{self.port}'}/desk"

    @property
    def second_factor_required(self) -> bool:
        needed = "required" if self.mode == "production" else "optional"
        return (self.desk_second_factor or needed) == "required"

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
    def time_zone(self) -> str:
        """Where staff work; a visitor's "after five" is meant there unless they say otherwise."""
        return hours.load(self.hours_file).zone.key

    @property
    def is_demonstration(self) -> bool:
        """Nobody has said who runs this, who answers calls and who pays."""
        return not all(map(self._given, WHO))

    @property
    def wants_demo_tickets(self) -> bool:
        """Unless told otherwise, only a demonstration on the database that nobody chose."""
        if self.mode == "production" or self.demo_tickets:
            return self.mode != "production" and self.demo_tickets == "on"
        chosen = self.database_url != type(self).model_fields["database_url"].default
        return self.is_demonstration and not chosen

    @property
    def spoken(self) -> dict[str, str]:
        """What the placeholders of the approved texts stand for."""
        words = _operator_words()
        unknown = words["demonstration"]
        return {
            "operator": self.operator or unknown["operator"],
            "hotline": self.hotline,
            "site": (self.public_url or f"127.0.0.1:{self.port}").split("://")[-1],
            "answered_by": self.call_answered_by or unknown["answered_by"],
            "who_pays": self._who_pays(words),
            "transcript_days": str(self.transcript_days),
            "ticket_months": str(self.ticket_months),
            "session_hours": str(self.session_hours),
            "consent_years": str(self.consent_years),
        }

    def _who_pays(self, words: dict[str, Any]) -> str:
        if self.paid_providers is None:
            return str(words["demonstration"]["who_pays"])
        if not self.paid_providers:
            return str(words["nobody_pays"])
        names = ", ".join(self.paid_providers)
        return Template(words["somebody_pays"]).safe_substitute(names=names)


@cache
def _operator_words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(OPERATOR_WORDS.read_text(encoding="utf-8"))
    return words


def _explain(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_input=False, include_context=False):
        where = ".".join(str(part) for part in problem["loc"])
        key = f"{PREFIX}{where.upper()}: " if where else ""
        lines.append(key + problem["msg"].removeprefix("Value error, "))
    return "; ".join(lines)
