"""One line as Messenger's own messages: within its limits, with the same choices in every form.

Links are buttons of a template. Choices are its buttons too while they fit, else quick replies,
and what does not fit into those either comes after "More". A title that is too long is shown by
its approved short form, or as a number of a list in the text.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import phonenumbers

from care import menus, wording
from care.privacy import REGION
from care.transcript import Said
from gateway.channels.messenger.events import PAYLOAD_LIMIT
from gateway.channels.messenger.splitting import length, split

TEXT_LIMIT = 2000
TEMPLATE_LIMIT = 640
MOST_BUTTONS = 3
MOST_QUICK_REPLIES = 13
TITLE_LIMIT = 20
SHORT_NUMBER = 6
MORE = "more:"  # and the place of the line whose further choices are asked for

Button = Mapping[str, str]
Message = dict[str, Any]


def parts(said: Said, public_url: str) -> list[Message]:
    """The messages of a line, in order; the same ones every time."""
    links, text = _links(said, public_url)
    offered = [c for c in menus.choices(said.buttons) if len(c["payload"]) <= PAYLOAD_LIMIT]
    titles = [_short(choice["title"]) for choice in offered]
    if any(length(title) > TITLE_LIMIT for title in titles):
        text = "\n".join([text, *(f"{n}. {c['title']}" for n, c in enumerate(offered, 1))])
        titles = [str(number) for number in range(1, len(offered) + 1)]
    shown = list(zip(titles, (choice["payload"] for choice in offered), strict=True))
    if len(links) + len(shown) <= MOST_BUTTONS and length(text) <= TEMPLATE_LIMIT:
        links, shown = [*links, *map(_postback, shown)], []
    if not (text.strip() or links or shown):
        return []
    return _laid_out(text.strip() or _word("choose", said), links, _quick(shown, said))


def beyond(said: Said) -> tuple[Button, ...]:
    """The choices of a line that stand behind "More"."""
    offered = menus.choices(said.buttons)
    return tuple(offered[MOST_QUICK_REPLIES - 1 :]) if len(offered) > MOST_QUICK_REPLIES else ()


def _laid_out(text: str, links: list[Message], quick: list[Message]) -> list[Message]:
    """Buttons stand below the end of the text."""
    pieces = split(text, TEXT_LIMIT, last=TEMPLATE_LIMIT if links else TEXT_LIMIT)
    messages: list[Message] = [{"text": piece} for piece in pieces]
    if links:
        template = {"template_type": "button", "text": pieces[-1], "buttons": links}
        messages[-1] = {"attachment": {"type": "template", "payload": template}}
    if quick:
        messages[-1]["quick_replies"] = quick
    return messages


def _quick(shown: Sequence[tuple[str, str]], said: Said) -> list[Message]:
    if len(shown) > MOST_QUICK_REPLIES:
        more = (_word("more", said), f"{MORE}{said.seq}")
        shown = [*shown[: MOST_QUICK_REPLIES - 1], more]
    return [{"content_type": "text", "title": title, "payload": to} for title, to in shown]


def _postback(choice: tuple[str, str]) -> Message:
    title, payload = choice
    return {"type": "postback", "title": title, "payload": payload}


def _links(said: Said, public_url: str) -> tuple[list[Message], str]:
    """What can be a button, and the text with what cannot and is not in it already."""
    buttons: list[Message] = []
    lines = [said.text]
    for button in said.buttons:
        if not (url := button.get("url")):
            continue
        made = _link(_short(button["title"]), url, public_url)
        if made and len(buttons) < MOST_BUTTONS and length(made["title"]) <= TITLE_LIMIT:
            buttons.append(made)
        elif line := _in_words(button["title"], url, said.text, public_url):
            lines.append(line)
    return buttons, "\n".join(lines)


def _link(title: str, url: str, public_url: str) -> Message | None:
    """A call button needs a number with its country, which 988 and 911 have not."""
    scheme, _, rest = url.partition(":")
    if scheme == "tel":
        number = _international(rest)
        return {"type": "phone_number", "title": title, "payload": number} if number else None
    page = _page(url, public_url)
    return {"type": "web_url", "title": title, "url": page} if page else None


def _in_words(title: str, url: str, text: str, public_url: str) -> str | None:
    scheme, _, rest = url.partition(":")
    if scheme in {"tel", "sms"}:
        number = rest.partition("?")[0]
        if _is_named(_digits(number), text):
            return None
        return title if _is_named(_digits(number), title) else f"{title}: {number}"
    page = _page(url, public_url)
    return f"{title}: {page}" if page and page not in text else None


def _page(url: str, public_url: str) -> str | None:
    address = f"{public_url}{url}" if url.startswith("/") else url
    return address if address.startswith("https://") else None


def _international(number: str) -> str | None:
    try:
        read = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(read):
        return None
    return str(phonenumbers.format_number(read, phonenumbers.PhoneNumberFormat.E164))


def _is_named(number: str, text: str) -> bool:
    """Is the number in the text? A short one only by itself."""
    if len(number) <= SHORT_NUMBER:
        return re.search(rf"(?<!\d){number}(?!\d)", text) is not None
    return number[-10:] in _digits(text)


def _digits(text: str) -> str:
    return "".join(c for c in text if c.isdigit())


def _short(title: str) -> str:
    return str(_words()["short_titles"].get(title, title)) if length(title) > TITLE_LIMIT else title


def _word(name: str, said: Said) -> str:
    return str(_words()[f"{name}_es" if wording.is_spanish(said.response) else name])


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = wording.load_yaml(wording.DATA / "channels" / "messenger.yml")
    return words


def attachment() -> str:
    """How a message without words is kept in the transcript."""
    return str(_words()["attachment"])
