"""Sentences to vectors: a tuned all-MiniLM-L6-v2 as int8 ONNX, a thread a text, no network."""

import hashlib
import json
import os
from collections import OrderedDict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime
from tokenizers import Tokenizer

from assistant.weights import ENCODER

Vectors = npt.NDArray[np.float32]

FOLDER = Path(__file__).resolve().parent.parent / "models" / "encoder"
REMEMBERED = 256
MANY = 64  # texts; so many are training, and not remembered


class EncoderError(Exception):
    """The encoder's files are missing or not the ones that were built."""


class SentenceEncoder:
    """`encode` gives one unit vector a text. Not safe for use from several threads."""

    def __init__(self, session: Any, tokenizer: Any, width: int):
        self._session, self._tokenizer, self._width = session, tokenizer, width
        self._known: OrderedDict[str, Vectors] = OrderedDict()
        self._threads = ThreadPoolExecutor(os.cpu_count())  # idle until two texts come at once

    @classmethod
    def load(cls, folder: Path = FOLDER / ENCODER) -> "SentenceEncoder":
        """Raises EncoderError unless every file has the hash that the manifest gives."""
        manifest = _checked_manifest(folder)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()  # the file asks for 128 tokens: ten times the work of a message
        tokenizer.enable_truncation(manifest["max_tokens"])
        return cls(session, tokenizer, manifest["width"])

    def encode(self, texts: Sequence[str]) -> Vectors:
        """float32 of shape (texts, width), rows of length 1.

        One text at a time: int8 scales follow the whole batch, so a text's vector would depend
        on its neighbours, and training would see other vectors than a visitor's message gets.
        """
        if not texts:
            return np.empty((0, self._width), dtype=np.float32)
        if len(texts) >= MANY:
            return np.stack(list(self._threads.map(self._run, texts)))
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        found = self._threads.map(self._run, new) if len(new) > 1 else map(self._run, new)
        self._known.update(zip(new, found, strict=True))
        for text in texts:
            self._known.move_to_end(text)
        vectors = np.stack([self._known[text] for text in texts])
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return vectors

    def _run(self, text: str) -> Vectors:
        row = self._tokenizer.encode(text)
        inputs = {
            "input_ids": np.array([row.ids], dtype=np.int64),
            "attention_mask": np.array([row.attention_mask], dtype=np.int64),
        }
        vector: Vectors = self._session.run(["sentence"], inputs)[0][0]
        return vector


def _checked_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        files = {name: (folder / name).read_bytes() for name in manifest["files"]}
    except (OSError, ValueError, KeyError) as error:
        raise EncoderError(
            f"The sentence encoder is not in {folder}; `make train` builds it."
        ) from error
    for name, expected in manifest["files"].items():
        if hashlib.sha256(files[name]).hexdigest() != expected:
            raise EncoderError(f"{folder / name} is not the file that was built.")
    return manifest
