"""`/dev/phone`: a phone on the page, to try channels by hand. Not there in production."""

from pathlib import Path

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from care.settings import STAND_IN_NUMBER, Settings
from gateway.channels.sms import account
from gateway.channels.sms.webhooks import NUMBER
from gateway.dev.asked import asked
from gateway.dev.fake_twilio import SIMULATED, FakeTwilio

HERE = Path(__file__).parent
NUMBERS = ("+12125550123", "+13105550188", "+18085550142")
TEXT_LIMIT = 1600  # as long as a text that Twilio hands on


class Phone:
    """Its texts go through the real webhook, signed by the stand-in for Twilio."""

    def __init__(self, twilio: FakeTwilio):
        self.twilio = twilio
        self._templates = Jinja2Templates(directory=HERE / "templates")

    def routes(self) -> list[Route | Mount]:
        return [
            Route("/dev/phone", self.page, methods=["GET"]),
            Route("/dev/phone/texts", self.texts, methods=["GET"]),
            Route("/dev/phone/texts", self.send, methods=["POST"]),
            Route("/dev/phone/simulate", self.simulate, methods=["POST"]),
            Mount("/dev/static", StaticFiles(directory=HERE / "static")),
            *self.twilio.routes(account.STAND_IN),
        ]

    async def page(self, request: Request) -> Response:
        values = {
            "numbers": NUMBERS,
            "ours": STAND_IN_NUMBER,
            "simulated": SIMULATED,
            "limit": TEXT_LIMIT,
        }
        return self._templates.TemplateResponse(request, "phone.html", values)

    async def texts(self, request: Request) -> Response:
        number = request.query_params.get("number", "")
        shown = [text.shown() for text in self.twilio.phone(number)]
        return JSONResponse({"lines": shown, "simulate": self.twilio.simulate})

    async def send(self, request: Request) -> Response:
        given = await asked(request)
        number, text = str(given.get("number")), str(given.get("text") or "")[:TEXT_LIMIT]
        picture = given.get("picture") is True
        if not NUMBER.fullmatch(number) or not (text or picture):
            return JSONResponse({"error": "A number such as +12125550123 and a text."}, 400)
        media = {"NumMedia": "1", "MediaContentType0": "image/jpeg"} if picture else {}
        try:
            answer = await self.twilio.text_us(number, text, **media)
        except httpx.HTTPError as error:
            return JSONResponse({"error": type(error).__name__}, 502)
        return JSONResponse({"status": answer.status_code})

    async def simulate(self, request: Request) -> Response:
        happens = (await asked(request)).get("happens")
        if happens not in SIMULATED:
            return JSONResponse({"error": f"One of {', '.join(SIMULATED)}."}, 400)
        self.twilio.simulate.append(happens)
        return JSONResponse({"simulate": self.twilio.simulate})


def build(settings: Settings) -> Phone | None:
    """None in production, and where texts go through a true account."""
    if settings.mode == "production" or settings.twilio_account_sid:
        return None
    return Phone(FakeTwilio(account.stand_in(settings)))
