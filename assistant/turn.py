"""The turn that is running: whether a custom action failed in it.

A failed turn leaves no trace in the tracker store, so that the same message can be sent again.
"""

import asyncio
from contextvars import ContextVar
from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

ACTION_SECONDS = 5.0
REJECTED = 400  # an action may decline a turn; that is no failure

_failed: ContextVar[bool] = ContextVar("turn_failed", default=False)


def begin() -> None:
    _failed.set(False)


def failed() -> bool:
    return _failed.get()


class ActionEndpoint(EndpointConfig):
    """The action server: one kept-open connection, a time limit, and failures noted."""

    @classmethod
    def of(cls, configured: EndpointConfig) -> "ActionEndpoint":
        return cls(configured.url, configured.params, configured.headers, **configured.kwargs)

    _session: aiohttp.ClientSession | None = None

    def session(self) -> Any:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession()
        return _KeptOpen(self._session)

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        kwargs["timeout"] = aiohttp.ClientTimeout(total=ACTION_SECONDS)
        try:
            return await super().request(*args, **kwargs)
        except ClientResponseError as error:
            _failed.set(error.status != REJECTED)
            raise
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError):
            _failed.set(True)
            raise


class _KeptOpen:
    """Lends a session to an `async with` without closing it."""

    def __init__(self, session: aiohttp.ClientSession):
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(self, *_error: object) -> None: ...
