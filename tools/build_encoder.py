"""`python -m tools.build_encoder`: makes the int8 sentence encoder in models/encoder/.

Runs in the build environment (requirements/build.lock). The weights come out of a package, and
what the encoder learned about this guide's labels out of assistant/; both are used only if
their hashes are the known ones. The same weights give the same files. With `--untuned` it makes
the encoder as it was before it learned anything, for comparison.
"""

import argparse
import hashlib
import importlib.metadata
import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnxruntime.quantization import QuantType, quantize_dynamic
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from assistant.weights import DELTA, ENCODER
from tools.bert_onnx import Array, Bert, Shape
from tools.weights import HASHES, PACKAGE, UNTUNED

SHAPE = Shape(layers=6, heads=12, width=384)
ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "models" / "encoder"
MAX_TOKENS = 256
# Over 518 sentences: median 0.992, worst 0.964. Far below, the quantisation went wrong.
LEAST_COSINE = 0.95
SENTENCES = [
    "how much is it",
    "my son keeps relapsing and i dont know what to do anymore",
    "Can I keep working while I am in an intensive outpatient program?",
    "u there",
    "I have been sober for two years and last night I had a drink. Where do I go from here?",
]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.build_encoder")
    parser.add_argument("--untuned", action="store_true", help="without what it learned here")
    untuned = parser.parse_args().untuned
    try:
        files = checked_files()
    except (ValueError, importlib.metadata.PackageNotFoundError) as error:
        print(f"build_encoder: {error}", file=sys.stderr)
        return 1
    print("Building the sentence encoder ...", flush=True)
    packaged = load_file(files["model.safetensors"])
    weights = packaged if untuned else tuned(packaged, load_file(DELTA))
    folder = TARGET / (UNTUNED if untuned else ENCODER)
    least = _build(weights, files["tokenizer.json"], folder)
    if least < LEAST_COSINE:
        print(f"build_encoder: int8 differs too much (cosine {least:.3f})", file=sys.stderr)
        return 1
    _write_manifest(folder, least, None if untuned else DELTA)
    print(f"Sentence encoder ready: {_megabytes(folder / 'model.onnx')}, cosine {least:.3f}.")
    return 0


def _build(weights: dict[str, Array], tokenizer: Path, folder: Path) -> float:
    """Writes the files, and returns how close int8 stays to the exact vectors."""
    with tempfile.TemporaryDirectory() as scratch:
        exact = Path(scratch) / "exact.onnx"
        onnx.save(Bert(weights, SHAPE).build(), exact)
        folder.mkdir(parents=True, exist_ok=True)
        _quantise(exact, folder / "model.onnx")
        shutil.copyfile(tokenizer, folder / "tokenizer.json")
        return _least_cosine(exact, folder)


def checked_files() -> dict[str, Path]:
    files = importlib.metadata.files(PACKAGE) or []
    found = {Path(str(f)).name: Path(str(f.locate())) for f in files if Path(str(f)).name in HASHES}
    for name, expected in HASHES.items():
        if name not in found or _sha256(found[name]) != expected:
            raise ValueError(f"{name} in {PACKAGE} is missing or not the known file")
    if _sha256(DELTA)[:12] != ENCODER:
        raise ValueError(f"{DELTA.name} is not the one that assistant/weights.py names")
    return found


def tuned(weights: dict[str, Array], delta: dict[str, Array]) -> dict[str, Array]:
    """The weights with the low-rank changes of tools/lora.py added to them."""
    changed = dict(weights)
    for name in sorted({key.removesuffix(".a") for key in delta if key.endswith(".a")}):
        product = delta[f"{name}.b"].astype(np.float32) @ delta[f"{name}.a"].astype(np.float32)
        changed[f"{name}.weight"] = weights[f"{name}.weight"] + product
    return changed


def _quantise(exact: Path, target: Path) -> None:
    # It advises a step for graphs from other tools, on the root logger.
    logging.getLogger().addFilter(lambda line: "pre-processing" not in line.getMessage())
    quantize_dynamic(
        exact,
        target,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        reduce_range=True,  # 7 bits: older processors overflow with 8
        weight_type=QuantType.QInt8,
    )


def _least_cosine(exact: Path, folder: Path) -> float:
    """How alike the exact and the quantised vectors are, for the sentence that suffers most."""
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    one, two = _encode(exact, tokenizer), _encode(folder / "model.onnx", tokenizer)
    return float((one * two).sum(axis=1).min())


def _encode(model: Path, tokenizer: Any) -> npt.NDArray[np.float32]:
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    tokenizer.enable_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    rows = tokenizer.encode_batch(SENTENCES)
    inputs = {
        "input_ids": np.array([row.ids for row in rows], dtype=np.int64),
        "attention_mask": np.array([row.attention_mask for row in rows], dtype=np.int64),
    }
    vectors: npt.NDArray[np.float32] = session.run(["sentence"], inputs)[0]
    return vectors


def _write_manifest(folder: Path, least: float, delta: Path | None) -> None:
    manifest = {
        "weights": HASHES["model.safetensors"],
        "delta": _sha256(delta) if delta else None,
        "package": f"{PACKAGE} {importlib.metadata.version(PACKAGE)}",
        "files": {name: _sha256(folder / name) for name in ("model.onnx", "tokenizer.json")},
        "width": SHAPE.width,
        "max_tokens": MAX_TOKENS,
        "least_cosine": round(least, 4),
    }
    text = json.dumps(manifest, indent=1) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
