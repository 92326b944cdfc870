"""Keys change while the guide runs: rows stay readable before, during and after; none is lost."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from care import conversations, rotation, tickets, trackers
from care.cipher import Cipher, CipherError, key_id_of, new_key
from care.db import Core, open_engine
from care.models import Message, Ticket
from care.transcript import Inbound
from tests.care.stores import Stores, keep_tracker

VISITS = 5


@pytest.fixture
def visits(core: Core, stores: Stores) -> list[str]:
    found = []
    for place in range(VISITS):
        visit, _ = conversations.start(core, "web")
        conversations.receive(core, visit, Inbound(f"message-{place}", f"words {place}"))
        tickets.request_callback(core, visit, f"key-{place}", {"contact_name": f"name {place}"})
        keep_tracker(core, visit, f"turn {place}")
        found.append(visit)
    return found


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    monkeypatch.setattr(trackers, "BATCH", 2)


def with_keys(core: Core, *keys: str) -> Core:
    return Core(core.settings, core.engine, Cipher.from_keys(",".join(keys)))


def read_all(core: Core, visits: list[str]) -> str:
    """All that is sealed, opened with these keys."""
    said = [m.text for visit in visits for m in conversations.history(core, visit)]
    names = [ticket.details.name for ticket in tickets.listed(core)]
    turns = [core.cipher.decrypt(data, who.encode()).decode() for who, data in _trackers(core)]
    return " ".join([*said, *names, *turns])


def _trackers(core: Core) -> list[tuple[str, bytes]]:
    return Stores(core, bytes).trackers()


def rotate_all(core: Core) -> int:
    return rotation.rotate(core) + rotation.rotate_trackers(core)


def keys_used(core: Core) -> set[str]:
    with core.snapshot() as session:
        own = {key_id_of(m.body) for m in session.scalars(select(Message))}
        own |= {key_id_of(t.details) for t in session.scalars(select(Ticket))}
    return own | {key_id_of(data) for _, data in _trackers(core)}


@pytest.mark.parametrize("rows_before_it_dies", [0, 1, 4, 7, 11, 14])
def test_interrupted_anywhere_everything_is_readable_and_it_can_be_resumed(
    core: Core,
    visits: list[str],
    small_batches: None,
    monkeypatch: pytest.MonkeyPatch,
    rows_before_it_dies: int,
) -> None:
    old, fresh = core.settings.data_keys.get_secret_value(), new_key("fresh")
    both, renew, done = with_keys(core, fresh, old), rotation._renew, list[Any]()

    def dies(*given: Any) -> bytes:
        if len(done) == rows_before_it_dies:
            raise KeyboardInterrupt
        done.append(given)
        return renew(*given)

    before = read_all(core, visits)
    monkeypatch.setattr(rotation, "_renew", dies)
    with pytest.raises(KeyboardInterrupt):
        rotate_all(both)
    assert read_all(both, visits) == before
    assert "test1" in keys_used(core)
    monkeypatch.setattr(rotation, "_renew", renew)
    assert 0 < rotate_all(both) <= 3 * VISITS
    assert (rotate_all(both), keys_used(core)) == (0, {"fresh"})
    assert read_all(with_keys(core, fresh), visits) == before
    with pytest.raises(CipherError):
        read_all(core, visits)


def test_what_is_written_while_keys_change_is_not_written_over(
    core: Core, visits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = core.settings.data_keys.get_secret_value()
    both, renew = with_keys(core, new_key("fresh"), old), rotation._renew
    writers: list[threading.Thread] = []

    def meanwhile(write: Callable[[], None]) -> Callable[..., bytes]:
        def renewing(*given: Any) -> bytes:
            if not writers:
                writers.append(threading.Thread(target=write))
                writers[0].start()
                writers[0].join(0.5)  # it is done by then, or waits for the row
            return renew(*given)

        return renewing

    def change_ticket() -> None:
        mine = Core(core.settings, open_engine(core.settings.database_url), both.cipher)
        tickets.request_callback(mine, visits[0], "key-new", {"contact_name": "changed"})
        mine.engine.dispose()

    monkeypatch.setattr(rotation, "SEALED", rotation.SEALED[2:])
    monkeypatch.setattr(rotation, "_renew", meanwhile(change_ticket))
    rotation.rotate(both)
    writers[0].join(10)
    assert "changed" in [ticket.details.name for ticket in tickets.listed(both)]


def test_a_turn_that_the_assistant_stores_meanwhile_stays(
    core: Core, visits: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    old = core.settings.data_keys.get_secret_value()
    both, renew = with_keys(core, new_key("fresh"), old), rotation._renew

    def while_it_writes(*given: Any) -> bytes:
        _delete_tracker(core, given[2])
        keep_tracker(core, given[2], "a newer turn")
        return renew(*given)

    monkeypatch.setattr(rotation, "_renew", while_it_writes)
    assert rotation.rotate_trackers(both) == 0
    assert read_all(both, visits).count("a newer turn") == VISITS
    monkeypatch.setattr(rotation, "_renew", renew)
    assert rotation.rotate_trackers(both) == VISITS


def _delete_tracker(core: Core, visit: str) -> None:
    engine = open_engine(core.settings.assistant_database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("delete from trackers where sender_id = ?", (visit,))
    engine.dispose()


def test_the_assistants_database_may_be_named_in_the_short_way() -> None:
    engine = open_engine("postgresql://guide:password@127.0.0.1/assistant")
    assert engine.driver == "psycopg"
    engine.dispose()


def test_an_assistant_that_never_ran_has_nothing_to_renew(core: Core) -> None:
    assert rotation.rotate_trackers(core) == 0
    assert trackers.delete_strays(core) == 0
