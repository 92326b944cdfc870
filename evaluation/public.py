"""`make eval-public`: the encoder and the head on a public data set, to compare with others' work.

Reads BANKING77 or CLINC150 from files that you give (see evaluation/public_data.py) and downloads
nothing. Prints the accuracy and, where there are out-of-scope rows, how well these are told apart
by what the guide abstains on: the first label's probability times the nearest cosine.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import roc_auc_score

from assistant.context import reading
from assistant.encoder import FOLDER, EncoderError, SentenceEncoder
from assistant.eval_report import interval, number, table
from assistant.head import Head, fit, softmax
from assistant.metrics import Rate, rate
from assistant.tuning import temperature_of
from assistant.weights import ENCODER
from evaluation.public_data import Labelled, PublicDataError, Task, read_task, shots
from tools.weights import UNTUNED

COVERAGE = 0.95
Scores = npt.NDArray[np.float64]


class Judge:
    """The head trained on some examples: the likeliest label, and how sure it is."""

    def __init__(self, encoder: SentenceEncoder, examples: Sequence[Labelled]):
        self._encoder = encoder
        texts = [reading(text, None) for text, _ in examples]
        labels = [label for _, label in examples]
        everything = np.arange(len(texts))
        self._head: Head
        self._head, unseen = fit(texts, encoder.encode(texts), labels, everything)
        self._temperature = temperature_of(unseen)

    def answers(self, texts: Sequence[str]) -> tuple[list[str], Scores]:
        spelled = [reading(text, None) for text in texts]
        pairs = zip(spelled, self._encoder.encode(spelled), strict=True)
        found = [self._answer(text, vector) for text, vector in pairs]
        return [label for label, _ in found], np.array([score for _, score in found])

    def _answer(self, text: str, vector: Any) -> tuple[str, float]:
        scores, nearest = self._head.judge(text, vector)
        sure = softmax(scores[None], self._temperature)[0]
        return self._head.labels[int(sure.argmax())], float(sure.max()) * nearest


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    try:
        task = read_task(options.train, options.test)
        encoder = SentenceEncoder.load(FOLDER / (UNTUNED if options.untuned else ENCODER))
    except (PublicDataError, EncoderError) as error:
        print(f"evaluation.public: {error}", file=sys.stderr)
        return 2
    examples = shots(task.train, options.shots, options.seed)
    print(report(task, examples, figures(Judge(encoder, examples), task)))
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evaluation.public")
    parser.add_argument("train", type=Path, metavar="TRAIN", help="a CSV, or CLINC150's JSON")
    parser.add_argument("--test", type=Path, help="the CSV to test with")
    parser.add_argument("--shots", type=int, default=10, help="examples a label; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="which examples are drawn")
    parser.add_argument("--untuned", action="store_true", help="the encoder as it was packaged")
    return parser.parse_args(arguments)


def figures(judge: Judge, task: Task) -> dict[str, Rate | float]:
    answers, inside = judge.answers([text for text, _ in task.test])
    right = sum(a == label for a, (_, label) in zip(answers, task.test, strict=True))
    found: dict[str, Rate | float] = {"accuracy": rate(right, len(task.test))}
    if task.outside:
        _, outside = judge.answers(task.outside)
        found |= told_apart(inside, outside)
    return found


def told_apart(inside: Scores, outside: Scores) -> dict[str, Rate | float]:
    wanted = np.concatenate([np.ones(len(inside)), np.zeros(len(outside))])
    least = np.quantile(inside, 1 - COVERAGE)
    refused = int((outside < least).sum())
    return {
        "out-of-scope AUROC": float(roc_auc_score(wanted, np.concatenate([inside, outside]))),
        "out-of-scope recall at 95% in-scope coverage": rate(refused, len(outside)),
    }


def report(task: Task, examples: Sequence[Labelled], found: dict[str, Rate | float]) -> str:
    labels = len({label for _, label in examples})
    head = f"{labels} labels, trained on {len(examples)} of {len(task.train)} examples."
    rows = [
        [name, number(value["value"]), interval(value), str(value["n"])]
        if isinstance(value, dict)
        else [name, number(value), "", ""]
        for name, value in found.items()
    ]
    return f"{head}\n\n{table(['figure', 'value', '95% interval', 'n'], rows)}"


if __name__ == "__main__":
    sys.exit(main())
