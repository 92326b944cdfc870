"""Keeps phone numbers and e-mail addresses out of everything but the core.

`conceal` puts a reference such as `[phone-1]` in a value's place and stores the value encrypted;
`reveal` puts it back for the person it belongs to.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from care import spoken
from care.db import Core
from care.models import PrivateValue

REGION = "US"
FEWEST_DIGITS = 6  # the shortest numbers that phonenumbers finds have seven, some countries' six
EMAIL = re.compile(r"[A-Za-z0-9._%+'-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
# North America's numbers. Read beside phonenumbers' own list, which lags behind new area codes
# and reads the "5" of "212 555 0100 5pm" as one more digit.
NATIONAL = re.compile(
    r"(?<![\w+])(?:\+?1[\s.-]{0,2})?\(?([2-9]\d\d)\)?[\s.,/-]{0,3}([2-9]\d\d)[\s./-]{0,3}(\d{4})(?!\d)"
)
LONG_NUMBER = re.compile(r"(?<![\w-])\+?\(?\d(?:[\s().-]{0,3}\d){6,}(?![\w])")
ZIP_PLUS_4 = re.compile(r"\d{5}-\d{4}")  # the contact form asks for a ZIP
REFERENCE = re.compile(r"\[(phone|email|number)-\d+\]")
LOOKALIKE = re.compile(r"\[(?=(?:phone|email|number)-\d+\])")


@dataclass(frozen=True)
class Found:
    """A personal value in a text: where, which kind, and its canonical form."""

    start: int
    end: int
    kind: str
    value: str


def find(text: str) -> list[Found]:
    """Every phone number, e-mail address and other long number, without overlaps, in order."""
    taken: list[Found] = []
    for found in (*_emails(text), *_phones(text), *_dictated(text), *_numbers(text)):
        if all(found.end <= other.start or found.start >= other.end for other in taken):
            taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def conceal(core: Core, conversation_id: str, text: str) -> str:
    """The text with references. A reference that the visitor typed is defused first."""
    text = LOOKALIKE.sub("(", text)
    values = find(text)
    if not values:
        return text
    parts, end = [], 0
    with core.transaction() as session:
        for found in values:
            reference = _reference(core, session, conversation_id, found)
            parts += [text[end : found.start], reference]
            end = found.end
    return "".join([*parts, text[end:]])


def reveal(core: Core, conversation_id: str, text: str) -> str:
    """The text with this conversation's own values back in place of their references."""
    if not REFERENCE.search(text):
        return text
    with core.snapshot() as session:
        rows = session.scalars(
            select(PrivateValue).where(PrivateValue.conversation_id == conversation_id)
        )
        values = {row.reference: opened(core, row) for row in rows}
    return REFERENCE.sub(lambda match: values.get(match[0], match[0]), text)


def value_of(core: Core, session: Session, conversation_id: str, reference: str) -> str | None:
    """What one reference stands for; None if it is not of this conversation."""
    row = session.scalar(
        select(PrivateValue).where(
            PrivateValue.conversation_id == conversation_id,
            PrivateValue.reference == reference,
        )
    )
    return opened(core, row) if row else None


def readable_phone(value: str) -> str:
    """A canonical number as people of its country write it."""
    number = phonenumbers.parse(value)
    national = number.country_code == phonenumbers.country_code_for_region(REGION)
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if national else style.INTERNATIONAL)


def _emails(text: str) -> Iterator[Found]:
    for match in EMAIL.finditer(text):
        try:
            address = validate_email(match[0], check_deliverability=False).normalized
        except EmailNotValidError:
            address = ""
        kind = "email" if address else "number"
        yield Found(match.start(), match.end(), kind, address or match[0])
    for start, end, said in spoken.emails(text):
        yield Found(start, end, "email", said.lower())


def _phones(text: str) -> Iterator[Found]:
    if sum(character.isdigit() for character in text) < FEWEST_DIGITS:
        return  # the search itself takes up to 13 ms
    for match in phonenumbers.PhoneNumberMatcher(text, REGION):
        yield Found(match.start, match.end, "phone", _canonical(match.number))
    for national in NATIONAL.finditer(text):
        yield Found(national.start(), national.end(), "phone", "+1" + "".join(national.groups()))


def _dictated(text: str) -> Iterator[Found]:
    for said in spoken.numbers(text):
        value = _phone_of(said)
        yield Found(said.start, said.end, "phone" if value else "number", value or said.digits)


def _phone_of(said: spoken.Spoken) -> str:
    """The phone number that was dictated; empty if it is none."""
    tail = f";ext={said.extension}" if said.extension else ""
    if national := NATIONAL.fullmatch(said.digits):
        return "+1" + "".join(national.groups()) + tail
    try:
        number = phonenumbers.parse(said.digits + tail, REGION)
    except phonenumbers.NumberParseException:
        return ""
    return _canonical(number) if phonenumbers.is_valid_number(number) else ""


def _canonical(number: phonenumbers.PhoneNumber) -> str:
    """E.164, which has no place for an extension, and the extension after it."""
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else str(e164)


def _numbers(text: str) -> Iterator[Found]:
    for match in LONG_NUMBER.finditer(text):
        if ZIP_PLUS_4.fullmatch(match[0]):
            continue
        yield Found(match.start(), match.end(), "number", match[0])


def _reference(core: Core, session: Session, conversation_id: str, found: Found) -> str:
    secret = core.settings.session_key.get_secret_value().encode()
    message = f"{conversation_id}:{found.kind}:{found.value}".encode()
    digest = hmac.new(secret, message, hashlib.sha256).hexdigest()
    mine = PrivateValue.conversation_id == conversation_id
    known = session.scalar(select(PrivateValue).where(mine, PrivateValue.digest == digest))
    if known:
        return known.reference
    like = PrivateValue.reference.startswith(f"[{found.kind}-")
    count = session.scalar(select(func.count()).select_from(PrivateValue).where(mine, like)) or 0
    reference = f"[{found.kind}-{count + 1}]"
    sealed = core.cipher.encrypt(found.value.encode(), _context(conversation_id))
    session.add(
        PrivateValue(
            conversation_id=conversation_id, reference=reference, digest=digest, value=sealed
        )
    )
    session.flush()
    return reference


def opened(core: Core, row: PrivateValue) -> str:
    """A stored value as it is shown."""
    value = core.cipher.decrypt(row.value, _context(row.conversation_id)).decode()
    return readable_phone(value) if row.reference.startswith("[phone-") else value


def _context(conversation_id: str) -> bytes:
    return f"private:{conversation_id}".encode()
