"""Whether an answer helped, as its visitor says: the text's name and yes or no, never a word."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from care import conversations, misunderstood
from care.db import Core, now
from care.models import AnswerRating, Message
from care.transcript import Said, opened

ANSWERS = "utter_faq/"


def takes(said: Said) -> bool:
    """Is it an answer of the knowledge base? A text in danger is no matter of taste."""
    return said.author == "guide" and (said.response or "").startswith(ANSWERS)


def keep(core: Core, conversation_id: str, seq: int, helpful: bool) -> bool:
    """The last word counts. False if there is no answer at this place.

    Raises UnknownConversationError.
    """
    with core.transaction() as session:
        conversations.locked(session, conversation_id)
        name = _answer(core, session, conversation_id, seq)
        if name is None:
            return False
        rating = session.scalar(
            select(AnswerRating).where(
                AnswerRating.conversation_id == conversation_id, AnswerRating.seq == seq
            )
        )
        if rating is None:
            rating = AnswerRating(conversation_id=conversation_id, seq=seq, response=name)
            session.add(rating)
        rating.helpful, rating.rated_at = helpful, now()
        misunderstood.rated(core, session, conversation_id, (seq, name), helpful)
        return True


def of(core: Core, conversation_id: str) -> dict[int, bool]:
    """What was said of the answers of one conversation, by their place."""
    with core.snapshot() as session:
        rows = session.execute(
            select(AnswerRating.seq, AnswerRating.helpful).where(
                AnswerRating.conversation_id == conversation_id
            )
        )
        return {row.seq: row.helpful for row in rows}


def counts(core: Core) -> Counter[tuple[str, bool]]:
    """How often each text was found helpful and not."""
    with core.snapshot() as session:
        rows = session.execute(select(AnswerRating.response, AnswerRating.helpful))
        return Counter((response, helpful) for response, helpful in rows)


def _answer(core: Core, session: Session, conversation_id: str, seq: int) -> str | None:
    """The name of the text at this place, if it is an answer."""
    row = session.scalar(
        select(Message).where(Message.conversation_id == conversation_id, Message.seq == seq)
    )
    said = opened(core, row) if row else None
    return said.response if said and takes(said) else None
