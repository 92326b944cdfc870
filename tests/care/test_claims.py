"""Two staff reach for the same ticket at the same moment. `CLAIM_ROUNDS=1000` plays on."""

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from care import audit, conversations, ticket_steps, tickets
from care.db import Core, open_engine

ROUNDS = int(os.environ.get("CLAIM_ROUNDS", "50"))
STAFF = ("dana", "kim")


def test_of_two_who_claim_at_once_one_wins_every_time(core: Core) -> None:
    visit = conversations.start(core, "web")[0]
    number = tickets.request_callback(core, visit, "key-1", {}).number
    start, told = Barrier(len(STAFF)), dict[str, list[str]]()

    def keep_claiming(name: str) -> None:
        """With connections of its own, as another process would have."""
        mine = Core(core.settings, open_engine(core.settings.database_url), core.cipher)
        told[name] = []
        for _ in range(ROUNDS):
            start.wait(60)
            told[name].append(ticket_steps.claim(mine, number, name))
            if start.wait(60) == 0:  # one of the two sets the ticket free again
                ticket_steps.release(mine, number, name)
        mine.engine.dispose()

    with ThreadPoolExecutor(len(STAFF)) as pool:
        list(pool.map(keep_claiming, STAFF))

    ticket = tickets.find(core, number)
    assert ticket is not None
    winners = [event.by for event in ticket.events if event.kind == "claimed"]
    assert told["dana"] == told["kim"] == winners
    assert len(winners) == ROUNDS
    assert audit.verify(core) == audit.Verdict(1 + 2 * ROUNDS, audit.verify(core).last_hash)
    print(f"{ROUNDS} rounds, one winner each: dana {winners.count('dana')}", end=" ")
