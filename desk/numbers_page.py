"""The figures: charts with their tables, for a stretch of days, and the same as a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from care import counting, due, numbers, wording
from care.db import Core, now
from care.numbers import Cell, Numbers
from care.staff import SignedIn
from desk import charts
from desk.charts import Chart
from desk.csv_file import csv_file
from desk.render import Render

PAGE = "/desk/numbers"
FILE = f"{PAGE}.csv"
STRETCHES = (7, 28, 90, 365)  # days
USUAL = 28
MOST_SHOWN = 12  # of topics; the file has all
HELD_BACK = f"under {numbers.FEW}"
COLUMNS = ("figure", "of", "number")
WAITS = ("chat_wait", "callback_wait", "crisis_wait")
FIGURES: dict[str, tuple[str, str]] = {  # title, and what is counted
    "contacts": ("Contacts by channel", "Conversations in which somebody wrote."),
    "hours": (
        "Contacts by hour of the day",
        "When conversations began, in percent of all, by the hour here.",
    ),
    "with_person": (
        "With a person",
        "Conversations in which a person was asked into the chat, or to call back.",
    ),
    "chat_wait": ("Time to a person in the chat", "From asking to somebody's joining."),
    "callback_wait": ("Time to the first call", "From the request to the first try to call."),
    "overdue": ("Overdue", "Tickets that still stood when they were due, at the next full hour."),
    "crisis": ("Danger seen, by kind", "Urgent tickets that the guide opened."),
    "crisis_wait": ("Time to a claim in danger", "From seeing the danger to somebody's claim."),
    "not_understood": (
        "Not understood",
        "Messages to which the guide gave no answer of its own.",
    ),
    "topics": ("Topics most answered", "Answers of the knowledge base."),
    "opt_outs": ("No more messages", "Wishes for no more messages, by channel."),
    "helpful": ("Answers that helped", "By topic, as visitors rated them."),
    "not_helpful": ("Answers that did not help", "By topic, as visitors rated them."),
}
NAMES = {
    "web": "Web chat",
    "sms": "Text messages",
    "messenger": "Messenger",
    "whatsapp": "WhatsApp",
    "chat": "Asked into the chat",
    "callback": "Call back",
    "live": "Chat",
    "unsure": "Offered topics to choose from",
    "unanswered": "Had no answer",
    "out_of_scope": "Taken for another matter",
    counting.NEVER: "Nobody came",
}


@dataclass(frozen=True)
class Figure:
    """A chart, and the rows of the table beside it."""

    key: str
    title: str
    about: str
    chart: Chart
    rows: Sequence[tuple[str, str]]
    more: int = 0


class NumbersPage:
    """For supervisors, admins and auditors."""

    def __init__(self, core: Core, render: Render):
        self.core, self._render = core, render

    async def show(self, request: Request, user: SignedIn) -> Response:
        today = due.today(self.core.settings, now())
        try:
            first, last = _stretch(request.query_params, today)
            problem = ""
        except ValueError as error:
            (first, last), problem = _last_days(today, USUAL), str(error)
        found = await run_in_threadpool(numbers.read, self.core, user.username, first, last)
        until = await run_in_threadpool(numbers.counted_until, self.core)
        return self._render(
            request,
            user,
            "desk_numbers.html",
            status_code=400 if problem else 200,
            found=found,
            figures=list(_figures(found)),
            until=until.at if until else None,
            stretches=[(days, *_last_days(today, days)) for days in STRETCHES],
            few=numbers.FEW,
            zone=self.core.settings.time_zone,
            problem=problem,
        )

    async def file(self, request: Request, user: SignedIn) -> Response:
        today = due.today(self.core.settings, now())
        try:
            first, last = _stretch(request.query_params, today)
        except ValueError as error:
            return PlainTextResponse(str(error), 400)
        found = await run_in_threadpool(
            lambda: numbers.read(self.core, user.username, first, last, exports=True)
        )
        return csv_file(f"numbers-{first}-{last}.csv", list(_rows(found)), COLUMNS)


def _stretch(asked: Mapping[str, str], today: date) -> tuple[date, date]:
    """The days asked for. Raises ValueError, which says what is wrong."""
    if not (asked.get("from") or asked.get("to")):
        return _last_days(today, USUAL)
    try:
        first, last = (date.fromisoformat(asked.get(key, "").strip()) for key in ("from", "to"))
    except ValueError:
        raise ValueError("Please write both days as 2026-01-31.") from None
    if first > last:
        raise ValueError("The first day must not be after the last.")
    return first, last


def _last_days(today: date, days: int) -> tuple[date, date]:
    return today - timedelta(days=days - 1), today


def _figures(found: Numbers) -> Iterator[Figure]:
    for key, (title, about) in FIGURES.items():
        if key == "hours":
            chart = charts.columns(found.hours, HELD_BACK)
            rows = [(f"{bar.label}:00", bar.value) for bar in chart.bars]
            yield Figure(key, title, about, chart, rows)
            continue
        cells = _ordered(key, found.cells[key])
        chart = charts.bars(cells[:MOST_SHOWN], _names(cells), HELD_BACK)
        rows = [(bar.label, bar.value) for bar in chart.bars]
        yield Figure(key, title, about, chart, rows, max(len(cells) - MOST_SHOWN, 0))


def _ordered(key: str, cells: Sequence[Cell]) -> Sequence[Cell]:
    """Waits stand from short to long, all else by number."""
    if key not in WAITS or not cells:
        return cells
    known = {cell.of: cell for cell in cells}
    names = counting.WAIT_NAMES if key == "chat_wait" else counting.WAIT_NAMES[:-1]
    return [known.get(name, Cell(name, 0)) for name in names]


def _names(cells: Sequence[Cell]) -> dict[str, str]:
    return {cell.of: _name(cell.of) for cell in cells}


def _name(of: str) -> str:
    return NAMES.get(of) or wording.title(of) or of.replace("_", " ").capitalize()


def _rows(found: Numbers) -> Iterator[dict[str, object]]:
    shares = (
        ("Without a person, in percent", found.contained),
        ("Not understood, in percent", found.not_understood),
        ("Helped, of the rated answers, in percent", found.helpful),
    )
    for title, share in shares:
        yield {"figure": title, "of": "", "number": "not shown" if share is None else share}
    for figure in _figures(found):
        cells = found.cells.get(figure.key, ())
        rows = [(_name(c.of), HELD_BACK if c.count is None else c.count) for c in cells]
        for of, number in rows if figure.key != "hours" else figure.rows:
            yield {"figure": figure.title, "of": of, "number": number}
