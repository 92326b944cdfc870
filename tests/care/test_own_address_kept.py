"""What is kept of who writes by phone: the address, and the wish for no more messages."""

import pytest

from care import addresses, conversations, my_data, opt_outs, retention
from care.addresses import Address
from care.db import Core
from care.transcript import Inbound, Line, Outcome

PHONE = Address("sms", "+12125550123", "+12025550100")
META = Address("messenger", "24680135791357", "1")


def shown(core: Core, visit: str, name: str) -> str:
    return my_data.placeholders(core, visit, f"${name}")[name]


def test_the_number_texted_from_is_listed_masked_and_shown_whole(core: Core) -> None:
    visit = addresses.conversation(core, PHONE)
    assert "The number you text from: a number that ends in 23" in shown(core, visit, "kept_list")
    assert "555" not in shown(core, visit, "kept_list")
    assert "The number you text from: (212) 555-0123" in shown(core, visit, "kept_all")


def test_the_id_on_messenger_is_listed_and_nothing_on_the_web(core: Core) -> None:
    visit = addresses.conversation(core, META)
    assert "Your Messenger id here: 24680135791357" in shown(core, visit, "kept_all")
    assert "24680135791357" not in shown(core, visit, "kept_list")
    web, _ = conversations.start(core, "web", [Line("Hello.")])
    for name in ("kept_list", "kept_all"):
        assert "id here" not in shown(core, web, name)
        assert "text from" not in shown(core, web, name)


def test_an_opt_out_is_listed_also_after_all_else_is_deleted(core: Core) -> None:
    visit = addresses.conversation(core, PHONE)
    opted = Outcome([Line("bye", author="system")], opt=opt_outs.OUT)
    conversations.receive(core, visit, Inbound("m1", "STOP"), lambda _: opted)
    for name in ("kept_list", "kept_all"):
        assert "You asked for no more messages" in shown(core, visit, name)
    retention.forget(core, visit)
    assert "You asked for no more messages" in shown(core, visit, "kept_list")
    again = Outcome([Line("hi", author="system")], opt=opt_outs.IN)
    conversations.receive(core, visit, Inbound("m2", "START"), lambda _: again)
    assert "You asked for messages again" in shown(core, visit, "kept_list")


@pytest.mark.parametrize("other", [META, Address("sms", "+13105550188", PHONE.ours)])
def test_somebody_elses_opt_out_is_not(core: Core, other: Address) -> None:
    visit = addresses.conversation(core, other)
    with core.transaction() as session:
        opt_outs.record(core, session, PHONE, opt_outs.OUT, "visitor")
    assert "no more messages" not in shown(core, visit, "kept_all")
