import numpy as np
import pytest

from assistant.head import RIDGE, _solve, _targets, _weighted, fit


def test_scores_of_a_left_out_example_are_those_of_a_fit_without_it() -> None:
    chance = np.random.default_rng(0)
    rows = chance.standard_normal((80, 12)).astype(np.float32)
    kernel, targets = rows @ rows.T, _targets(chance.integers(0, 3, 80), 3)
    judged = np.array([3, 40, 79])
    _, left_out = _solve(kernel.copy(), targets, judged)
    for place, scores in zip(judged, left_out, strict=True):
        others = np.arange(80) != place
        inner = kernel[np.ix_(others, others)].astype(np.float64) + RIDGE * np.eye(79)
        wanted = kernel[place, others] @ np.linalg.solve(inner, targets[others])
        assert scores == pytest.approx(wanted, abs=1e-3)


TEXTS = ["how much is it", "what does it cost", "how long is it", "how many weeks", "who pays it"]
LABELS = ["cost", "cost", "length", "length", "paying"]


def test_the_quick_row_of_a_text_is_that_of_the_library() -> None:
    vectors = np.eye(len(TEXTS), dtype=np.float32)
    head, unseen = fit(TEXTS, vectors, LABELS, np.arange(2))
    assert head.labels == ["cost", "length", "paying"]
    assert unseen.scores.shape == (2, 3)
    text = "how much does it cost it it"
    for vectorizer, grams, weights in (
        (head.words, head._word_grams(text), head.word_weights),
        (head.letters, head._letter_grams(text), head.letter_weights),
    ):
        wanted = np.asarray(vectorizer.transform([text]) @ weights)[0]
        assert _weighted(vectorizer, grams, weights) == pytest.approx(wanted, abs=1e-5)
    scores, nearest = head.judge("zzz", vectors[0])
    assert int(scores.argmax()) == 0
    assert nearest == pytest.approx(1.0)
