import hashlib

from assistant.weights import DELTA, ENCODER

MOST_BYTES = 2_000_000


def test_what_the_encoder_learned_is_the_file_that_its_name_says() -> None:
    content = DELTA.read_bytes()
    assert hashlib.sha256(content).hexdigest()[:12] == ENCODER
    assert len(content) < MOST_BYTES
