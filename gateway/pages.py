"""The public pages: the chat, the protocol for danger, the interface; and are all parts ready?"""

import asyncio
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from care.db import Core
from care.errors import StorageDownError
from gateway import safety_page, widget
from gateway.assistant import Assistant
from gateway.threads import Threads

HERE = Path(__file__).parent
READY_SECONDS = 2.0


class Pages:
    """Everything public that is not the chat itself."""

    def __init__(self, core: Core, assistant: Assistant):
        self.core, self.assistant = core, assistant
        self._threads, self._scripts = Threads(4), widget.Scripts(core.settings)
        self._templates = Jinja2Templates(directory=HERE / "templates")
        self._templates.env.filters.update(safety_page.FILTERS)

    def routes(self) -> list[Route | Mount]:
        in_production = self.core.settings.mode == "production"
        demo = [] if in_production else [Route("/demo", self.demo, methods=["GET"])]
        return [
            *demo,
            Route("/", self.page, methods=["GET"]),
            Route("/widget.js", self._scripts.serve, methods=["GET"]),
            Route("/safety", self.safety, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
            Route("/openapi.yml", self.openapi, methods=["GET"]),
            Mount("/static", StaticFiles(directory=HERE / "static")),
        ]

    async def page(self, request: Request) -> Response:
        return self._templates.TemplateResponse(request, "page.html", self._who())

    async def demo(self, request: Request) -> Response:
        """What the window looks like on somebody's site."""
        return self._templates.TemplateResponse(request, "demo.html", self._who())

    async def safety(self, request: Request) -> Response:
        """The published protocol for danger."""
        values = {**self._who(), **safety_page.values(self.core.settings)}
        return self._templates.TemplateResponse(request, "safety.html", values)

    def _who(self) -> dict[str, Any]:
        settings = self.core.settings
        return {
            **settings.spoken,
            "hotline_tel": widget.callable_number(settings.hotline),
            "hotline_display": settings.hotline,
            "demonstration": settings.is_demonstration,
        }

    async def ready(self, request: Request) -> Response:
        database, assistant, actions = await asyncio.gather(
            self._database_ready(), self.assistant.ready(READY_SECONDS), self._actions_ready()
        )
        parts = {
            "gateway": True,
            "assistant": assistant,
            "actions": actions,
            "database": database,
        }
        return JSONResponse(parts, 200 if all(parts.values()) else 503)

    async def openapi(self, request: Request) -> Response:
        return FileResponse(HERE / "openapi.yml", media_type="application/yaml")

    async def _database_ready(self) -> bool:
        try:
            return await self._threads.within(READY_SECONDS, self.core.ready)
        except StorageDownError:
            return False

    async def _actions_ready(self) -> bool:
        async with httpx.AsyncClient(timeout=READY_SECONDS) as client:
            try:
                response = await client.get(f"{self.core.settings.actions_url}/health")
            except httpx.HTTPError:
                return False
        return response.status_code == 200
