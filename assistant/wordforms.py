"""One spelling for what people write on a phone, before the encoder sees it.

Only forms that are no other word: "wont" and "id" stay, because "won't" and "I'd" are guesses.
"""

import re
from typing import Final

APOSTROPHES: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})
# fmt: off
FORMS: Final = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "n": "and", "k": "ok", "im": "i'm",
    "ive": "i've", "dont": "don't", "cant": "can't", "didnt": "didn't", "doesnt": "doesn't",
    "isnt": "isn't", "wasnt": "wasn't", "havent": "haven't", "hasnt": "hasn't",
    "wouldnt": "wouldn't", "couldnt": "couldn't", "shouldnt": "shouldn't", "arent": "aren't",
    "aint": "isn't", "whats": "what's", "thats": "that's", "hes": "he's", "shes": "she's",
    "theres": "there's", "theyre": "they're", "youre": "you're", "wheres": "where's",
    "hows": "how's", "whos": "who's", "lets": "let's", "pls": "please", "plz": "please",
    "thx": "thanks", "ty": "thank you", "idk": "i don't know", "idc": "i don't care",
    "rn": "right now", "bc": "because", "cuz": "because", "cus": "because", "tho": "though",
    "thru": "through", "gonna": "going to", "wanna": "want to", "gotta": "have to",
    "kinda": "kind of", "sorta": "sort of", "dunno": "don't know", "lemme": "let me",
    "gimme": "give me", "msg": "message", "appt": "appointment", "ppl": "people",
    "smth": "something", "sth": "something", "abt": "about", "wat": "what", "wut": "what",
    "da": "the", "hubby": "husband", "bf": "boyfriend", "gf": "girlfriend", "tmrw": "tomorrow",
    "2nite": "tonight", "2day": "today", "2morrow": "tomorrow", "b4": "before", "gr8": "great",
    "w": "with", "w/": "with", "w/o": "without", "b/c": "because", "hrs": "hours",
    "yrs": "years", "mo": "month", "mos": "months", "wk": "week", "wks": "weeks", "yo": "years old",
}
# fmt: on
WORD: Final = re.compile(
    r"(?<![\w'/])(?<!\w\.)(?:" + "|".join(map(re.escape, FORMS)) + r")(?![\w'/]|\.\w)"
)
SPACES: Final = re.compile(r"\s+")


def plain(text: str) -> str:
    lowered = SPACES.sub(" ", text.translate(APOSTROPHES).lower()).strip()
    return WORD.sub(lambda match: FORMS[match.group()], lowered)
