"""Reading rows for the evaluation: a CSV in UTF-8 with a header line.

Columns: `text` and `label` are required; optional are `accept` (other labels that are right too,
`;` between), `risk` (none, maybe, now; left out, it is now for a crisis and else none), `kind`
(normal, hard_negative, multi, followup) and `previous` (label of the guide's last answer). The
safety rows have more labels, and the optional columns `level` (explicit, indirect), `who` (self,
other) and `channel` (web, sms, messenger).
"""

import csv
import difflib
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from pathlib import Path

from assistant.labels import OPEN, REQUEST

# fmt: off
TOPICS = (
    "iop_definition", "iop_vs_residential", "iop_candidates", "iop_step_down", "iop_benefits",
    "iop_cost", "iop_expectations", "iop_limits", "iop_therapies", "iop_assessment",
    "iop_treatment_plan", "iop_schedule", "iop_sessions", "iop_family", "iop_testing",
    "iop_positive_test", "aftercare", "relapse", "co_occurring", "medication", "levels_of_care",
    "detox", "detox_dangers", "residential", "php", "outpatient", "sober_living", "interventions",
    "support_groups", "paying_for_treatment", "signs_of_addiction", "what_is_addiction",
    "find_treatment", "help_for_myself", "help_for_loved_one", "preparing_to_quit", "hotline",
    "privacy", "treatment_privacy", "about_guide", "naloxone", "pregnancy", "other_addictions",
)
OTHERS = (
    "request_human", "request_callback", "request_status", "request_cancel", "delete_my_data",
    "stop_messages", "greet", "goodbye", "thank", "affirm", "deny", "share_feelings",
    "out_of_scope", "say_again", "say_simpler", "tell_more", "how_known", "crisis/suicide",
    "crisis/overdose", "crisis/withdrawal", "crisis/violence",
)
# fmt: on
LABELS = frozenset([*(f"faq/{topic}" for topic in TOPICS), *OTHERS])
# Dangers that only the screen knows, and "nothing that matters here".
SAFETY_LABELS = LABELS | {"crisis/medical", "crisis/child", "none"}
# Whoever wrote these had sent a request; docs/understanding.md says what the context is worth.
OF_A_REQUEST = frozenset(REQUEST)
# Rows from before a topic was parted may mean either part, until they are labelled anew.
PARTED = {"faq/privacy": "faq/treatment_privacy"}
RISKS = ("none", "maybe", "now")
KINDS = ("normal", "hard_negative", "multi", "followup")
LEVELS = ("explicit", "indirect")
WHO = ("self", "other")
CHANNELS = ("web", "sms", "messenger")
Labels = Set[str]
Cells = Mapping[str | None, str | list[str] | None]


class RowError(ValueError):
    """The file cannot be evaluated; the message says where and why, in words for its author."""


@dataclass(frozen=True)
class Row:
    file: str
    line: int
    text: str
    label: str
    accept: tuple[str, ...] = ()
    risk: str = "none"
    kind: str = "normal"
    previous: str | None = None
    level: str = ""
    who: str = ""
    channel: str = ""

    @property
    def request(self) -> str | None:
        """How the call-back request of the row's conversation stands, if it has one."""
        return OPEN if OF_A_REQUEST & {self.label, *self.accept} else None


def read_files(paths: Iterable[Path], labels: Labels = LABELS) -> list[Row]:
    return [row for path in paths for row in read_rows(path, labels)]


def read_rows(path: Path, labels: Labels = LABELS) -> list[Row]:
    try:
        # utf-8-sig: spreadsheets put a byte-order mark in front of the header.
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            check_header(path, reader.fieldnames)
            rows = [row_of(path, reader.line_num, cells, labels) for cells in reader]
    except UnicodeDecodeError as error:
        raise RowError(f"{path}: not UTF-8 text (byte {error.start}): save it as UTF-8") from error
    except OSError as error:
        raise RowError(f"{path}: cannot be read: {error.strerror}") from error
    except csv.Error as error:
        raise RowError(f"{path}: not a valid CSV: {error}") from error
    if not rows:
        raise RowError(f"{path}: has a header but no rows")
    return rows


def check_header(path: Path, names: Iterable[str] | None) -> None:
    if names is None:
        raise RowError(f"{path}: the file is empty")
    missing = {"text", "label"} - set(names)
    if missing:
        raise RowError(f"{path}: column missing: {', '.join(sorted(missing))}")


def row_of(path: Path, line: int, cells: Cells, labels: Labels) -> Row:
    """A checked row; `line` is the last line of the file that the row covers."""
    where = f"{path}:{line}"
    if None in cells:
        raise RowError(f"{where}: more cells than columns (a comma in the text needs quotes)")
    cell = {name: str(value or "").strip() for name, value in cells.items() if name}
    if not cell["text"]:
        raise RowError(f"{where}: the text is empty")
    label = known(where, cell["label"], labels)
    risk = cell.get("risk") or ("now" if label.startswith("crisis/") else "none")
    row = Row(
        file=str(path),
        line=line,
        text=cell["text"],
        label=label,
        accept=accepted(where, cell, label, labels),
        risk=one_of(where, "risk", risk, RISKS),
        kind=one_of(where, "kind", cell.get("kind") or "normal", KINDS),
        previous=known(where, cell["previous"], labels) if cell.get("previous") else None,
        level=one_of(where, "level", cell.get("level", ""), ("", *LEVELS)),
        who=one_of(where, "who", cell.get("who", ""), ("", *WHO)),
        channel=one_of(where, "channel", cell.get("channel", ""), ("", *CHANNELS)),
    )
    check_kind(where, row)
    return row


def check_kind(where: str, row: Row) -> None:
    if row.kind == "followup" and row.previous is None:
        raise RowError(f"{where}: a followup needs the label of the last answer in `previous`")
    if row.kind == "multi" and not set(row.accept) - {row.label}:
        raise RowError(f"{where}: a multi row needs the second question's label in `accept`")


def accepted(where: str, cell: Mapping[str, str], label: str, labels: Labels) -> tuple[str, ...]:
    written = [known(where, part, labels) for part in labels_in(cell.get("accept", ""))]
    twofold = cell.get("kind") == "multi"  # there, `accept` is the second question
    parted = [PARTED[name] for name in (label, *written) if name in PARTED and not twofold]
    return tuple(dict.fromkeys([*written, *parted]))


def labels_in(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def known(where: str, label: str, labels: Labels) -> str:
    if label in labels:
        return label
    near = difflib.get_close_matches(label, sorted(labels), n=1)
    hint = f" (did you mean {near[0]}?)" if near else ""
    raise RowError(f"{where}: unknown label {label!r}{hint}")


def one_of(where: str, column: str, value: str, allowed: tuple[str, ...]) -> str:
    if value not in allowed:
        raise RowError(
            f"{where}: {column} is {value!r}, not one of {', '.join(filter(None, allowed))}"
        )
    return value
