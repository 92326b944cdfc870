"""Writes a message as people do on a phone: shorthand, slips of the thumb, no punctuation.

Used while the encoder is tuned; the files under data/ hold each message once, as it was written.
"""

import re
from random import Random
from typing import Final

# The keys around each letter on an English keyboard.
NEAR: Final = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        (
            *("sqwz", "vghn", "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko"),
            *("huikmn", "jiolm", "kop", "njk", "bhjm", "iklp", "ol", "wa", "edft", "awedxz"),
            *("rfgy", "yhji", "cfgb", "qase", "zsdc", "tghu", "asx"),
        ),
        strict=True,
    )
)
SHORTHAND: Final = {
    **{"you": "u", "are": "r", "your": "ur", "please": "pls", "because": "bc", "with": "w"},
    **{"people": "ppl", "right now": "rn", "to": "2", "for": "4", "tomorrow": "tmrw"},
    **{"about": "abt", "what": "wat", "going to": "gonna", "want to": "wanna", "and": "n"},
    **{"don't know": "dunno", "thanks": "thx", "tonight": "2nite", "before": "b4", "okay": "k"},
}
AS_WRITTEN: Final = 0.45
SLIPS: Final = (0.05, 0.1, 0.2)


def misspelled(text: str, random: Random) -> str:
    """The message itself in `AS_WRITTEN` of all cases, else one way to write it badly."""
    if random.random() < AS_WRITTEN:
        return text
    if random.random() < 0.5:
        for long, short in SHORTHAND.items():
            if random.random() < 0.5:
                text = re.sub(rf"\b{long}\b", short, text)
    share = random.choice(SLIPS)
    words = [_slip(w, random) if random.random() < share else w for w in text.split()]
    text = " ".join(words)
    if random.random() < 0.3:
        text = text.replace("'", "")
    return re.sub(r"[?.!,]", "", text) if random.random() < 0.3 else text


def _slip(word: str, random: Random) -> str:
    """One letter left out, swapped, doubled or missed; short words and numbers stay."""
    if len(word) < 4 or not word.isalpha():
        return word
    at, kind = random.randrange(1, len(word) - 1), random.random()
    if kind < 0.3:
        return word[:at] + word[at + 1 :]
    if kind < 0.55:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind < 0.75:
        return word[:at] + word[at] + word[at:]
    return word[:at] + random.choice(NEAR.get(word[at].lower(), word[at])) + word[at + 1 :]
