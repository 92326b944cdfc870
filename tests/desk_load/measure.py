"""How long the desk's pages take, asked one after the other as a browser would."""

import statistics
import time
from collections.abc import Callable

import httpx

from tests.desk_load.seed import number_of, phone_of
from tests.gateway.desk_app import DeskApp

WARM = 5


def measured(desk: DeskApp, rounds: int) -> dict[str, float]:
    """The 95th percentile of each page, in milliseconds."""
    browser, token = desk.hired("supervisor", "dana")

    def get(path: str) -> Callable[[], httpx.Response]:
        return lambda: browser.get(path)

    def find(words: str) -> Callable[[], httpx.Response]:
        form = {"csrf_token": token, "words": words}
        return lambda: browser.post("/desk/search", data=form)

    following = browser.get("/desk").text.split('" rel="next"')[0].rpartition('href="')[2]
    pages = {
        "queue": get("/desk"),
        "queue, live": get("/desk/queue"),
        "queue, next page": get(following.replace("&amp;", "&")),
        "queue, mine": get("/desk?whose=mine"),
        "queue, Spanish and overdue": get("/desk?language=es&overdue=yes"),
        "queue, danger by text": get("/desk?kind=crisis&channel=sms"),
        "queue, label": get("/desk?label=transport"),
        "queue, resolved": get("/desk?status=resolved"),
        "search, ticket number": find(number_of(7)),
        "search, phone number": find(phone_of(7)),
        "search, nobody's number": find("(303) 555-0199"),
        "ticket": get(f"/desk/tickets/{number_of(7)}"),
        "pulse": get("/desk/pulse"),
    }
    try:
        return {name: _percentile(ask, rounds) for name, ask in pages.items()}
    finally:
        desk.close()


def _percentile(ask: Callable[[], httpx.Response], rounds: int) -> float:
    times = []
    for _ in range(rounds + WARM):
        start = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status_code >= 400:
            raise SystemExit(f"{answer.request.url}: {answer.status_code}")
    return statistics.quantiles(times[WARM:], n=20)[-1]
