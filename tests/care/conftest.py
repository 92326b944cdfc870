"""Both databases, to be searched."""

from collections.abc import Callable

import pytest

from care.db import Core
from tests.care.stores import Stores


@pytest.fixture
def stores(core: Core, database_dump: Callable[[], bytes]) -> Stores:
    """The assistant's has its table, and no conversation yet."""
    stores = Stores(core, database_dump)
    stores.make_trackers()
    return stores
