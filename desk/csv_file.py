"""Rows as a file for a spreadsheet."""

import csv
import io
from collections.abc import Mapping, Sequence

from starlette.responses import Response

COLUMNS = (
    "number",
    "kind",
    "priority",
    "status",
    "created_at",
    "due_at",
    "follow_up_on",
    "claimed_by",
)
WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")  # the same signs of a Japanese keyboard
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", *WIDE)


def csv_file(
    name: str, rows: Sequence[Mapping[str, object]], columns: Sequence[str] = COLUMNS
) -> Response:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([_inert(row[column]) for column in columns] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text.getvalue(), media_type="text/csv", headers=headers)


def _inert(value: object) -> str:
    """A spreadsheet would run what begins like a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
