"""Checks every file under data/: `python -m tools.check_data [part of a file name ...]`."""

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import yaml

from care import hours
from care.errors import SettingsError
from tools import messenger_profile, spanish, wording
from tools.content import Content, Example, Response, read_content
from tools.labels import BUTTON_LABELS, CODE_LABELS, LABELS, TOPICS

MIN_EXAMPLES: Final = 40
MAX_EXAMPLE: Final = 6000
MAX_TITLE: Final = 20
RESOURCE_AGE: Final = timedelta(days=180)
HOLIDAYS_AHEAD: Final = timedelta(days=90)
PERSON: Final = {"/request_human", "/request_callback"}
ABOUT: Final = ("sources", "reviewed_on", "reviewer_role", "clinical_review", "review_by")
OWN_PAGES: Final = {"/", "/safety", "/chat/export"}
RESOURCE: Final = ("name", "id", "number", "kind", "hours", "languages", "for", "source")
# A crisis text may be a little longer: nothing that keeps a person alive is left out.
WEB_LIMITS: Final = {"utter_crisis": 90}
SMS_LIMITS: Final = {"utter_crisis": 320}
ENTITY: Final = re.compile(r"\[[^\]]*\][({]")
UTTER: Final = re.compile(r"utter_[\w/]+")


def check_topic(topic: str, content: Content) -> list[str]:
    """One topic: its file, its number of examples, an answer for web and for SMS, its buttons."""
    file, name = f"data/topics/{topic}.yml", f"utter_faq/{topic}"
    if file not in content.files:
        return [f"{file}: missing"]
    count = sum(e.label == f"faq/{topic}" for e in content.examples if e.file == file)
    answers = [r for r in content.responses if r.name == name and r.file == file]
    problems = [f"{count} examples (min {MIN_EXAMPLES})"] if count < MIN_EXAMPLES else []
    for channel in ("web", "sms"):
        if channel not in {answer.channel for answer in answers}:
            problems.append(f"no {channel} answer {name}")
    for answer in answers:
        problems += _topic_buttons(answer)
    return [f"{file}: {problem}" for problem in problems]


def _topic_buttons(answer: Response) -> list[str]:
    problems = []
    if not 2 <= len(answer.buttons) <= 3:
        problems.append(f"{answer.channel}: {len(answer.buttons)} buttons (2 to 3)")
    if not any(button.get("payload") in PERSON for button in answer.buttons):
        problems.append(f"{answer.channel}: no button reaches a person")
    return problems


def check_button(button: dict[str, Any], numbers: Iterable[str]) -> list[str]:
    title, target = button.get("title"), button.get("payload", button.get("url"))
    problems = []
    if not isinstance(title, str) or not title.strip() or len(title) > MAX_TITLE:
        problems.append(f"button title not a text of 1 to {MAX_TITLE} characters: {title!r}")
    if not isinstance(target, str) or not target:
        return [*problems, f"button {title!r} leads nowhere"]
    if "payload" in button and target.startswith("/") and target[1:] not in LABELS | BUTTON_LABELS:
        problems.append(f"button {title!r} leads to an unknown label: {target}")
    if "url" in button:
        problems += wording.check_names(target)
        problems += _url_problems(target, numbers)
    return problems


def _url_problems(url: str, numbers: Iterable[str]) -> list[str]:
    if url in OWN_PAGES:
        return []
    scheme, _, rest = url.partition(":")
    if scheme not in {"tel", "sms", "https"}:
        return [f"button address must be tel:, sms: or https: {url}"]
    if scheme == "https" or rest == "$hotline":
        return []
    known = {wording.number_key(number) for number in numbers}
    return [] if wording.number_key(rest) in known else [f"number not in resources: {url}"]


def check_metadata(response: Response, sources: Iterable[str]) -> list[str]:
    about = response.metadata
    missing = [key for key in ABOUT if not about.get(key)]
    if missing:
        return [f"metadata without {', '.join(missing)}"]
    problems = [f"unknown source {s}" for s in about["sources"] if s not in sources]
    reviewed, due = _iso(about["reviewed_on"]), _iso(about["review_by"])
    if reviewed is None or due is None:
        problems.append("dates must be quoted, as '2026-11-24'")
    elif due <= reviewed:
        problems.append("review_by is not after reviewed_on")
    title = about.get("title")
    if title is not None and (not isinstance(title, str) or not 1 <= len(title) <= MAX_TITLE):
        problems.append(f"title not a text of 1 to {MAX_TITLE} characters: {title!r}")
    return problems


