"""The queue of what goes out: stored with its line, taken once, in order, settled by reports."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from care import addresses, conversations, deliveries, opt_outs, outbox, retention, rotation
from care.addresses import Address
from care.cipher import new_key
from care.db import Core, now
from care.deliveries import Due, Miss, Report
from care.models import ChannelAddress, Conversation, Delivery, OptEvent
from care.transcript import Inbound, Line, Outcome

ON = ["sms"]
SAM = Address("sms", "+12125550123", "+12025550100")
KIM = Address("sms", "+12125550124", "+12025550100")
LATER = timedelta(seconds=31)


def say(
    core: Core, text: str, address: Address = SAM, order: outbox.Order = outbox.AS_REPLY
) -> str:
    talk = addresses.conversation(core, address)
    conversations.say(core, talk, Line(text, order=order))
    return talk


def take(core: Core, after: timedelta = timedelta(0), most: int = 10) -> list[Due]:
    return deliveries.take(core, ON, now() + after, most)


def texts(taken: list[Due]) -> list[str]:
    return [due.said.text for due in taken]


def states(core: Core) -> list[str]:
    with core.snapshot() as session:
        return list(session.scalars(select(Delivery.state).order_by(Delivery.id)))


def test_a_line_on_the_web_is_delivered_by_nobody(core: Core) -> None:
    talk, _ = conversations.start(core, "web", [Line("hello")])
    conversations.say(core, talk, Line("again"))
    assert states(core) == []


def test_one_person_has_one_conversation_found_by_a_keyed_hash_alone(core: Core) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: addresses.conversation(core, SAM), range(8)))
    assert len(found) == 1
    moved = replace(SAM, ours="+12025550177")
    assert addresses.conversation(core, moved) in found
    other = core.settings.model_copy(update={"session_key": core.settings.data_keys})
    assert addresses.digest(other, "sms", SAM.person) != addresses.digest(
        core.settings, "sms", SAM.person
    )


def test_no_address_is_stored_in_the_clear(core: Core, database_dump: Callable[[], bytes]) -> None:
    talk = say(core, "words that nobody reads")
    conversations.receive(core, talk, Inbound("SM1", "mine are these"))
    with core.transaction() as session:
        opt_outs.record(core, session, SAM, opt_outs.OUT, "visitor")
    stored = database_dump()
    for words in (b"2125550123", b"2025550100", b"nobody reads", b"mine are"):
        assert words not in stored


def test_lines_of_one_person_go_out_one_after_the_other(core: Core) -> None:
    for text in ("one", "two"):
        say(core, text)
    say(core, "theirs", KIM)
    first, theirs = take(core)
    assert texts([first, theirs]) == ["one", "theirs"]
    assert take(core) == []
    deliveries.sent(core, first, now())
    assert texts(take(core)) == ["two"]


def test_danger_waits_for_nothing(core: Core) -> None:
    say(core, "one")
    take(core)
    say(core, "two")
    say(core, "danger", order=outbox.AS_DANGER)
    assert texts(take(core)) == ["danger"]


def test_a_delivery_is_taken_by_one_of_many(core: Core) -> None:
    for number in range(6):
        say(core, "hello", Address("sms", f"+1212555010{number}", SAM.ours))
    with ThreadPoolExecutor(4) as pool:
        taken = [
            due.id for some in pool.map(lambda _: take(core, most=3), range(6)) for due in some
        ]
    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 6


def test_a_taker_that_dies_leaves_it_to_the_next_who_knows_of_the_doubt(core: Core) -> None:
    say(core, "one")
    (first,) = take(core)
    assert not first.unsure
    (again,) = take(core, LATER)
    assert again.unsure
    deliveries.failed(core, first, Miss("Late", timedelta(0), unsure=False), now())  # too late
    (third,) = take(core, LATER * 2)
    assert (third.attempt, third.unsure) == (3, True)


def test_a_miss_is_tried_again_and_given_up_in_the_end(core: Core) -> None:
    say(core, "one")
    ahead = timedelta(0)
    for attempt in range(1, deliveries.MOST_TRIES + 1):
        (due,) = take(core, ahead)
        assert due.attempt == attempt
        dead = deliveries.failed(
            core, due, Miss("E20429", timedelta(seconds=9), unsure=False), now() + ahead
        )
        assert dead is (attempt == deliveries.MOST_TRIES)
        assert take(core, ahead + timedelta(seconds=8)) == []
        ahead += timedelta(seconds=10)
    assert states(core) == ["failed"]


def test_parts_that_are_out_are_not_sent_again(core: Core) -> None:
    say(core, "one")
    (due,) = take(core)
    deliveries.part_sent(core, due, 1, "SM1", now())
    (again,) = take(core, LATER)
    assert again.parts == {1: "SM1"}


@pytest.mark.parametrize(
    ("reports", "state"),
    [
        (["sent", "delivered"], "delivered"),
        (["delivered", "sent"], "delivered"),
        (["failed"], "failed"),
        (["failed", "sent"], "failed"),
        (["sent"], "sent"),
    ],
)
def test_reports_settle_it_in_whatever_order_they_come(
    core: Core, reports: list[str], state: str
) -> None:
    say(core, "one")
    (due,) = take(core)
    deliveries.part_sent(core, due, 1, "SM1", now())
    deliveries.sent(core, due, now())
    for told in reports:
        assert deliveries.report(core, Report("sms", "SM1", told), now())
    assert states(core) == [state]
    assert not deliveries.report(core, Report("sms", "SM2", "failed"), now())


def test_a_report_may_come_before_anything_is_written_down(core: Core) -> None:
    say(core, "one")
    (due,) = take(core)
    told = Report("sms", "SM1", "delivered", of=(due.id, 1))
    assert deliveries.report(core, told, now())
    (again,) = take(core, LATER)  # the taker died
    assert again.parts == {1: "SM1"}
    deliveries.sent(core, again, now())
    assert states(core) == ["delivered"]


def test_one_part_that_failed_is_a_failure(core: Core) -> None:
    say(core, "one")
    (due,) = take(core)
    for number in (1, 2):
        deliveries.part_sent(core, due, number, f"SM{number}", now())
    deliveries.sent(core, due, now())
    deliveries.report(core, Report("sms", "SM1", "delivered"), now())
    assert states(core) == ["sent"]
    deliveries.report(core, Report("sms", "SM2", "failed", error="E30003"), now())
    assert states(core) == ["failed"]


def test_nothing_but_danger_and_receipts_goes_to_whoever_opted_out(core: Core) -> None:
    talk = say(core, "one")
    outcome = Outcome([Line("stopped", order=outbox.AS_RECEIPT)], opt=opt_outs.OUT)
    conversations.receive(core, talk, Inbound("SM1", "STOP"), lambda _: outcome)
    say(core, "danger", order=outbox.AS_DANGER)
    assert texts(take(core)) == ["danger"]
    assert texts(take(core)) == ["stopped"]  # "one" was settled in the same look
    assert states(core)[0] == "suppressed"
    assert deliveries.is_opted_out(core, talk)


def test_what_the_carrier_refuses_is_written_down_once(core: Core) -> None:
    for text in ("one", "two"):
        say(core, text)
    (due,) = take(core)
    deliveries.refused(core, due, "E21610", now(), opted_out=True)
    assert take(core) == []
    assert states(core) == ["suppressed", "suppressed"]
    with core.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(OptEvent)) == 1


def test_deleted_data_takes_its_deliveries_and_keeps_the_opt_out(core: Core) -> None:
    talk = say(core, "one")
    with core.transaction() as session:
        opt_outs.record(core, session, SAM, opt_outs.OUT, "visitor")
    retention.forget(core, talk)
    assert states(core) == []
    assert deliveries.is_opted_out(core, talk)
    retention.purge(core, now() + timedelta(days=40))
    with core.snapshot() as session:
        for model in (Conversation, ChannelAddress):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    retention.purge(core, now() + timedelta(days=365 * 20))
    assert deliveries.is_opted_out(core, addresses.conversation(core, SAM))


def test_addresses_are_sealed_anew_with_a_new_key(core: Core) -> None:
    say(core, "one")
    keys = f"{new_key('new')},{core.settings.data_keys.get_secret_value()}"
    renewed = Core.open(
        core.settings.model_validate({**core.settings.model_dump(), "data_keys": keys})
    )
    assert rotation.rotate(renewed) == 2  # the line and the address
    (due,) = take(renewed)
    assert due.address == SAM
    renewed.engine.dispose()
