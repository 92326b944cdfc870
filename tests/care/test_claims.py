"""Two staff reach for the same ticket at the same moment, a thousand times."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import select, update

from care import audit, conversations, ticket_steps, tickets
from care.db import Core, open_engine
from care.models import Ticket, TicketEvent

TICKETS, TIMES = 50, 20
ROUNDS = TICKETS * TIMES
STAFF = ("dana", "kim")


def open_tickets(core: Core) -> list[str]:
    visits = [conversations.start(core, "web")[0] for _ in range(TICKETS)]
    return [tickets.request_callback(core, visit, visit, {}).number for visit in visits]


def set_all_free(core: Core) -> None:
    """Past the steps of staff, which have tests of their own: this is about the claim."""
    with core.transaction() as session:
        session.execute(update(Ticket).values(status="open", claimed_by=None))


def claimed_by(core: Core) -> list[str]:
    """Who claimed, claim by claim."""
    claims = select(TicketEvent.by).where(TicketEvent.kind == "claimed").order_by(TicketEvent.id)
    with core.snapshot() as session:
        return list(session.scalars(claims))


def test_of_two_who_claim_at_once_one_wins_every_time(core: Core) -> None:
    numbers = open_tickets(core)
    start, told = Barrier(len(STAFF)), dict[str, list[str]]()

    def keep_claiming(name: str) -> None:
        """With connections of its own, as another process would have."""
        mine = Core(core.settings, open_engine(core.settings.database_url), core.cipher)
        told[name] = []
        for _ in range(TIMES):
            for number in numbers:
                start.wait(60)
                told[name].append(ticket_steps.claim(mine, number, name))
            if start.wait(60) == 0:
                set_all_free(mine)
        mine.engine.dispose()

    with ThreadPoolExecutor(len(STAFF)) as pool:
        list(pool.map(keep_claiming, STAFF))

    winners = claimed_by(core)
    assert told["dana"] == told["kim"] == winners
    assert len(winners) == ROUNDS
    assert audit.verify(core) == audit.Verdict(TICKETS + ROUNDS, audit.verify(core).last_hash)
    print(f"{ROUNDS} rounds, one winner each: dana {winners.count('dana')}", end=" ")
