import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.wordforms import plain


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("how much r u", "how much are you"),
        ("IM SCARED", "i'm scared"),
        ("I don\u2019t know", "i don't know"),
        ("idk pls help", "i don't know please help"),
        ("u.s. rules", "u.s. rules"),
        ("what's up", "what's up"),
        ("  two\n lines ", "two lines"),
        ("[phone-1] is mine", "[phone-1] is mine"),
    ],
)
def test_shorthand_is_written_out(written: str, read: str) -> None:
    assert plain(written) == read


@given(st.text(max_size=300))
def test_any_text_has_a_plain_form_and_keeps_it(text: str) -> None:
    assert plain(plain(text)) == plain(text)