def _iso(value: object) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def check_text(response: Response, numbers: Iterable[str]) -> list[str]:
    text, family = response.text, response.name.partition("/")[0].removesuffix("_other")
    if not text.strip():
        return ["no text"]
    problems = wording.check_names(text) + wording.check_words(text)
    problems += wording.check_numbers(text, numbers)
    if spanish.is_spanish(response):
        return problems + spanish.check(response, WEB_LIMITS.get(family, 60))
    problems += wording.check_reading(text)
    if response.channel == "sms":
        problems += wording.check_sms(text, SMS_LIMITS.get(family, 300))
    else:
        problems += wording.check_web(text, WEB_LIMITS.get(family, 60))
    return problems


def check_response(r: Response, numbers: Iterable[str], sources: Iterable[str]) -> list[str]:
    problems = check_text(r, numbers) + check_metadata(r, sources)
    for button in r.buttons:
        problems += check_button(button, numbers)
        problems += wording.check_words(str(button.get("title", "")))
    if r.channel not in {"web", "sms", "messenger"}:
        problems.append("unknown channel")
    return [f"{r.file}: {r.name} ({r.channel}): {problem}" for problem in problems]


def check_titles(responses: Iterable[Response], labels: Iterable[str]) -> list[str]:
    """A title names a label in a menu: each label's answer needs one, and no two share one."""
    needed = {f"utter_{label}" for label in labels if not label.startswith(("crisis", "contact"))}
    names: dict[str, set[str]] = defaultdict(set)
    problems = []
    for response in responses:
        title = response.metadata.get("title")
        if title:
            names[str(title).casefold()].add(response.name)
        elif response.name in needed:
            problems.append(f"{response.file}: {response.name} ({response.channel}): no title")
    doubles = {title: who for title, who in names.items() if len(who) > 1}
    return problems + [
        f"data: title '{t}' used by {', '.join(sorted(who))}" for t, who in sorted(doubles.items())
    ]


def check_examples(examples: Iterable[Example]) -> list[str]:
    problems = []
    for e in examples:
        where = f"{e.file}: {e.label}"
        if e.label in CODE_LABELS or e.label not in LABELS:
            problems.append(f"{where}: not a label to train")
        if e.previous is not None and e.previous not in LABELS:
            problems.append(f"{where}: follows an unknown label: {e.previous}")
        if e.text.startswith("/"):
            problems.append(f"{where}: starts with '/': {e.text[:40]}")
        if len(e.text) > MAX_EXAMPLE:
            problems.append(f"{where}: example of {len(e.text)} characters (max {MAX_EXAMPLE})")
        if ENTITY.search(e.text):
            problems.append(f"{where}: read by Rasa as an entity: {e.text[:40]}")
    return problems


def check_doubles(examples: Iterable[Example]) -> list[str]:
    """No message twice after the same answer, whatever its case, punctuation and spacing."""
    seen: dict[tuple[str | None, str], Example] = {}
    problems = []
    for e in examples:
        key = re.sub(r"[\W_]+", "", e.text.casefold()) or e.text
        first = seen.setdefault((e.previous, key), e)
        if first is not e:
            problems.append(f"{e.file}: {e.label}: also in {first.file}: {e.text[:60]}")
    return problems


def check_resources(rows: object, today: date) -> list[str]:
    file = "data/resources.yml"
    if not isinstance(rows, list) or not rows:
        return [f"{file}: missing or not a list of rows"]
    problems = []
    for row in rows:
        missing = [key for key in RESOURCE if not row.get(key)]
        if row.get("kind") == "text" and not row.get("keyword"):
            missing.append("keyword")
        if row.get("kind") not in {"call", "text", "chat"}:
            problems.append(f"{file}: {row.get('id')}: kind is call, text or chat")
        if missing:
            problems.append(f"{file}: {row.get('id')}: without {', '.join(missing)}")
        checked = _iso(row.get("checked_on"))
        if checked is None or today - checked > RESOURCE_AGE:
            problems.append(f"{file}: {row.get('id')}: not checked for {RESOURCE_AGE.days} days")
    ids = Counter(row.get("id") for row in rows)
    return problems + [f"{file}: id {i} twice" for i, count in ids.items() if count > 1]


