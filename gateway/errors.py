"""The errors of the HTTP interface, in one shape: `{"error": {"code", "message"}}`."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import JSONResponse

from care.transcript import Line
from gateway import rendering


class RefusedError(Exception):
    """A request that the web channel turns down; `say` are lines for the visitor."""

    def __init__(self, status: int, code: str, message: str, say: Sequence[Line] = ()):
        super().__init__(code)
        self.status, self.code, self.message, self.say = status, code, message, say

    def response(self) -> JSONResponse:
        body: dict[str, Any] = {"error": {"code": self.code, "message": self.message}}
        if self.say:
            body |= rendering.unstored(self.say)
        return JSONResponse(body, status_code=self.status)
