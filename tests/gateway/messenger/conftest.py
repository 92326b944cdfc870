from collections.abc import AsyncIterator

import pytest_asyncio

from care.db import Core
from tests.gateway.messenger.kit import Chat, chatting


@pytest_asyncio.fixture
async def chat(sqlite_core: Core) -> AsyncIterator[Chat]:
    async with chatting(sqlite_core) as running:
        yield running
