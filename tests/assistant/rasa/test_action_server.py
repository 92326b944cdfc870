import pytest
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from assistant.action_server import ActionServer
from tests.assistant.rasa.conftest import FakeActions


async def test_all_calls_share_a_session(actions: FakeActions) -> None:
    server = ActionServer.of(EndpointConfig(actions.url))
    for number in range(3):
        assert await server.request(json={"number": number}, timeout=1) == actions.result
    session = server._kept
    assert session is not None
    assert [call["number"] for call in actions.calls] == [0, 1, 2]
    await server.close()
    assert session.closed


async def test_a_refusal_is_an_error_without_the_words_of_the_answer(actions: FakeActions) -> None:
    actions.mode = "fails"
    server = ActionServer.of(EndpointConfig(actions.url))
    with pytest.raises(ClientResponseError) as refused:
        await server.request(json={}, timeout=1)
    assert "broken" not in str(refused.value)
    await server.close()


async def test_a_server_that_hangs_is_not_waited_for(actions: FakeActions) -> None:
    actions.mode = "hangs"
    server = ActionServer.of(EndpointConfig(actions.url))
    with pytest.raises(TimeoutError):
        await server.request(json={}, timeout=0.05)
    await server.close()


def test_the_settings_of_the_endpoint_are_kept() -> None:
    given = EndpointConfig("http://127.0.0.1:1/webhook", enable_selective_domain=True)
    assert ActionServer.of(given).kwargs == {"enable_selective_domain": True}
