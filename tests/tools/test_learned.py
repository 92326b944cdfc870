"""`python -m tools.learned` at the server."""

import shutil
from pathlib import Path

import pytest

from care import learned_patch
from care.db import Core
from care.models import StaffExample
from care.settings import ROOT
from care.wording import load_yaml
from tools import learned

OWN = "what would the whole thing set a plumber back"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two topics: what is missing elsewhere is no fault of theirs."""
    (tmp_path / "data" / "topics").mkdir(parents=True)
    for name in ("topics/detox.yml", "topics/iop_cost.yml", "sources.yml", "resources.yml"):
        shutil.copy(ROOT / "data" / name, tmp_path / "data" / name)
    return tmp_path


def write(core: Core, text: str, label: str = "faq/iop_cost") -> None:
    sealed = core.cipher.encrypt(text.encode(), f"example:{label}".encode())
    with core.transaction() as session:
        session.add(StaffExample(label=label, text=sealed, by="dana"))


def test_it_prints_the_patch_or_applies_it(
    sqlite_core: Core, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(sqlite_core, OWN)
    file = root / "data/topics/iop_cost.yml"
    assert learned.main([], root, sqlite_core) == 0
    made = learned_patch.changes(root, {"faq/iop_cost": [OWN]})
    assert capsys.readouterr().out == learned_patch.patch(made)
    assert OWN not in file.read_text("utf-8")
    assert learned.main(["--apply"], root, sqlite_core) == 0
    assert f"    - {OWN}\n" in file.read_text("utf-8")
    capsys.readouterr()
    assert learned.main(["--apply"], root, sqlite_core) == 0
    assert "Nothing is new" in capsys.readouterr().out


def test_what_the_data_s_check_refuses_leaves_the_files_as_they_were(
    sqlite_core: Core, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    another = load_yaml(root / "data/topics/detox.yml")["nlu"][0]["examples"].splitlines()[0]
    write(sqlite_core, another.removeprefix("- "))
    before = (root / "data/topics/iop_cost.yml").read_text("utf-8")
    assert learned.main(["--apply"], root, sqlite_core) == 1
    assert "also in data/topics/" in capsys.readouterr().err
    assert (root / "data/topics/iop_cost.yml").read_text("utf-8") == before


def test_a_topic_that_is_gone_is_named(
    sqlite_core: Core, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(sqlite_core, OWN, "faq/gone")
    assert learned.main(["--apply"], root, sqlite_core) == 1
    assert "data/topics/gone.yml" in capsys.readouterr().err


def test_training_and_evaluation_follow_if_asked(
    sqlite_core: Core, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(sqlite_core, OWN)
    ran: list[str] = []

    class Done:
        returncode = 0

    def run(command: list[str], **_: object) -> Done:
        ran.append(command[2])
        return Done()

    monkeypatch.setattr("tools.learned.subprocess.run", run)
    assert learned.main(["--evaluate"], root, sqlite_core) == 0
    assert ran == ["assistant.launch", "assistant.evaluate"]
    assert OWN in (root / "data/topics/iop_cost.yml").read_text("utf-8")
