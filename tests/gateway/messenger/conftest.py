from collections.abc import AsyncIterator

import pytest_asyncio

from care.db import Core
from care.settings import Settings
from tests.databases import fresh_sqlite
from tests.gateway.messenger.kit import Chat, chatting


@pytest_asyncio.fixture
async def chat(settings: Settings) -> AsyncIterator[Chat]:
    fresh_sqlite(settings.database_url)
    core = Core.open(settings)
    async with chatting(core) as running:
        yield running
    core.engine.dispose()
