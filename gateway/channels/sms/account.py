"""Which Twilio account text messages go through; on a development machine, a stand-in."""

import hashlib
import hmac
from dataclasses import dataclass

from care.settings import STAND_IN_NUMBER, Settings

STAND_IN = "/dev/twilio"
STAND_IN_SID = "AC" + 32 * "0"


@dataclass(frozen=True)
class Account:
    """`public_url` is where Twilio calls us; `keywords`: does it answer STOP, START and HELP?"""

    sid: str
    token: str
    numbers: tuple[str, ...]
    api_url: str
    public_url: str
    keywords: bool = False


def of(settings: Settings) -> Account | None:
    """None where text messages are off: in production without an account."""
    url = settings.public_url or f"http://127.0.0.1:{settings.port}"
    if settings.twilio_account_sid:
        return Account(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            settings.twilio_numbers,
            settings.twilio_api_url,
            url,
            settings.twilio_keywords == "twilio",
        )
    return None if settings.mode == "production" else stand_in(settings)


def stand_in(settings: Settings) -> Account:
    secret = settings.session_key.get_secret_value().encode()
    token = hmac.new(secret, b"stand-in for Twilio", hashlib.sha256).hexdigest()[:32]
    here = f"http://127.0.0.1:{settings.port}"
    return Account(STAND_IN_SID, token, (STAND_IN_NUMBER,), here + STAND_IN, here)
