import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from assistant.encoder import FOLDER, EncoderError, SentenceEncoder
from assistant.weights import ENCODER


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return SentenceEncoder.load()


def test_vectors_are_of_unit_length(encoder: SentenceEncoder) -> None:
    vectors = encoder.encode(["how much is it", "", "x" * 6000])
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)


def test_like_meanings_are_near(encoder: SentenceEncoder) -> None:
    price, cost, dog = encoder.encode(["how much is it", "what does it cost", "my dog is brown"])
    assert price @ cost > 0.5 > price @ dog + 0.2


def test_a_text_s_vector_does_not_depend_on_its_neighbours(encoder: SentenceEncoder) -> None:
    texts = [f"message number {number} " * (number % 7 + 1) for number in range(80)]
    together = encoder.encode(texts)
    alone = np.stack([SentenceEncoder.load().encode([text])[0] for text in texts[:2]])
    assert np.array_equal(together[:2], alone)


def test_no_texts_are_no_vectors(encoder: SentenceEncoder) -> None:
    assert encoder.encode([]).shape == (0, 384)


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ENCODER
    shutil.copytree(FOLDER / ENCODER, folder)
    tokenizer = json.loads((folder / "tokenizer.json").read_text())
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer))
    with pytest.raises(EncoderError, match=r"tokenizer\.json"):
        SentenceEncoder.load(folder)


def test_a_missing_encoder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="make train"):
        SentenceEncoder.load(tmp_path)
