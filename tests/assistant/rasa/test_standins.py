import subprocess
import sys
from pathlib import Path

import pytest

from assistant import standins

POLICIES = [{"name": "RulePolicy"}]
PIPELINE = [{"name": "LogisticRegressionClassifier"}]


@pytest.mark.parametrize(
    "name",
    [
        "DIETClassifier",
        "ResponseSelector",
        "ConveRTFeaturizer",
        "LanguageModelFeaturizer",
        "rasa.nlu.classifiers.diet_classifier.DIETClassifier",
    ],
)
def test_a_component_that_needs_tensorflow_is_refused_by_name(name: str) -> None:
    with pytest.raises(standins.UnavailableComponentError, match=f"'{name}'.*tensorflow"):
        standins.check({"pipeline": [{"name": name}], "policies": POLICIES})


@pytest.mark.parametrize("name", ["TEDPolicy", "UnexpecTEDIntentPolicy"])
def test_so_is_such_a_policy(name: str) -> None:
    with pytest.raises(standins.UnavailableComponentError, match=name):
        standins.check({"pipeline": PIPELINE, "policies": [{"name": name}]})


@pytest.mark.parametrize("section", ["pipeline", "policies"])
def test_an_empty_section_is_refused_because_rasa_would_fill_it_with_tensorflow(
    section: str,
) -> None:
    config = {"pipeline": PIPELINE, "policies": POLICIES, section: None}
    with pytest.raises(standins.UnavailableComponentError, match=section):
        standins.check(config)


def test_this_project_s_own_config_is_accepted() -> None:
    import rasa.shared.utils.io  # noqa: PLC0415

    root = Path(standins.__file__).resolve().parent.parent
    standins.check(rasa.shared.utils.io.read_config_file(root / "config.yml"))


def test_the_launcher_stops_with_one_line_that_names_the_component(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text(
        "recipe: default.v1\nlanguage: en\npipeline:\n- name: DIETClassifier\n"
        "policies:\n- name: RulePolicy\n"
    )
    command = [sys.executable, "-m", "assistant.launch", "train", "--root", str(tmp_path)]
    done = subprocess.run(
        [*command, "--models", str(tmp_path / "models")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "DIETClassifier" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_other_libraries_find_no_tensorflow_afterwards() -> None:
    with pytest.raises(ModuleNotFoundError):
        __import__("tensorflow")
    assert not [n for n in sys.modules if n.partition(".")[0] in standins.MISSING]
    import botocore.exceptions  # noqa: PLC0415  (the real one is still there for who needs it)

    assert issubclass(botocore.exceptions.BotoCoreError, Exception)
