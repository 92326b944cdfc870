from pathlib import Path

from rasa.core.channels.channel import UserMessage
from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.engine import GuideAgent
from assistant.loading import open_model
from assistant.runner import StraightRunner


def test_the_graph_gives_what_dask_would_give(model: Path) -> None:
    _, metadata, runner = open_model(model)
    assert isinstance(runner, StraightRunner)
    tracker = DialogueStateTracker.from_events("nobody", [])
    message = UserMessage("how much does it cost")
    target = str(metadata.nlu_target)
    inputs = {PLACEHOLDER_MESSAGE: [message], PLACEHOLDER_TRACKER: tracker}
    mine = runner.run(inputs, [target])
    dasks = DaskGraphRunner.run(runner, inputs, [target])
    assert list(mine) == list(dasks) == [target]
    assert mine[target][0].as_dict() == dasks[target][0].as_dict()


def test_the_second_run_follows_the_same_plan(agent: GuideAgent) -> None:
    first = agent.processor.understand("how much does it cost")
    assert agent.processor.understand("how much does it cost") == first
