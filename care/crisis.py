"""What is said in a conversation in danger: which fixed text, after what. No I/O after start.

Texts and patterns are data (`data/crisis/`); every pattern carries examples that it must catch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from care import crisis_rows, language, wording
from care.safety import Finding, is_told_of_another, variants

# What the dialogue would say, and the answer that is given in its place in a crisis.
IN_A_CRISIS = {
    "utter_affirm": "stay",
    "utter_deny": "stay",
    "utter_faq/about_guide": "who",
    "utter_goodbye": "bye",
    "utter_greet": "stay",
    "utter_out_of_scope": "stay",
    "utter_request_callback": "stay",
    "utter_share_feelings": "stay",
    "utter_thank": "thanks",
    "utter_unsure": "stay",
    "utter_unsure_twice": "stay",
}
STAYS = ("stay_1", "stay_2", "stay_3")
ASKS_FOR_CONTACT = "utter_request_callback"
SAID_AGAIN = {"say_again", "say_simpler"}
LONGEST_ANSWER = 120
# Words in which the classifier alone knows no new danger; one to the body it knows sooner.
SHORT, SHORT_BODILY = 7, 4
# Where a life hangs on a doctor, and not on what somebody may do.
BODILY = {"overdose", "withdrawal", "medical"}
# Where somebody does it: "he" in a message is not whoever is in danger.
AT_HOME = {"violence", "child"}
DENIED = ("safe_yes", "retraction")
OWNED = ("safe_no", "safe_unsure")
FULL, SHORTER, NEXT = "utter_crisis", "utter_crisis_again", "utter_crisis_next"
CONTACT, MEANWHILE = f"{NEXT}/contact", f"{NEXT}/meanwhile"
A_PERSON = "utter_request_human"

# The names of the guide's texts in a conversation, oldest first.
Spoken = tuple[str, ...]


@dataclass(frozen=True)
class Heard:
    """What the assistant makes of a message: its label, and the texts that it would say."""

    text: str
    label: str
    responses: tuple[str | None, ...]
    is_guess: bool = False


def settled(found: Finding, spoken: Spoken) -> Finding:
    """The danger that is meant: "I'm not safe" after a danger speaks of that one.

    So do "she has a gun" where suicide was, and "everything is going dark" where an overdose was.
    """
    known = _kind(_last_danger(spoken))
    meant = known and (found.vague or known in found.also)
    return replace(found, kind=known, about="any") if meant else found


def kind_of(name: str | None) -> str | None:
    """The danger that a text of this name answers, if it does."""
    return _last_danger((name or "",)).partition("/")[2] or None


def seen_by_classifier(kind: str, text: str, known: str | None) -> Finding:
    """The danger in a message that the screen lets pass; `known` is the one at hand there.

    A few words ("it's my heart") say too little to change from one danger to another.
    """
    short = SHORT_BODILY if kind in BODILY and known not in BODILY else SHORT
    meant = known if known and len(text.split()) <= short else kind
    another = not known and kind not in AT_HOME and is_told_of_another(text)
    return Finding(meant, "other" if another else "any", language=language.of(text))


def denied(spoken: Spoken) -> bool:
    """Since the last danger, did the visitor say that there is none? The state stays as it is."""
    for name in reversed(spoken):
        plain = name.removesuffix(wording.SPANISH)
        if plain.endswith(DENIED):
            return True
        if plain.endswith(OWNED) or _family(plain) in {FULL, SHORTER}:
            return False
    return False


def danger_text(found: Finding, spoken: Spoken) -> str:
    """The fixed reply to a danger that is `settled`: whole, then shorter, in turn."""
    spanish = (found.language or language_so_far(spoken)) == "es"
    if found.vague and _last_danger(spoken):
        return _reply("safe_no", found.kind, spoken, spanish)
    other = "_other" if _whom(found, spoken) == "other" else ""
    kinds = ([f"{found.kind}_{found.case}"] if found.case else []) + [found.kind]
    texts = [[f"{family}{other}/{kind}" for kind in kinds] for family in (FULL, SHORTER)]
    return _varied([wording.translated(names, spanish) for names in texts], spoken)


def answer_to(kind: str, spoken: Spoken, text: str) -> str | None:
    """In a crisis: the fixed text for an answer such as "no"; None for anything else."""
    if len(text) > LONGEST_ANSWER or crisis_rows.asks_for_contact(text):
        return None
    messages, after, spanish = list(variants(text)), _places(spoken), in_spanish(text, spoken)
    if not any(messages):
        return _reply("stay", kind, spoken, spanish)
    for row in crisis_rows.answers():
        holds = row.after in after and (not row.kinds or kind in row.kinds)
        if holds and any(row.pattern.fullmatch(m) for m in messages):
            return _reply(row.answer, kind, spoken, spanish)
    says_nothing = "crisis" in after and any(map(crisis_rows.beside().fullmatch, messages))
    return _reply("stay", kind, spoken, spanish) if says_nothing else None


def instead(kind: str, heard: Heard, spoken: Spoken) -> str | None:
    """In a crisis: the text in place of a guess, a refusal, an unasked form or a repetition."""
    spanish = in_spanish(heard.text, spoken)
    for response in heard.responses:
        # A message from before the danger is no wish for a call in it.
        in_it = bool(_last_danger(spoken))
        wanted = in_it and response == ASKS_FOR_CONTACT and crisis_rows.asks_for_contact(heard.text)
        if response in IN_A_CRISIS and not wanted:
            return _reply(IN_A_CRISIS[response], kind, spoken, spanish)
    repeats = heard.responses == spoken[-1:] and heard.label not in SAID_AGAIN
    # Topics are in English only, and what is read in Spanish is hardly more than a guess.
    guess = spanish and language.of(heard.text) == "es" and heard.label.startswith("faq/")
    unasked = _is_no_question(heard, spoken)
    return _reply("stay", kind, spoken, spanish) if repeats or guess or unasked else None


def _is_no_question(heard: Heard, spoken: Spoken) -> bool:
    """Right after a text in danger: a topic that was guessed, or taken from what is only told."""
    if not heard.label.startswith("faq/") or "crisis" not in _places(spoken) or denied(spoken):
        return False
    return heard.is_guess or crisis_rows.tells_only(heard.text)


def call_buttons(kind: str, spoken: Spoken) -> tuple[dict[str, str], ...]:
    """The numbers to call in this crisis."""
    spanish = language_so_far(spoken) == "es"
    buttons = wording.text(_name(STAYS[0], kind, spoken, spanish)).buttons
    return tuple(button for button in buttons if button.get("url", "").startswith("tel:"))


def language_so_far(spoken: Spoken) -> str:
    """The language of the last text in danger that there is in both."""
    danger = (name for name in reversed(spoken) if name.startswith(FULL))
    both = (name for name in danger if wording.is_spanish(name) or _has_spanish(name))
    return "es" if wording.is_spanish(next(both, None)) else "en"


def _has_spanish(name: str) -> bool:
    """Its own, or the one that fits every kind."""
    answer = name.partition("/")[2].partition("_")[2]
    return any(wording.known(n + wording.SPANISH) for n in (name, f"{NEXT}/{answer}"))


def in_spanish(text: str, spoken: Spoken) -> bool:
    """Is this to be answered in Spanish? In danger, a word of another language changes nothing."""
    return (language.of(text, surely=bool(spoken)) or language_so_far(spoken)) == "es"


def _reply(answer: str, kind: str, spoken: Spoken, spanish: bool) -> str:
    """The text for an answer; never the one that was said last, unless that is asked for."""
    last = spoken[-1] if spoken else ""
    if answer == "again":
        return last if wording.known(last) else _reply("stay", kind, spoken, spanish)
    if answer in {"yes", "no", "unsure"} and _asks_whether_safe(last):
        answer = f"safe_{answer}"
    if answer != "stay" and (name := _name(answer, kind, spoken, spanish)) != last:
        return name
    return _varied([_name(stay, kind, spoken, spanish) for stay in STAYS], spoken)


def _name(answer: str, kind: str, spoken: Spoken, spanish: bool) -> str:
    """The most specific text there is for an answer."""
    at_hand = _last_danger(spoken).partition("/")[2]
    kinds = [*([at_hand] if _kind(at_hand) == kind != at_hand else []), kind]
    families = [f"{NEXT}_other", NEXT] if _whom_so_far(spoken) == "other" else [NEXT]
    kinds += ["bodily"] if kind in BODILY else []
    names = [f"{family}/{each}_{answer}" for each in kinds for family in families]
    return wording.translated([*names, f"{NEXT}/{answer}"], spanish)


def _varied(names: Sequence[str], spoken: Spoken) -> str:
    """Of some texts the first that was not said yet, else the one said longest ago."""
    last_said = {name: place for place, name in enumerate(spoken)}
    return min(names, key=lambda name: last_said.get(name, -1))


def _whom(found: Finding, spoken: Spoken) -> str:
    """Who is in danger; what does not say stays with whom the same danger was about before.

    Whoever was hurt at home is no bystander because of a "he" in what follows.
    """
    if _kind(_last_danger(spoken)) != found.kind:
        return found.about
    before = _whom_so_far(spoken)
    stays = found.about == "any" or (found.kind in AT_HOME and before == "self")
    return before if stays else found.about


def _whom_so_far(spoken: Spoken) -> str:
    return "other" if _last_danger(spoken).partition("/")[0].endswith("_other") else "self"


def _last_danger(spoken: Spoken) -> str:
    """The last reply to a danger, by its name in English."""
    last = next((n for n in reversed(spoken) if _family(n) in {FULL, SHORTER}), "")
    return last.removesuffix(wording.SPANISH)


def _family(name: str) -> str:
    return name.partition("/")[0].removesuffix("_other")


def _kind(name: str) -> str:
    """ "utter_crisis/medical_impaired" is of the kind "medical"."""
    return name.rpartition("/")[2].partition("_")[0]


def _places(spoken: Spoken) -> set[str]:
    """Which rows hold here, by what was said last."""
    last = spoken[-1].removesuffix(wording.SPANISH) if spoken else ""
    if not last.startswith(FULL):
        return {"any"}
    relief = last.startswith(NEXT) and last.endswith(tuple(crisis_rows.data()["relief"]))
    return {"any", "crisis", "relief"} if relief else {"any", "crisis"}


def _asks_whether_safe(name: str) -> bool:
    data = crisis_rows.data()
    questions = (data["question"], *data["spanish_questions"])
    return wording.known(name) and any(q in wording.text(name).text for q in questions)
