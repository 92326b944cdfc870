"""What the gateway may send, read strictly."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from assistant.channel import CHANNELS
from assistant.context import Context
from assistant.labels import STANDINGS

LONGEST_TEXT = 6000
CONVERSATION = re.compile(r"[0-9a-f]{32}")
LABEL = re.compile(r"[a-z_]+(?:/[a-z_]+)?")
EXPECTS = re.compile(r"[a-z_]{1,64}")
LONGEST_ID = 200


class BadRequestError(ValueError):
    """The message says which field is wrong, without its value."""


@dataclass(frozen=True)
class Question:
    conversation: str
    channel: str
    id: str
    text: str
    label: str | None
    context: Context


def question_in(body: object) -> Question:
    fields = _fields(body)
    channel, message_id = fields.get("channel"), fields.get("id")
    if channel not in CHANNELS:
        raise BadRequestError(f"channel must be one of {', '.join(CHANNELS)}")
    if not isinstance(message_id, str) or not 0 < len(message_id) <= LONGEST_ID:
        raise BadRequestError("id must be a text")
    return Question(
        conversation=conversation_in(fields.get("conversation")),
        channel=str(channel),
        id=message_id,
        text=text_in(fields),
        label=_matching(fields, "label", LABEL),
        context=context_in(fields),
    )


def parse_in(body: object) -> tuple[str, Context]:
    fields = _fields(body)
    return text_in(fields), context_in(fields)


def conversation_in(value: object) -> str:
    if not isinstance(value, str) or not CONVERSATION.fullmatch(value):
        raise BadRequestError("conversation must be 32 hexadecimal digits")
    return value


def text_in(fields: Mapping[str, object]) -> str:
    text = fields.get("text")
    if not isinstance(text, str):
        raise BadRequestError("text must be a text")
    if len(text) > LONGEST_TEXT:
        raise BadRequestError(f"text is longer than {LONGEST_TEXT} characters")
    return text


def context_in(fields: Mapping[str, object]) -> Context:
    return Context(
        expects=_matching(fields, "expects", EXPECTS),
        previous=_matching(fields, "previous", LABEL),
        request=request_in(fields),
        doubted=doubted_in(fields),
    )


def request_in(fields: Mapping[str, object]) -> str | None:
    value = fields.get("request")
    if value is not None and value not in STANDINGS:
        raise BadRequestError(f"request must be one of {', '.join(STANDINGS)}")
    return None if value is None else str(value)


def doubted_in(fields: Mapping[str, object]) -> bool:
    doubted = fields.get("doubted", False)
    if not isinstance(doubted, bool):
        raise BadRequestError("doubted must be true or false")
    return doubted


def _matching(fields: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str | None:
    value = fields.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise BadRequestError(f"{name} is not a known kind of name")
    return value


def _fields(body: object) -> Mapping[str, object]:
    if not isinstance(body, dict):
        raise BadRequestError("the body must be a JSON object")
    return body
