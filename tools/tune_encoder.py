"""`make tune-encoder`: teaches the sentence encoder this guide's labels; about twenty minutes.

Writes assistant/minilm.safetensors (see tools/lora.py), which `make train` merges with
the packaged weights. Examples that `assistant.context.kept_apart` names are not learned from, so
that calibration can trust what the head says of them. Needs requirements/tune.in.
"""

import argparse
import hashlib
import math
import random
import time
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F  # noqa: N812  (its usual name)
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import nn
from transformers import BertConfig, BertModel

from assistant.context import kept_apart, reading
from assistant.weights import DELTA
from tools import lora
from tools.build_encoder import ROOT, SHAPE, checked_files
from tools.content import read_content
from tools.misspell import misspelled

RANK = 16
LABELS_A_BATCH, EXAMPLES_A_LABEL = 24, 4
LEARNING_RATE, HEAD_LEARNING_RATE = 5e-4, 5e-3
SMOOTHING = 0.1
HEAD_SHARPNESS, PAIR_SHARPNESS, PAIR_WEIGHT = 16.0, 14.0, 0.25
WARM_UP, LOWEST_RATE = 0.06, 0.02
CONTEXT_SHARE, SELF_EXPLAINING_WORDS = 0.2, 5
LONGEST_TOKENS = 96
TOGETHER = 24
TOLD_EVERY = 25


@dataclass(frozen=True)
class Sample:
    text: str
    label: str
    previous: str | None


class Drawer:
    """Batches of a few labels with a few examples each; rare labels come up more often."""

    def __init__(self, samples: list[Sample], chance: random.Random):
        self.chance = chance
        self._by_label: dict[str, list[Sample]] = defaultdict(list)
        for sample in samples:
            self._by_label[sample.label].append(sample)
        self.labels = sorted(self._by_label)
        self.topics = [label for label in self.labels if label.startswith("faq/")]
        self._left: dict[str, list[Sample]] = {label: [] for label in self.labels}

    def batch(self) -> list[Sample]:
        weights = {label: len(self._by_label[label]) ** 0.75 for label in self.labels}
        # Without replacement (Efraimidis and Spirakis 2006).
        keys = {label: self.chance.random() ** (1 / w) for label, w in weights.items()}
        chosen = sorted(self.labels, key=keys.__getitem__, reverse=True)[:LABELS_A_BATCH]
        return [self._next(label) for label in chosen for _ in range(EXAMPLES_A_LABEL)]

    def _next(self, label: str) -> Sample:
        if not self._left[label]:
            self._left[label] = self._by_label[label][:]
            self.chance.shuffle(self._left[label])
        return self._left[label].pop()

    def written(self, sample: Sample) -> str:
        """One way to write it; what explains itself means the same after any other topic."""
        text, previous = misspelled(sample.text, self.chance), sample.previous
        explains_itself = len(sample.text.split()) >= SELF_EXPLAINING_WORDS
        if not previous and explains_itself and self.chance.random() < CONTEXT_SHARE:
            previous = self.chance.choice(self.topics)
        return reading(text, previous)


class Encoder:
    """all-MiniLM-L6-v2 with low-rank layers, mean pooling and vectors of length 1."""

    def __init__(self) -> None:
        files = checked_files()
        shape = BertConfig(
            hidden_size=SHAPE.width,
            num_hidden_layers=SHAPE.layers,
            num_attention_heads=SHAPE.heads,
            intermediate_size=4 * SHAPE.width,
        )
        self.network = BertModel(shape, add_pooling_layer=False)
        self.network.load_state_dict(load_file(files["model.safetensors"]), strict=False)
        self.layers = lora.attach(self.network, RANK)
        self.network.train()
        self._tokenizer = Tokenizer.from_file(str(files["tokenizer.json"]))
        self._tokenizer.enable_truncation(LONGEST_TOKENS)
        self._tokenizer.enable_padding()

    def vectors(self, texts: list[str]) -> torch.Tensor:
        """Texts of like length go together: most of the work would be padding otherwise."""
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        parts = [order[start : start + TOGETHER] for start in range(0, len(order), TOGETHER)]
        found = torch.cat([self._padded([texts[place] for place in part]) for part in parts])
        return found[torch.tensor(order).argsort()]

    def _padded(self, texts: list[str]) -> torch.Tensor:
        rows = self._tokenizer.encode_batch(texts)
        mask = torch.tensor([row.attention_mask for row in rows])
        inputs = {"input_ids": torch.tensor([row.ids for row in rows]), "attention_mask": mask}
        hidden = self.network(**inputs).last_hidden_state * mask[..., None]
        return F.normalize(hidden.sum(1) / mask.sum(1, keepdim=True), dim=1)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.tune_encoder", description=__doc__)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=DELTA)
    options = parser.parse_args()
    torch.manual_seed(options.seed)
    samples = [
        Sample(e.text, e.label, e.previous)
        for e in read_content(ROOT / "data").examples
        if not kept_apart(e.text)
    ]
    encoder = tune(samples, options.epochs, random.Random(options.seed))  # noqa: S311
    save_file(lora.delta(encoder.layers), options.out)
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    print(f"Written. Set ENCODER to {digest[:12]} in assistant/weights.py, then run `make eval`.")
    return 0


def tune(samples: list[Sample], epochs: int, chance: random.Random) -> Encoder:
    encoder, drawer = Encoder(), Drawer(samples, chance)
    places = {label: place for place, label in enumerate(drawer.labels)}
    head = nn.Parameter(torch.randn(len(places), SHAPE.width) * 0.05)
    learned = [p for p in encoder.network.parameters() if p.requires_grad]
    groups = [
        {"params": learned, "lr": LEARNING_RATE},
        {"params": [head], "lr": HEAD_LEARNING_RATE},
    ]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    steps = epochs * len(samples) // (LABELS_A_BATCH * EXAMPLES_A_LABEL)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, steps))
    started = time.monotonic()
    for step in range(1, steps + 1):
        batch = drawer.batch()
        vectors = encoder.vectors([drawer.written(sample) for sample in batch])
        wanted = torch.tensor([places[sample.label] for sample in batch])
        loss = _loss(vectors, wanted, head)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        schedule.step()
        if step % TOLD_EVERY == 0 or step == steps:
            spent = time.monotonic() - started
            print(f"step {step} of {steps}, loss {loss.item():.2f}, {spent:.0f} s", flush=True)
    return encoder


def _loss(vectors: torch.Tensor, wanted: torch.Tensor, head: nn.Parameter) -> torch.Tensor:
    """Cross-entropy over the labels, and the supervised contrastive term (Khosla et al. 2020)."""
    logits = HEAD_SHARPNESS * vectors @ F.normalize(head, dim=1).T
    itself = torch.eye(len(wanted), dtype=torch.bool)
    alike = (PAIR_SHARPNESS * vectors @ vectors.T).masked_fill(itself, -1e9)
    same = (wanted[:, None] == wanted[None]) & ~itself
    pairs = -(F.log_softmax(alike, 1) * same).sum(1) / same.sum(1).clamp(min=1)
    entropy = F.cross_entropy(logits, wanted, label_smoothing=SMOOTHING)
    return entropy + PAIR_WEIGHT * pairs.mean()


def _rate(step: int, steps: int) -> float:
    """A linear start, then half a cosine down."""
    falling = 0.5 * (1 + math.cos(math.pi * step / steps))
    return min(1.0, step / (WARM_UP * steps)) * max(LOWEST_RATE, falling)


if __name__ == "__main__":
    raise SystemExit(main())
