from pathlib import Path

import pytest

from assistant import fingerprint
from assistant.launch import main


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/topics/a.yml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_the_same_content_gives_the_same_fingerprint(project: Path) -> None:
    before = fingerprint.of(project)
    (project / "config.yml").touch()
    assert fingerprint.of(project) == before


@pytest.mark.parametrize("name", ["config.yml", "domain.yml", "data/topics/a.yml"])
def test_a_change_in_an_input_changes_it(project: Path, name: str) -> None:
    before = fingerprint.of(project)
    (project / name).write_text("changed")
    assert fingerprint.of(project) != before


def test_a_new_or_renamed_file_changes_it(project: Path) -> None:
    before = fingerprint.of(project)
    (project / "data/topics/a.yml").rename(project / "data/topics/b.yml")
    assert fingerprint.of(project) != before


def test_training_is_skipped_with_one_line_when_nothing_changed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    models = project / "models"
    models.mkdir()
    (models / "guide.tar.gz").touch()
    fingerprint.store(models, fingerprint.of(project))
    assert main(["train", "--root", str(project), "--models", str(models)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_serving_without_a_model_says_what_to_do(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--root", str(project), "--models", str(project)]) == 1
    assert "make train" in capsys.readouterr().err
