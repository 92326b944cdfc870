"""The guide's data as a stock Rasa project."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.stock_project import assemble, intent_of

TOPIC = """
version: "3.1"
nlu:
- intent: faq/iop_cost
  examples: |
    - how much is it
responses:
  utter_faq/iop_cost:
  - text: It depends.
    buttons:
    - {title: Ways to pay, payload: /faq/paying_for_treatment}
    - {title: Call, url: "tel:$hotline"}
    metadata: {reviewed_on: "2026-11-24"}
  - channel: sms
    text: Depends.
"""
CRISIS = """
version: "3.1"
nlu:
- intent: crisis/overdose
  examples: |
    - he is not waking up
responses:
  utter_crisis/overdose:
  - text: Call 911 now.
  utter_contact_done:
  - text: "Your number is {number}."
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for name, text in (("topics/iop_cost.yml", TOPIC), ("crisis/overdose.yml", CRISIS)):
        file = tmp_path / "data" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    return tmp_path / "data"


def read(path: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return loaded


def test_only_topics_stay_retrieval_intents() -> None:
    assert intent_of("faq/iop_cost") == "faq/iop_cost"
    assert intent_of("crisis/overdose") == "crisis_overdose"


def test_examples_answers_and_a_rule_for_each_intent_are_taken_over(
    data: Path, tmp_path: Path
) -> None:
    project = tmp_path / "stock"
    assemble(data, project)
    nlu = {block["intent"]: block["examples"] for block in read(project / "data/nlu.yml")["nlu"]}
    rules = [rule["rule"] for rule in read(project / "data/rules.yml")["rules"]]
    domain = read(project / "domain.yml")
    assert nlu["crisis_overdose"] == "- he is not waking up\n"
    assert rules == ["crisis_overdose"]
    assert domain["intents"] == ["crisis_overdose", "faq"]
    assert domain["responses"]["utter_crisis_overdose"] == [{"text": "Call 911 now."}]


def test_an_answer_keeps_its_web_text_and_the_buttons_that_say_something(
    data: Path, tmp_path: Path
) -> None:
    assemble(data, tmp_path / "stock")
    assert read(tmp_path / "stock/domain.yml")["responses"]["utter_faq/iop_cost"] == [
        {
            "text": "It depends.",
            "buttons": [{"title": "Ways to pay", "payload": "/faq/paying_for_treatment"}],
        }
    ]


def test_a_text_with_arguments_leaves_the_stock_wording_in_place(
    data: Path, tmp_path: Path
) -> None:
    assemble(data, tmp_path / "stock")
    done = read(tmp_path / "stock/domain.yml")["responses"]["utter_contact_done"]
    assert "{number}" not in done[0]["text"]


def test_the_name_of_the_model_changes_with_the_data_and_only_then(
    data: Path, tmp_path: Path
) -> None:
    first, again = (assemble(data, tmp_path / name) for name in ("one", "two"))
    (data / "topics/iop_cost.yml").write_text(TOPIC.replace("how much", "what"), "utf-8")
    assert first == again != assemble(data, tmp_path / "one")


def test_the_recommended_100_epochs_are_the_default(data: Path, tmp_path: Path) -> None:
    assemble(data, tmp_path / "stock")
    config = read(tmp_path / "stock/config.yml")
    epochs = [
        part["epochs"] for part in config["pipeline"] + config["policies"] if "epochs" in part
    ]
    assert epochs == [100, 100, 100, 100]
