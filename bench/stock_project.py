"""Puts the guide's data/ and the stock settings together into a stock Rasa project."""

import hashlib
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any, Final

import yaml

from tools.content import Content, Response, read_content

SETTINGS: Final = Path(__file__).parent / "stock"
# Their rules are written out in stock/stories.yml.
WITH_OWN_RULES: Final = {"faq", "request_callback"}
RECOMMENDED_EPOCHS: Final = 100


def assemble(data: Path, project: Path, epochs: int = RECOMMENDED_EPOCHS) -> str:
    """Writes the project and returns a hash of everything that the model depends on."""
    content = read_content(data)
    if content.problems:
        raise SystemExit("data/ cannot be read:\n" + "\n".join(content.problems[:5]))
    shutil.rmtree(project / "data", ignore_errors=True)
    shutil.copytree(SETTINGS, project, dirs_exist_ok=True, ignore=_without_caches)
    (project / "data").mkdir()
    (project / "stories.yml").rename(project / "data" / "stories.yml")
    config = project / "config.yml"
    config.write_text(_with_epochs(config.read_text("utf-8"), epochs), "utf-8")
    _write(project / "data" / "nlu.yml", {"nlu": _nlu(content)})
    _write(project / "data" / "rules.yml", {"rules": _rules(content)})
    _write(project / "domain.yml", _domain(content, project / "domain.yml"))
    return _fingerprint([config, project / "domain.yml", *project.glob("data/*")])


def intent_of(label: str) -> str:
    """The guide's crises are ordinary intents in stock Rasa; only faq/ is a retrieval intent."""
    return label if label.startswith("faq/") else label.replace("/", "_")


def label_of(intent: str) -> str:
    return intent.replace("crisis_", "crisis/", 1) if intent.startswith("crisis_") else intent


def _nlu(content: Content) -> list[dict[str, str]]:
    blocks: dict[str, list[str]] = {}
    for example in content.examples:
        if example.previous:
            continue  # stock Rasa cannot tell what a message follows
        blocks.setdefault(intent_of(example.label), []).append(f"- {example.text}\n")
    return [{"intent": intent, "examples": "".join(lines)} for intent, lines in blocks.items()]


def _intents(content: Content) -> list[str]:
    return sorted({intent_of(example.label).split("/")[0] for example in content.examples})


def _rules(content: Content) -> list[dict[str, Any]]:
    return [
        {"rule": intent, "steps": [{"intent": intent}, {"action": f"utter_{intent}"}]}
        for intent in _intents(content)
        if intent not in WITH_OWN_RULES
    ]


def _domain(content: Content, settings: Path) -> dict[str, Any]:
    domain: dict[str, Any] = yaml.safe_load(settings.read_text("utf-8"))
    taught: dict[str, list[dict[str, Any]]] = {}
    for response in content.responses:
        # An argument in braces is filled by the guide's own code, which stock does not have.
        if response.channel == "web" and "{" not in response.text:
            name = f"utter_{intent_of(response.name.removeprefix('utter_'))}"
            taught.setdefault(name, []).append(_stock_response(response))
    responses = domain["responses"] = {**domain["responses"], **taught}
    for intent in _intents(content):
        if intent != "faq":
            responses.setdefault(f"utter_{intent}", deepcopy(responses["utter_stock_reply"]))
    domain["intents"] = _intents(content)
    domain["actions"] = [*domain["actions"], "utter_faq"]
    return domain


def _stock_response(response: Response) -> dict[str, Any]:
    # Links are the guide's own kind of button.
    pressed = [button for button in response.buttons if "payload" in button]
    buttons = [{"title": b["title"], "payload": b["payload"]} for b in pressed]
    return {"text": response.text, "buttons": buttons} if buttons else {"text": response.text}


def _with_epochs(config: str, epochs: int) -> str:
    return config.replace(f"epochs: {RECOMMENDED_EPOCHS}", f"epochs: {epochs}")


def _write(path: Path, content: dict[str, Any]) -> None:
    text = yaml.safe_dump({"version": "3.1", **content}, allow_unicode=True, width=10_000)
    path.write_text(text, "utf-8")


def _fingerprint(files: list[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _without_caches(_folder: str, names: list[str]) -> set[str]:
    return {name for name in names if name == "__pycache__"}
