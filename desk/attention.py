"""What keeps staff at the desk in the picture: the page's pulse."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from care import live_chat_steps, tickets
from care.db import Core
from care.staff import SignedIn


class Attention:
    """Asked by pages that somebody is signed in to."""

    def __init__(self, core: Core):
        self.core = core

    async def pulse(self, request: Request, user: SignedIn) -> Response:
        """Asked every few seconds by an open page: what is urgent and nobody's, who waits."""
        urgent = await run_in_threadpool(tickets.unclaimed_urgent, self.core)
        calls = await run_in_threadpool(live_chat_steps.calls, self.core, user.username)
        return JSONResponse({"urgent": urgent, **vars(calls)})
