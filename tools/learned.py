"""`python -m tools.learned`: the examples that staff wrote at the desk, as a patch for data/.

With --apply they are put into data/ instead, once they pass the check of all data; --train then
trains the assistant, and --evaluate says how well it understands now.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from care import learned_patch, learning
from care.db import Core
from care.learned_patch import Change, NoPlaceError
from care.settings import ROOT, Settings
from tools.check_data import check_all
from tools.serve import RASA_PYTHON


def main(arguments: Sequence[str], root: Path = ROOT, core: Core | None = None) -> int:
    options = _options(arguments)
    written = learning.examples_by_label(core or Core.open(Settings.load()))
    try:
        made = learned_patch.changes(root, written)
    except NoPlaceError as error:
        return _refuse(f"There is no place for examples in {error}.")
    if not (options.apply or options.train or options.evaluate):
        sys.stdout.write(learned_patch.patch(made))
        return 0
    return _apply(root, made) or _run(root, options)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.learned", description=__doc__)
    parser.add_argument("--apply", action="store_true", help="put them into data/")
    parser.add_argument("--train", action="store_true", help="and train the assistant")
    parser.add_argument("--evaluate", action="store_true", help="and evaluate it")
    return parser.parse_args(arguments)


def _apply(root: Path, made: Sequence[Change]) -> int:
    """Puts everything back if the data does not pass with the new examples."""
    learned_patch.apply(root, made)
    problems, _ = check_all(root, date.today())
    mine = [problem for problem in problems if any(change.path in problem for change in made)]
    if mine:
        learned_patch.apply(root, [Change(c.path, c.after, c.before) for c in made])
        return _refuse("\n".join([*mine, "Nothing was changed."]))
    for change in made:
        print(change.path)
    if not made:
        print("Nothing is new: data/ has all that staff wrote.")
    return 0


def _run(root: Path, options: argparse.Namespace) -> int:
    commands = []
    if options.train or options.evaluate:
        commands.append([str(RASA_PYTHON), "-m", "assistant.launch", "train"])
    if options.evaluate:
        commands.append([str(RASA_PYTHON), "-m", "assistant.evaluate"])
    for command in commands:
        if code := subprocess.run(command, cwd=root, check=False).returncode:  # noqa: S603
            return code
    return 0


def _refuse(why: str) -> int:
    print(why, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
