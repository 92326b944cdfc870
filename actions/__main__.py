"""Rasa's action server: `python -m actions`, on loopback only.

The SDK's executor runs the actions; its own HTTP shell is not used, because on an error it sends
the request back and logs it, and the request holds what a visitor wrote.
"""

import json
import logging

import structlog
import uvicorn
from rasa_sdk.executor import ActionExecutor
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from actions._core import core
from care import collector
from care.logs import configure
from care.settings import Settings

log = structlog.get_logger()


def create_app() -> Starlette:
    executor = ActionExecutor()
    executor.register_package("actions")

    async def webhook(request: Request) -> Response:
        try:
            call = json.loads(await request.body())
            name, tracker = str(call["next_action"]), call["tracker"]
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "not an action call"}, 400)
        if name not in executor.actions or not isinstance(tracker, dict):
            return JSONResponse({"error": "not an action call"}, 404)
        try:
            result = await executor.run({**call, "domain": call.get("domain") or {}})
        except Exception as error:  # noqa: BLE001  (the edge: named in the log, without its words)
            log.error("action_failed", action=name, why=type(error).__name__)
            return JSONResponse({"error": "the action failed", "action_name": name}, 500)
        return JSONResponse(result.model_dump() if result else {"events": [], "responses": []})

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    routes = [
        Route("/webhook", webhook, methods=["POST"]),
        Route("/health", health, methods=["GET"]),
    ]
    return Starlette(routes=routes)


def main() -> None:
    settings = Settings.load()
    configure(settings.log_level)
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
    core()
    app = create_app()
    collector.spare()
    uvicorn.run(
        app,
        host="127.0.0.1",
        port=settings.actions_port,
        log_config=None,
        access_log=False,
    )


if __name__ == "__main__":
    main()
