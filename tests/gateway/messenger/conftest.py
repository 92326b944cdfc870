import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from care.db import Core, migrate
from care.settings import Settings
from tests.gateway.messenger.kit import Chat, chatting


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, which is quicker copied than made anew for each test."""
    path = tmp_path_factory.mktemp("messenger") / "guide.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest_asyncio.fixture
async def chat(settings: Settings, migrated: Path, tmp_path: Path) -> AsyncIterator[Chat]:
    shutil.copy(migrated, tmp_path / "guide.db")
    core = Core.open(settings)
    async with chatting(core) as running:
        yield running
    core.engine.dispose()
