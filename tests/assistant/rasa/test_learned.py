"""What staff write at the desk teaches the guide: by the patch that they save."""

import shutil
import subprocess
from pathlib import Path

from assistant.training import train
from assistant.understanding import Understanding
from care import learned_patch
from tests.assistant.rasa.conftest import PROJECT

SAID = "whats the damage for that thing"
OWN_WORDS = (
    "so how bad is the damage",
    "give me the damage in dollars",
    "is there much damage to my wallet",
    "the damage please",
)


def test_a_model_trained_with_the_patch_understands_the_message(
    model: Path, tmp_path: Path
) -> None:
    assert Understanding.load(model.parent).parse(SAID)["label"] != "faq/cost"
    project = tmp_path / "project"
    shutil.copytree(PROJECT, project)
    give_a_file_of_its_own(project, "faq/cost")
    made = learned_patch.changes(project, {"faq/cost": OWN_WORDS})
    (tmp_path / "examples.patch").write_text(learned_patch.patch(made), encoding="utf-8")
    subprocess.run(["git", "init", "-q"], cwd=project, check=True)
    subprocess.run(["git", "apply", "../examples.patch"], cwd=project, check=True)
    train(project, tmp_path / "models", force=True)
    assert Understanding.load(tmp_path / "models").parse(SAID)["label"] == "faq/cost"


def give_a_file_of_its_own(project: Path, label: str) -> None:
    """As topics have in data/topics/."""
    everything = project / "data" / "all.yml"
    lines = everything.read_text("utf-8").splitlines(keepends=True)
    start = lines.index(f"- intent: {label}\n")
    end = next(n for n in range(start + 1, len(lines)) if lines[n].startswith("- intent"))
    everything.write_text("".join(lines[:start] + lines[end:]), encoding="utf-8")
    topic = project / "data" / "topics" / f"{label.removeprefix('faq/')}.yml"
    topic.parent.mkdir()
    topic.write_text("".join(['version: "3.1"\n', "nlu:\n", *lines[start:end]]), encoding="utf-8")
