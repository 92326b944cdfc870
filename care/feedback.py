"""What visitors picked when the guide was not sure: labels only, never a word of theirs."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from care.db import Core
from care.models import Clarification
from care.transcript import Pick, Said

UNSURE = "utter_unsure"


def pick_in(said: Sequence[Said], button: str) -> Pick | None:
    """What pressing `button` answers, if "did you mean" was the last to offer it."""
    offers = [line for line in said if any(b.get("payload") == button for b in line.buttons)]
    if not offers or offers[-1].response != UNSURE:
        return None
    asked = [s.seq for s in said if s.author == "visitor" and s.seq < offers[-1].seq]
    labels = tuple(b["payload"][1:] for b in offers[-1].buttons if b.get("payload"))
    return Pick(asked[-1], labels, button[1:]) if asked else None


def keep(session: Session, conversation_id: str, pick: Pick) -> None:
    session.add(
        Clarification(
            conversation_id=conversation_id,
            seq=pick.seq,
            offered=" ".join(pick.offered),
            picked=pick.picked,
        )
    )


def counts(core: Core) -> Counter[tuple[str, str]]:
    """How often each label was picked where another, or it itself, was offered first."""
    with core.snapshot() as session:
        rows = session.execute(select(Clarification.offered, Clarification.picked))
        return Counter((offered.split()[0], picked) for offered, picked in rows)
