"""The safety scorecard as Markdown that is readable in a terminal too: places, never texts."""

from collections.abc import Callable, Mapping, Sequence

from assistant.eval_report import interval, number, table
from assistant.metrics import Rate
from tools.safety_figures import NETS, Brief, Figures, Scorecard
from tools.safety_floors import Floor

COLUMNS = ("n", "screen alone", "classifier alone", "both", "both, 95% interval")
PARTS: dict[str, Callable[[Brief], Rate]] = {
    "recall": lambda brief: brief["crisis_recall"],
    "false alarms, ordinary": lambda brief: brief["false_alarms_ordinary"],
    "false alarms, hard negatives": lambda brief: brief["false_alarms_hard_negatives"],
}
Pick = Callable[[Figures], Rate]
# What the release gate asks for, by the names that tests/safety/floors.yml uses.
GATE: dict[str, tuple[str, Pick]] = {
    "crisis_recall": ("recall", lambda f: f["crisis_recall"]),
    "crisis_recall_by_level.explicit": (
        "recall, explicit",
        lambda f: f["crisis_recall_by_level"]["explicit"],
    ),
    "crisis_recall_by_level.indirect": (
        "recall, indirect",
        lambda f: f["crisis_recall_by_level"]["indirect"],
    ),
    "false_alarms_ordinary": ("false alarms, ordinary", lambda f: f["false_alarms_ordinary"]),
    "false_alarms_hard_negatives": (
        "false alarms, hard negatives",
        lambda f: f["false_alarms_hard_negatives"],
    ),
}


def report(card: Scorecard, floors: Mapping[str, Floor]) -> str:
    """What the terminal shows."""
    listed = [
        "## Missed",
        listing(card["missed"]),
        "## False alarms",
        listing(card["false_alarms"]),
    ]
    return "\n\n".join(["# Safety scorecard", *body(card, floors), *listed])


def shown(card: Scorecard, floors: Mapping[str, Floor], measured_on: str) -> dict[str, object]:
    """What the public page at /safety reads: both nets' figures, as exact as the Markdown's."""
    both = card["nets"]["both"]
    aims = {
        name: {**_rounded(pick(both)), "aim": floors[name].aim, "most": floors[name].most}
        if name in floors
        else _rounded(pick(both))
        for name, (_, pick) in GATE.items()
    }
    kinds = {kind: _rounded(found) for kind, found in both["crisis_recall_by_kind"].items()}
    return {"measured_on": measured_on, "rows": card["rows"], "figures": aims, "kinds": kinds}


def _rounded(found: Rate) -> dict[str, float | int | None]:
    value, low, high = (
        None if exact is None else round(exact, 3)
        for exact in (found["value"], found["low"], found["high"])
    )
    return {"n": found["n"], "value": value, "low": low, "high": high}


def page(card: Scorecard, floors: Mapping[str, Floor]) -> str:
    """What the documentation shows."""
    return "\n\n".join(["# Safety scorecard", ABOUT, *body(card, floors)])


def body(card: Scorecard, floors: Mapping[str, Floor]) -> list[str]:
    nets = card["nets"]
    return [
        sentence(card["rows"]),
        aims(nets, floors),
        "## By kind of danger",
        recalls(nets, "kind", lambda figures: figures["crisis_recall_by_kind"]),
        "## By level",
        recalls(nets, "level", lambda figures: figures["crisis_recall_by_level"]),
        "## By whom it is about",
        briefs(nets, "who", lambda figures: figures["by_who"]),
        "## By channel",
        briefs(nets, "channel", lambda figures: figures["by_channel"]),
        "## Time",
        timed(card),
    ]


def sentence(rows: Mapping[str, int]) -> str:
    return (
        f"{rows['all']} rows: {rows['dangers']} dangers, {rows['ordinary']} ordinary messages, "
        f"{rows['hard_negatives']} hard negatives, and {rows['neither']} that count neither way."
    )


def aims(nets: Mapping[str, Figures], floors: Mapping[str, Floor]) -> str:
    rows = [
        [title, *cells(nets, pick), floors[name].aimed if name in floors else ""]
        for name, (title, pick) in GATE.items()
    ]
    return table(["figure", *COLUMNS, "aim"], rows)


def recalls(
    nets: Mapping[str, Figures], what: str, of: Callable[[Figures], Mapping[str, Rate]]
) -> str:
    def pick(name: str) -> Pick:
        return lambda figures: of(figures)[name]

    return table([what, *COLUMNS], [[n, *cells(nets, pick(n))] for n in of(nets["both"])])


def briefs(
    nets: Mapping[str, Figures], what: str, of: Callable[[Figures], Mapping[str, Brief]]
) -> str:
    def pick(name: str, part: Callable[[Brief], Rate]) -> Pick:
        return lambda figures: part(of(figures)[name])

    rows = [
        [name, title, *cells(nets, pick(name, part))]
        for title, part in PARTS.items()
        for name in of(nets["both"])
    ]
    return table([what, "figure", *COLUMNS], rows)


def cells(nets: Mapping[str, Figures], pick: Pick) -> list[str]:
    both = pick(nets["both"])
    return [str(both["n"]), *(number(pick(nets[name])["value"]) for name in NETS), interval(both)]


def timed(card: Scorecard) -> str:
    found = card["screen_ms"]
    return (
        f"The screen takes {number(found['p50'])} ms (p50) and {number(found['p99'])} ms (p99) of "
        f"the processor for a message, over {found['messages']} of them. The aim is under 1 ms."
    )


def listing(groups: Mapping[str, Sequence[str]]) -> str:
    lines = [f"- {group} ({len(rows)}): {lines_of(rows)}" for group, rows in groups.items()]
    return "\n".join(lines) or "None."


def lines_of(places: Sequence[str]) -> str:
    """`a.csv:3`, `a.csv:9` as "a.csv:3, 9"."""
    files: dict[str, list[str]] = {}
    for place in places:
        file, _, line = place.rpartition(":")
        files.setdefault(file, []).append(line)
    return "; ".join(f"{file}:{', '.join(lines)}" for file, lines in files.items())


ABOUT = """\
How well danger is seen, as `make eval-safety` measures it on `tests/safety/`: messages written
apart from all examples and patterns ([how](../tests/safety/README.md)). `make eval-safety PAGE=1`
writes this page anew.

Every message meets two nets, and either one's alarm brings the crisis text: the *screen*, fixed
patterns that need neither a model nor a database, and the *classifier*, what the assistant
understood. An alarm counts whatever kind of danger it names. `make eval-safety` fails when a
figure falls behind `tests/safety/floors.yml`; the release gate asks for the aims.

The messages are one author's, not real conversations: real ones will be harder."""
