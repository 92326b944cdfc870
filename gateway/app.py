"""The gateway: the only public process."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from care import retention, safety, trackers
from care.db import Core, now
from care.errors import StorageDownError
from care.settings import Settings
from desk.routes import Desk
from gateway import helpdesks, senders
from gateway.assistant import Assistant
from gateway.channels import registered
from gateway.channels.channel import Channel, KeepsHouse
from gateway.channels.web import WebChannel
from gateway.courier import Courier
from gateway.dev import messenger as dev_messenger
from gateway.dev import phone as dev_phone
from gateway.dispatcher import Dispatcher
from gateway.errors import RefusedError
from gateway.headers import SecurityHeaders
from gateway.hub import Hub
from gateway.limits import RateLimits
from gateway.live import LiveChats
from gateway.origins import SiteOrigins
from gateway.pages import Pages
from gateway.reception import Reception
from gateway.senders import Sender
from gateway.turns import Turns

RESUME_SECONDS = 30
PURGE_EVERY = 120  # times RESUME_SECONDS: once an hour

log = structlog.get_logger()


def create_app(
    settings: Settings,
    assistant: Assistant | None = None,
    channels: Mapping[str, Sender] | None = None,
) -> Starlette:
    """One app from one set of settings; tests hand in an assistant and channels of their own."""
    core = Core.open(settings)
    safety.screen("readyyy")  # reads and compiles all it needs, before anybody waits for it
    client = assistant or Assistant(settings)
    messengers = registered.build(settings)
    courier = Courier(core, messengers)
    hub, limits = Hub(courier.wake), RateLimits(settings)
    dispatcher = Dispatcher(core, _channels(settings) if channels is None else channels)
    numbered = {name for name, channel in messengers.items() if channel.lists_choices}
    turns = Turns(core, client, hub, dispatcher.wake, numbered)
    live = LiveChats(core, turns, messengers)
    reception = Reception(core, turns, limits)
    phone, messenger = dev_phone.build(settings), dev_messenger.build(settings)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        keeper = asyncio.create_task(_keep_house(core, turns, messengers))
        live.start()
        courier.start()
        if settings.alerts == "on" or settings.helpdesk:
            dispatcher.start()
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
            await live.stop()
            if phone:
                await phone.twilio.close()
            if messenger:
                await messenger.close()
            await reception.stop()
            await turns.stop()
            await courier.stop()
            await dispatcher.stop()
            await client.close()
            core.engine.dispose()

    app = Starlette(
        routes=[
            *WebChannel(core, turns, hub, limits).routes(),
            *(route for channel in messengers.values() for route in channel.routes(reception)),
            *(phone.routes() if phone else ()),
            *(messenger.routes() if messenger else ()),
            *Pages(core, client).routes(),
            *Desk(core, limits, live).routes(),
        ],
        middleware=[Middleware(SecurityHeaders), Middleware(SiteOrigins, settings=settings)],
        exception_handlers={RefusedError: _refused},
        lifespan=lifespan,
    )
    app.state.phone, app.state.messenger = phone, messenger
    return app


def _channels(settings: Settings) -> dict[str, Sender]:
    return {**senders.build(settings), **helpdesks.build(settings)}


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RefusedError)  # noqa: S101  (registered for nothing else)
    return error.response()


async def _keep_house(core: Core, turns: Turns, messengers: Mapping[str, Channel]) -> None:
    """Takes up what was left unanswered, and deletes what is past its time."""
    count = 0
    while True:
        try:
            await turns.resume()
            for channel in messengers.values():
                if isinstance(channel, KeepsHouse):
                    await channel.keep_house()
            if count % PURGE_EVERY == 0:
                await run_in_threadpool(retention.purge, core, now())
                await run_in_threadpool(trackers.delete_strays, core)
        except StorageDownError as error:
            log.warning("housekeeping_put_off", why=type(error).__name__)
        count += 1
        await asyncio.sleep(RESUME_SECONDS)
