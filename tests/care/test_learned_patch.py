"""The patch that git takes: the files of the topics stay as they are but for the new examples."""

import shutil
import subprocess
from pathlib import Path

import pytest

from care import learned_patch
from care.learned_patch import NoPlaceError
from care.settings import ROOT
from care.wording import DATA, load_yaml

TOPICS = sorted(path.stem for path in (DATA / "topics").glob("*.yml"))
ODD = 'it\'s "odd": $5 # {braces} & ümlaut - | > \\'


def examples(path: Path) -> list[str]:
    return [line[2:] for line in load_yaml(path)["nlu"][0]["examples"].splitlines()]


def test_git_applies_it_and_every_topic_keeps_its_format(tmp_path: Path) -> None:
    shutil.copytree(DATA / "topics", tmp_path / "data" / "topics")
    written = {f"faq/{topic}": ["some words of staff's own", ODD] for topic in TOPICS}
    made = learned_patch.changes(ROOT, written)
    patch = tmp_path / "examples.patch"
    patch.write_text(learned_patch.patch(made), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", "--check", patch.name], cwd=tmp_path, check=True)
    subprocess.run(["git", "apply", patch.name], cwd=tmp_path, check=True)
    assert len(made) == len(TOPICS) > 40
    for topic in TOPICS:
        before, after = (root / f"data/topics/{topic}.yml" for root in (ROOT, tmp_path))
        assert examples(after) == [*examples(before), "some words of staff's own", ODD]
        kept = after.read_text("utf-8").replace("    - some words of staff's own\n", "")
        assert kept.replace(f"    - {ODD}\n", "") == before.read_text("utf-8")


def test_what_stands_there_already_is_not_written_again() -> None:
    there = examples(DATA / "topics" / "iop_cost.yml")[:2]
    assert learned_patch.changes(ROOT, {"faq/iop_cost": there}) == []
    (change,) = learned_patch.changes(ROOT, {"faq/iop_cost": [*there, "new one", "new one"]})
    assert change.after.count("- new one\n") == 1


def test_line_ends_stay_as_they_are() -> None:
    content = "nlu:\r\n- intent: faq/x\r\n  examples: |\r\n      - a\r\n\r\nresponses: {}"
    after = learned_patch.with_examples(content, "faq/x", ["b"])
    assert after == content.replace("- a\r\n", "- a\r\n      - b\r\n")


@pytest.mark.parametrize("label", ["faq/none_such", "greet", "crisis/suicide", "faq/../secret"])
def test_a_label_without_a_file_of_its_own_is_refused(label: str) -> None:
    with pytest.raises(NoPlaceError):
        learned_patch.changes(ROOT, {label: ["words"]})


def test_a_file_without_a_list_of_examples_is_refused() -> None:
    for content in ("", "nlu:\n- intent: faq/x\n", "nlu:\n- intent: faq/x\n  examples: text\n"):
        with pytest.raises(NoPlaceError):
            learned_patch.with_examples(content, "faq/x", ["words"])