def check_hours(rules: object, today: date) -> list[str]:
    file = "data/hours.yml"
    try:
        holidays = hours.parse(rules).holidays
    except SettingsError as error:
        return [f"{file}: {error}"]
    outlived = holidays and max(holidays) < today + HOLIDAYS_AHEAD
    return [f"{file}: no holiday beyond the next {HOLIDAYS_AHEAD.days} days"] if outlived else []


def check_domain(domain: object, content: Content) -> list[str]:
    """The domain and the data name the same intents, and every utterance named exists."""
    if not isinstance(domain, dict):
        return ["domain.yml: not a mapping"]
    intents = {next(iter(i)) if isinstance(i, dict) else str(i) for i in domain.get("intents", [])}
    taught = {e.label.partition("/")[0] for e in content.examples}
    problems = [f"intent {i} without examples" for i in sorted(intents - taught - CODE_LABELS)]
    problems += [f"label {i} is not an intent" for i in sorted(taught - intents)]
    names = {r.name for r in content.responses} | set(domain.get("responses") or {})
    names |= {name.partition("/")[0] for name in names if "/" in name}
    return [f"domain.yml: {problem}" for problem in problems] + [
        f"{file}: {named} is not written"
        for file, tree in [("domain.yml", domain), *_flows(content)]
        for named in sorted(set(_utterances(tree)) - names)
    ]


def check_rules(content: Content) -> list[str]:
    """No rule quotes what somebody writes: assistant/rules.py does not look for such a rule."""
    return [
        f"{file}: rule {rule.get('rule')!r} quotes a message; name its intent instead"
        for file, parsed in content.files.items()
        if isinstance(parsed, dict)
        for rule in parsed.get("rules") or []
        if any(isinstance(step, dict) and "user" in step for step in rule.get("steps") or [])
    ]


def _flows(content: Content) -> Iterator[tuple[str, object]]:
    for file, parsed in content.files.items():
        if isinstance(parsed, dict):
            yield file, [parsed.get("rules"), parsed.get("stories")]


def _utterances(tree: object) -> Iterator[str]:
    if isinstance(tree, dict):
        tree = [*tree, *tree.values()]
    if isinstance(tree, list):
        for branch in tree:
            yield from _utterances(branch)
    elif isinstance(tree, str) and UTTER.fullmatch(tree):
        yield tree


def known_numbers(rows: object) -> list[str]:
    listed = rows if isinstance(rows, list) else []
    return [str(row.get("number")) for row in listed]


def known_sources(parsed: object) -> set[str]:
    return set(parsed) if isinstance(parsed, dict) else set()


def check_all(root: Path, today: date) -> tuple[list[str], Content]:
    content = read_content(root / "data")
    rows = content.files.get("data/resources.yml")
    numbers = known_numbers(rows)
    sources = known_sources(content.files.get("data/sources.yml"))
    problems = content.problems + check_resources(rows, today)
    problems += check_hours(content.files.get("data/hours.yml"), today)
    problems += messenger_profile.check_files(content.files, numbers)
    problems += [] if sources else ["data/sources.yml: missing or empty"]
    for topic in TOPICS:
        problems += check_topic(topic, content)
    for response in content.responses:
        problems += check_response(response, numbers, sources)
    problems += check_titles(content.responses, {e.label for e in content.examples})
    problems += check_examples(content.examples) + check_doubles(content.examples)
    problems += check_rules(content)
    if (domain := root / "domain.yml").exists():
        problems += check_domain(yaml.safe_load(domain.read_text("utf-8")), content)
    return problems, content


def main(arguments: list[str]) -> int:
    problems, content = check_all(Path.cwd(), date.today())
    wanted = [p for p in problems if not arguments or any(a in p for a in arguments)]
    for problem in wanted:
        print(problem)
    if not wanted:
        labels = len({e.label for e in content.examples})
        print(f"{len(content.examples)} examples, {labels} labels, ", end="")
        print(f"{len({r.name for r in content.responses})} responses: no problem")
    return 1 if wanted else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
