"""A small storm in every run of the tests; `make sms-storm` is the great one."""

from pathlib import Path

from tests.gateway.storm import Storm


def test_each_message_is_answered_once_and_in_order_whenever_the_gateway_dies(
    tmp_path: Path,
) -> None:
    storm = Storm(tmp_path, messages=30, seed=7, crowd=6, deaths=1)
    storm.run()
    assert storm.kills > 0
    for person in storm.people():
        assert storm.answers(person) == storm.expected(person)
