"""The page where supervisors teach the guide what it did not understand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from care import due, examples, learning, numbers, reviews, wording
from care.db import Core, now
from care.errors import InvalidStepError
from care.learning import Entry, Taught
from care.misunderstood import REASONS
from care.reviews import Review
from care.staff import SignedIn
from desk.forms import form
from desk.render import Render

PAGE = "/desk/learning"
PATCH = f"{PAGE}/examples.patch"
RATED_DAYS = 90

Given = dict[str, str]


@dataclass(frozen=True)
class Shown:
    """All that stands on the page."""

    entries: Sequence[Entry]
    total: int
    taught: Sequence[Taught]
    ratings: Sequence[tuple[str, int, int]]
    reviews: Sequence[Review]
    topics: dict[str, str]


class LearningPage:
    """What was typed is shown again when it is refused."""

    def __init__(self, core: Core, render: Render):
        self.core, self._render = core, render

    async def show(
        self, request: Request, user: SignedIn, problem: str = "", given: Given | None = None
    ) -> Response:
        reason = request.query_params.get("reason", "")
        shown = await run_in_threadpool(self._shown, user, reason if reason in REASONS else "")
        return self._render(
            request,
            user,
            "desk_learning.html",
            status_code=409 if problem else 200,
            shown=shown,
            reason=reason,
            reasons=REASONS,
            title_of=wording.title,
            problem=problem,
            given=given or {},
            rated_days=RATED_DAYS,
        )

    async def step(self, request: Request, user: SignedIn) -> Response:
        step = STEPS.get(request.path_params["step"])
        if step is None:
            return PlainTextResponse("There is no such step.", 404)
        given = await form(request)
        try:
            await run_in_threadpool(step, self.core, user.username, given)
        except InvalidStepError as error:
            return await self.show(request, user, str(error), given)
        return RedirectResponse(PAGE, 303)

    async def patch(self, request: Request, user: SignedIn) -> Response:
        try:
            text = await run_in_threadpool(learning.exported, self.core, user.username)
        except InvalidStepError as error:
            return await self.show(request, user, str(error))
        headers = {"Content-Disposition": 'attachment; filename="examples.patch"'}
        return Response(text, media_type="text/x-diff; charset=utf-8", headers=headers)

    def _shown(self, user: SignedIn, reason: str) -> Shown:
        entries, total = learning.listed(self.core, user.username, reason)
        today = due.today(self.core.settings, now())
        return Shown(
            entries,
            total,
            learning.taught(self.core, user.username),
            numbers.ratings(self.core, today - timedelta(days=RATED_DAYS), today),
            reviews.due(today),
            examples.topics(),
        )


def _teach(core: Core, by: str, given: Given) -> None:
    """A topic is named by its title, as the list offers it, or by its label."""
    topic = given.get("topic", "").strip()
    titles = {title.casefold(): label for label, title in examples.topics().items()}
    label = titles.get(topic.casefold(), topic)
    learning.teach(core, by, _id(given), label, given.get("example", ""))


def _dismiss(core: Core, by: str, given: Given) -> None:
    learning.dismiss(core, by, _id(given))


def _withdraw(core: Core, by: str, given: Given) -> None:
    learning.withdraw(core, by, _id(given))


def _id(given: Given) -> int:
    text = given.get("id", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidStepError(learning.GONE)
    return int(text)


STEPS: dict[str, Callable[[Core, str, Given], None]] = {
    "teach": _teach,
    "dismiss": _dismiss,
    "withdraw": _withdraw,
}
