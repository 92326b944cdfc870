"""From probabilities to the one label that the dialogue acts on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import numpy.typing as npt

from assistant.context import ALONE, Context
from assistant.labels import (
    AGAIN,
    COMMANDS,
    CONTACT,
    IN_FORM,
    INFORM,
    NOT_IN_FORM,
    UNSURE,
    YES_NO,
    is_crisis,
    is_topic,
)
from assistant.standing import weighed

Floats = npt.NDArray[np.float64]

REFERENCE = re.compile(r"\[(?:phone|email|number)-\d+\]")
ASKING = re.compile(
    r"\?|^\W*(?:(?:ok(?:ay)?|so|wait|but|and|um+|hold on|first|sorry|hey|hi)\b\W*)*"
    r"(?:what|whats|how|hows|who|whos|where|why|which|when (?:do|does|is|are|can|will)|is|isnt|"
    r"are|do|does|did|can|cant|could|will|would|should|tell me|explain|i (?:want|need|have) to "
    r"(?:know|ask)|i(?:'m| am|m) (?:asking|wondering)|i have a question|question|help me|help)\b",
    re.IGNORECASE,
)
WORD = re.compile(r"\w")
WORDS_OF_A_FEELING = 4
HARMLESS_WEIGHT = 0.5
LEAST_LIKELY = 0.05  # below, a message is like no danger, only less like anything else
HARDLY_LESS = 0.2  # of the answer's probability
MOST_BESIDE = 2


@dataclass(frozen=True)
class Thresholds:
    """Set by cross-validation over the training data; see assistant/tuning.py."""

    answer: float  # least score at which a label is acted on
    crisis: float  # least `danger`
    unclear: float  # least `danger` of what may only hint at one
    certain: float  # least `danger` where there is reason to doubt it
    interrupt: float  # least score at which a message to the contact form is no value

    def as_dict(self) -> dict[str, float]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, float]) -> "Thresholds":
        return cls(**values)


@dataclass(frozen=True)
class Scored:
    """One message before the decision. Far from all examples (`nearest` low) means unsure."""

    scores: Floats
    probabilities: Floats
    nearest: float


@dataclass(frozen=True)
class Understood:
    """`second` is asked in the same message; `beside` may be meant instead of `label`.

    `unclear`: no danger is seen, and it might be the hint of one.
    """

    label: str
    confidence: float
    ranking: list[tuple[str, float]]
    second: str | None = None
    beside: tuple[str, ...] = ()
    unclear: bool = False


def danger(scores: Floats, dangerous: npt.NDArray[np.bool_]) -> Floats:
    """How much messages, the rows of `scores`, are like any danger at all, whichever it is.

    What speaks for something harmless counts against it by half; docs/understanding.md says why.
    """
    harmless = np.maximum(scores[..., ~dangerous].max(axis=-1), 0.0)
    return np.asarray(scores[..., dangerous].sum(axis=-1) - HARMLESS_WEIGHT * harmless)


def _beside(ranking: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """The topics that are hardly less likely than the one answered."""
    top, confidence = ranking[0]
    if not is_topic(top):
        return ()
    close = [n for n, p in ranking[1:] if p >= HARDLY_LESS * confidence and is_topic(n)]
    return tuple(close[:MOST_BESIDE])


@dataclass(frozen=True)
class Decider:
    labels: Sequence[str]
    thresholds: Thresholds

    def decide(self, text: str, message: Scored, context: Context = ALONE) -> Understood:
        """A call-back request's standing never changes what is seen as danger."""
        dangerous = np.array([is_crisis(label) for label in self.labels])
        least = self.thresholds.certain if context.doubted else self.thresholds.crisis
        if dangerous.any() and self._alarms(message, dangerous, least):
            return self._danger(message.probabilities, dangerous)
        found = self._harmless(text, message, context)
        return replace(found, unclear=self._hints(message, dangerous))

    def _harmless(self, text: str, message: Scored, context: Context) -> Understood:
        expects = context.expects
        said = self._mask(message.probabilities, expects)
        # In the contact form, a message is about the form.
        likely = said if expects else weighed(self.labels, said, context.request)
        ranking = self._ranking(likely)
        top, confidence = ranking[0]
        score = confidence * message.nearest
        if expects and not self._interrupts(text, top, score):
            return Understood(INFORM, 1.0 - score, ranking)
        weak_sign = is_crisis(top) or is_crisis(self.labels[int(np.argmax(said))])
        if score < self.thresholds.answer or weak_sign or not WORD.search(text):
            return Understood(UNSURE, confidence, ranking)
        return Understood(top, confidence, ranking, beside=_beside(ranking))

    def _alarms(self, message: Scored, dangerous: npt.NDArray[np.bool_], least: float) -> bool:
        likely = message.probabilities[dangerous].sum() >= LEAST_LIKELY
        return bool(likely and danger(message.scores, dangerous) >= least)

    def _hints(self, message: Scored, dangerous: npt.NDArray[np.bool_]) -> bool:
        """Short of an alarm: more like a danger than most that is harmless."""
        if not dangerous.any():
            return False
        return bool(danger(message.scores, dangerous) >= self.thresholds.unclear)

    def _danger(self, probabilities: Floats, dangerous: npt.NDArray[np.bool_]) -> Understood:
        """The likeliest danger; as sure as all dangers together are likely."""
        likeliest = int(np.argmax(np.where(dangerous, probabilities, -1.0)))
        sure = float(probabilities[dangerous].sum())
        return Understood(self.labels[likeliest], sure, self._ranking(probabilities))

    def _mask(self, probabilities: Floats, expects: str | None) -> Floats:
        """Without the labels that cannot be meant at this point of the conversation."""
        away = NOT_IN_FORM if expects else CONTACT
        kept = np.array(
            [0.0 if name in away else p for name, p in zip(self.labels, probabilities, strict=True)]
        )
        for name, in_form in IN_FORM.items() if expects else ():
            if name in self.labels and in_form in self.labels:
                kept[self.labels.index(in_form)] += probabilities[self.labels.index(name)]
        total = float(kept.sum())
        return kept / total if total > 0 else np.full(len(kept), 1.0 / len(kept))

    def _ranking(self, probabilities: Floats) -> list[tuple[str, float]]:
        order = np.argsort(-probabilities, kind="stable")
        return [(self.labels[i], float(probabilities[i])) for i in order if probabilities[i] > 0]

    def _interrupts(self, text: str, label: str, score: float) -> bool:
        """Is this message, in answer to a question of the contact form, no value?"""
        if REFERENCE.search(text):
            return False
        if score < self.thresholds.interrupt:
            return False
        if label in (*CONTACT, *YES_NO, *COMMANDS, *AGAIN):
            return True
        feeling = label == "share_feelings" and len(text.split()) >= WORDS_OF_A_FEELING
        return feeling or bool(ASKING.search(text))
