"""How long the desk's pages take, asked one after the other as a browser would."""

import statistics
import time
from collections.abc import Callable, Mapping, Sequence

import httpx

from care import queue
from tests.desk_load.seed import number_of, phone_of
from tests.gateway.desk_app import DeskApp

WARM = 5
SHORT = 10  # rows on a page that is full with few tickets too, whatever it is narrowed to

Ask = Callable[[], httpx.Response]


def compared(desks: Sequence[DeskApp], rounds: int) -> dict[str, list[float]]:
    """The 95th percentile of each page at each desk, in milliseconds; the desks take turns."""
    whole = queue.PAGE
    found = {f"queue, {whole} rows": _percentiles([_get(desk, "/desk") for desk in desks], rounds)}
    queue.PAGE = SHORT
    try:
        pages = [_pages(desk) for desk in desks]
        for name in pages[0]:
            found[name] = _percentiles([each[name] for each in pages], rounds)
    finally:
        queue.PAGE = whole
    return found


def _get(desk: DeskApp, path: str) -> Ask:
    browser = desk.browser(desk.session_of("dana")[0])
    return lambda: browser.get(path)


def _pages(desk: DeskApp) -> Mapping[str, Ask]:
    first = _get(desk, "/desk")().text
    following = first.split('" rel="next"')[0].rpartition('href="')[2].replace("&amp;", "&")
    token, csrf = desk.session_of("dana")
    browser = desk.browser(token)

    def find(words: str) -> Ask:
        form = {"csrf_token": csrf, "words": words}
        return lambda: browser.post("/desk/search", data=form)

    addresses = {
        "queue": "/desk",
        "queue, live": "/desk/queue",
        "queue, next page": following,
        "queue, mine": "/desk?whose=mine",
        "queue, Spanish and overdue": "/desk?language=es&overdue=yes",
        "queue, danger by text": "/desk?kind=crisis&channel=sms",
        "queue, label": "/desk?label=transport",
        "queue, nothing like that": "/desk?channel=whatsapp",
        "queue, resolved": "/desk?status=resolved",
        "ticket": f"/desk/tickets/{number_of(7)}",
        "pulse": "/desk/pulse",
    }
    return {
        **{name: _get(desk, address) for name, address in addresses.items()},
        "search, ticket number": find(number_of(7)),
        "search, phone number": find(phone_of(7)),
        "search, nobody's number": find("(303) 555-0199"),
    }


def _percentiles(asks: Sequence[Ask], rounds: int) -> list[float]:
    times: list[list[float]] = [[] for _ in asks]
    for _ in range(rounds + WARM):
        for ask, taken in zip(asks, times, strict=True):
            start = time.perf_counter()
            answer = ask()
            taken.append((time.perf_counter() - start) * 1000)
            if answer.status_code >= 400:
                raise SystemExit(f"{answer.request.url}: {answer.status_code}")
    return [statistics.quantiles(taken[WARM:], n=20)[-1] for taken in times]
