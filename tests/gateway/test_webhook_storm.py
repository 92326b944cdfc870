"""A small storm in every run of the tests; `make webhook-storm` is the great one."""

from pathlib import Path

import pytest

from tests.gateway.storm import Storm
from tests.gateway.storm_mail import MAILS


@pytest.mark.parametrize("channel", list(MAILS))
def test_each_message_is_answered_once_and_in_order_whenever_the_gateway_dies(
    tmp_path: Path, channel: str
) -> None:
    storm = Storm(tmp_path, messages=30, seed=7, crowd=6, deaths=1, channel=channel)
    storm.run()
    assert storm.kills > 0
    assert storm.mail.posted >= 30 / 6
    assert storm.wrong() == {}
