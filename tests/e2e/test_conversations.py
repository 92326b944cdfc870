"""The conversations in tests/conversations/ and below, held with the real product.

All of them on the page; those that make sense on a phone by text message and on Messenger too. Many
at a time on one set of processes; each test waits for its own.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from care.wording import DATA
from tests.e2e.conftest import Product
from tests.e2e.people import somebody
from tests.e2e.scripts import BY_TEXT, CASES, ON_MESSENGER

pytestmark = pytest.mark.e2e

AT_ONCE = 4
TALKS = [
    *(("web", name) for name in CASES),
    *(("sms", name) for name in BY_TEXT),
    *(("messenger", name) for name in ON_MESSENGER),
]

Held = dict[tuple[str, str], "Future[None]"]


@pytest.fixture(scope="module")
def held(request: pytest.FixtureRequest, product: Product) -> Iterator[Held]:
    """All that are asked for, begun."""
    core, numbers = product.core(), {name: number for number, name in enumerate(CASES)}
    items = [item for item in request.session.items if item.path == request.path]
    asked = [item.callspec.params["talk"] for item in items if hasattr(item, "callspec")]

    def hold(channel: str, name: str) -> None:
        with somebody(channel, product.url, core, numbers[name]) as person:
            person.hold(CASES[name])

    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield {talk: pool.submit(hold, *talk) for talk in asked}
        pool.shutdown(cancel_futures=True)
    core.engine.dispose()


@pytest.mark.parametrize("talk", TALKS, ids=[f"{c}, {name}" for c, name in TALKS])
def test_conversation(held: Held, talk: tuple[str, str]) -> None:
    held[talk].result()


def test_every_topic_has_a_conversation() -> None:
    expected = {f"utter_faq/{path.stem}" for path in (DATA / "topics").glob("*.yml")}
    said = {name for case in CASES.values() for turn in case["turns"] for name in turn["replies"]}
    assert expected - said == set()


def test_enough_of_them_are_held_on_every_channel() -> None:
    assert len(set(BY_TEXT) & set(ON_MESSENGER)) >= 60
