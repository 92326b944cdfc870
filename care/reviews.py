"""Approved texts whose review is due: by the dates that stand beside them in data/."""

from dataclasses import dataclass
from datetime import date, timedelta

from care import wording

SOON = timedelta(days=45)


@dataclass(frozen=True)
class Review:
    """When a text was last reviewed, and by when it is to be again."""

    name: str
    title: str
    reviewed_on: date
    review_by: date
    overdue: bool


def due(today: date, within: timedelta = SOON) -> list[Review]:
    """Texts past their date or near it, the most overdue first."""
    found = []
    for name in wording.family("utter_"):
        about = wording.text(name).metadata
        if "review_by" not in about or "reviewed_on" not in about:
            continue
        by = date.fromisoformat(about["review_by"])
        if by <= today + within:
            title = str(about.get("title") or name.removeprefix("utter_"))
            reviewed = date.fromisoformat(about["reviewed_on"])
            found.append(Review(name, title, reviewed, by, overdue=by < today))
    return sorted(found, key=lambda review: (review.review_by, review.name))
