"""Buttons that answer one question of the contact form, marked with it.

Pressed late, or twice, "Skip" and "Yes" would else answer the next question: a yes to a voicemail
would be a yes to text messages.
"""

from care.lines import Buttons

FORM, MARK = "contact_", "?"
MARKED = {"/contact_skip": "contact_skip", "Yes": "affirm", "No": "deny"}
ASK_AGAIN, OVER = "say_again", "contact_skip"  # without a form, the latter says that it is over


def marked(buttons: Buttons, asked: str | None) -> Buttons:
    """The same, where they stand below a question of the form."""
    if not (asked or "").startswith(FORM):
        return buttons
    return tuple(_marked(button, asked) for button in buttons)


def label(button: str, asks: str | None) -> str:
    """What a button means now that `asks` is asked."""
    meant, _, asked = button.removeprefix("/").partition(MARK)
    if not asked or asked == asks:
        return meant
    return ASK_AGAIN if asks else OVER


def _marked(button: dict[str, str], asked: str | None) -> dict[str, str]:
    meant = MARKED.get(button.get("payload", ""))
    return {**button, "payload": f"/{meant}{MARK}{asked}"} if meant else button
