from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from care import alerts, ladder
from care.db import now
from care.ladder import Step
from care.settings import Settings

BY_SETTING = {
    "step_1": "mailto://one.example mailto://two.example",
    "step_2": "webhook+https://three.example/x",
}
DUE = timedelta(hours=3)


def configured(settings: Settings, **more: str) -> Settings:
    given: dict[str, Any] = {f"alert_{key}": value for key, value in {**BY_SETTING, **more}.items()}
    return Settings(
        data_keys=settings.data_keys, alert_webhook_key="webhook-key-of-the-tests", **given
    )


def planned(settings: Settings, kind: str) -> list[tuple[str, float]]:
    start = now()
    return [
        (p.recipient, (p.due_at - start).total_seconds())
        for p in ladder.plan(settings, ladder.steps(kind), start, start + DUE)
    ]


def test_urgent_goes_out_at_once_after_two_minutes_and_after_five(settings: Settings) -> None:
    assert planned(configured(settings), "urgent") == [
        ("step_1.1", 0),
        ("step_1.2", 0),
        ("step_2.1", 120),
        ("step_2.1", 300),  # nobody is named for the third step
    ]


def test_a_call_back_goes_out_at_once_and_when_overdue(settings: Settings) -> None:
    assert planned(configured(settings, callback="mailto://four.example"), "callback") == [
        ("callback.1", 0),
        ("callback.1", DUE.total_seconds()),
    ]


def test_what_was_due_before_is_told_at_once(settings: Settings) -> None:
    start = now()
    plan = ladder.plan(settings, ladder.steps("callback"), start, start - DUE)
    assert {p.due_at for p in plan} == {start}


def test_a_development_machine_has_the_console(settings: Settings) -> None:
    assert [r for r, _ in planned(settings, "urgent")] == ["console"] * 3


def test_switched_off_nothing_is_planned(settings: Settings) -> None:
    off = configured(settings).model_copy(update={"alerts": "off"})
    assert planned(off, "urgent") == []
    assert ladder.every_recipient(off) == []


def test_every_recipient_is_named_once_and_without_its_address(settings: Settings) -> None:
    named = ladder.every_recipient(configured(settings))
    assert [r.name for r in named] == ["step_1.1", "step_1.2", "step_2.1"]


@pytest.mark.parametrize("kind", ["urgent", "callback"])
def test_a_ladder_begins_at_once_and_climbs(kind: str) -> None:
    steps = [step.after for step in ladder.steps(kind)]
    assert steps[0] == timedelta(0)
    assert all(a is not None and (b is None or a < b) for a, b in pairwise(steps))


@given(
    st.lists(st.integers(0, 86400), max_size=6),
    st.lists(st.sampled_from(["step_1", "step_2", "step_3", "callback"]), min_size=6, max_size=6),
)
def test_whatever_the_ladder_nobody_is_told_twice_at_one_step_or_before_its_time(
    seconds: list[int], to: list[str]
) -> None:
    settings = Settings(
        alert_step_1="console: mailto://a.example", alert_step_3="mailto://b.example"
    )
    steps = [Step(i, timedelta(seconds=s), to[i]) for i, s in enumerate(seconds)]
    start = now()
    plan = ladder.plan(settings, steps, start, start)
    assert len({(p.step, p.recipient) for p in plan}) == len(plan)
    assert {p.step for p in plan} == set(range(len(steps)))
    for each in plan:
        assert each.due_at == start + timedelta(seconds=seconds[each.step])


@given(st.integers(1, alerts.QUICK_TRIES), st.floats(0, 1))
def test_a_wait_is_never_longer_than_a_minute_nor_shorter_than_half_of_its_turn(
    attempt: int, jitter: float
) -> None:
    wait = alerts.wait_after(attempt, jitter)
    full = min(timedelta(seconds=2 * 2 ** (attempt - 1)), timedelta(minutes=1))
    assert full / 2 <= wait <= full
