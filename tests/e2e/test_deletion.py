"""A visitor exports and deletes their data: the running product's stores and logs are searched."""

import pytest
from itsdangerous import URLSafeSerializer

from tests.care.stores import Stores
from tests.e2e.conftest import Product
from tests.visitor import Visitor

pytestmark = pytest.mark.e2e

CANARIES = ("Wilhelmina", "(212) 555-0177", "weekdays after 6", "hullabaloo")
VISIT = (
    ("my life is a hullabaloo please have someone call me", "Is the call for you"),
    ("For me", "What should we call you"),
    ("Wilhelmina", "How can we reach you"),
    ("212-555-0177", "When is a good time"),
    ("weekdays after 6", "voicemail"),
    ("No", "also send you texts"),
    ("No", "Which state are you in"),
    ("skip", "Here is what I have"),
    ("Yes", "Your request number is"),
)


def test_what_a_visitor_deletes_is_in_no_store_of_the_running_product(product: Product) -> None:
    visitor = product.visitor()
    for words, answer in VISIT:
        say(visitor, words, answer)
    core = product.core()
    stores = Stores(core, lambda: files_of(product))
    mine = conversation_of(visitor, product)
    before, opened, export = stores.sealed(), stores.opened(), visitor.client.get("/chat/export")
    for words in CANARIES:
        assert words in opened
        assert words in export.text
    assert mine in dict(stores.trackers())

    say(visitor, "delete my data", "delete")
    say(visitor, "yes", "It's deleted")
    visitor.wait(lambda _: mine not in dict(stores.trackers()))
    opened, files, export = stores.opened(), files_of(product), visitor.client.get("/chat/export")
    for words in CANARIES:
        assert words not in opened
        assert words not in export.text
        assert words.encode() not in files
    after = set(stores.sealed())
    assert [sealed for sealed in before if sealed not in after and sealed in files] == []
    core.engine.dispose()


def say(visitor: Visitor, words: str, answer: str) -> None:
    """Waits for something newer that holds `answer`."""
    last = visitor.history()[-1]["seq"]
    visitor.send(words)
    visitor.wait(
        lambda said: any(
            answer in m["text"] for m in said if m["seq"] > last and m["author"] == "guide"
        ),
        30,
    )


def files_of(product: Product) -> bytes:
    """Databases with their logs, and what was logged at DEBUG."""
    return b"".join(path.read_bytes() for path in product.folder.rglob("*") if path.is_file())


def conversation_of(visitor: Visitor, product: Product) -> str:
    token = visitor.client.headers["Authorization"].removeprefix("Bearer ")
    key = product.settings.session_key.get_secret_value()
    return str(URLSafeSerializer(key, salt="web-session").loads(token))
