"""The way to the action server: one HTTP session for all calls, where Rasa opens one for each."""

from typing import Any

import aiohttp
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

# Shorter than the server keeps an idle connection (uvicorn: 5 s), so that none is half closed.
IDLE_SECONDS = 2.0


class ActionServer(EndpointConfig):
    _kept: aiohttp.ClientSession | None = None

    @classmethod
    def of(cls, endpoint: EndpointConfig) -> "ActionServer":
        return cls(endpoint.url, **endpoint.kwargs)

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """The answer's JSON. Raises aiohttp's errors, and Rasa's for a status of 400 and more."""
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS)
            )
        timeout = aiohttp.ClientTimeout(total=kwargs.get("timeout"))
        async with self._kept.post(self.url, json=kwargs["json"], timeout=timeout) as response:
            if response.status >= 400:
                raise ClientResponseError(response.status, str(response.reason), "")
            return await response.json()

    async def close(self) -> None:
        if self._kept:
            await self._kept.close()
