"""Somebody's site with the chat window on it: another origin, with a policy as strict as can be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.gateway.fake_chat_server import FakeChat, Served
from tests.gateway.page_visit import Visit

POLICY = (
    "default-src 'none'; script-src {guide}; connect-src {guide}; style-src {styles}; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
PAGE = """<!doctype html><html lang="en" dir="{direction}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Programs at our clinic</title>{style}
<script src="{guide}/widget.js{query}" {attributes} defer></script>
<main><h1>Programs</h1><p>Evening groups.</p><a href="/second">Second page</a>
<button type="button">Theirs</button></main></html>"""
RUDE = """<style>html { font-size: 50% } * { color: red !important; font-size: 9px !important;
text-transform: uppercase; letter-spacing: 1em } button { display: none }</style>"""


class HostSite:
    """Its page names the window's script; `attributes` are those of the tag."""

    def __init__(self, attributes: str = "", query: str = "", direction: str = "ltr"):
        self.guide, self.attributes, self.query = "", attributes, query
        self.direction, self.rude = direction, False

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/{page:path}", self.page)])

    async def page(self, request: Request) -> Response:
        html = PAGE.format(
            guide=self.guide,
            attributes=self.attributes,
            query=self.query,
            direction=self.direction,
            style=RUDE if self.rude else "",
        )
        styles = "'unsafe-inline'" if self.rude else "'none'"
        policy = POLICY.format(guide=self.guide, styles=styles)
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})


@contextmanager
def on_site(browser: Browser, site: HostSite | None = None, **context: Any) -> Iterator[Visit]:
    site = site or HostSite()
    with Served(site.app()) as site_url:
        chat = FakeChat(sites=(site_url,))
        with Served(chat.app(), chat) as guide:
            site.guide = guide
            opened = browser.new_context(**({"viewport": {"width": 1280, "height": 800}} | context))
            visit = Visit(opened.new_page(), chat, guide, site=site_url)
            visit.watch()
            visit.page.goto(site_url)
            yield visit
            opened.close()
    visit.check()
