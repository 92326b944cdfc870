"""The figures of the benchmark, from samples to table."""

import pytest

from bench.measure import EARLY, LATE, ROTATION
from bench.product import events
from bench.report import Row, Samples, as_json, markdown, percentile, rows


def samples(**kinds: tuple[list[float], list[float]]) -> Samples:
    found = Samples()
    for kind, (stock, product) in kinds.items():
        for value in stock:
            found.add("stock", kind, value)
        for value in product:
            found.add("product", kind, value)
    return found


def row(table: list[Row], title: str) -> Row:
    return next(row for row in table if row.title == title)


def test_the_median_of_an_even_number_lies_between_the_middle_two() -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], 0.5) == 2.5


def test_p95_is_a_measured_value_that_95_of_100_do_not_exceed() -> None:
    assert percentile([float(n) for n in range(1, 101)], 0.95) == 95.0


def test_nothing_measured_has_no_percentile() -> None:
    assert percentile([], 0.95) is None


def test_a_ratio_at_the_limit_is_met_and_above_it_is_not() -> None:
    table = rows(samples(memory=([1000e6], [450e6]), start=([20.0], [5.1])))
    memory, start = row(table, "Idle memory, all processes"), row(table, "Start to first answer")
    assert (memory.stock, memory.product) == pytest.approx((1000, 450))
    assert memory.met is True
    assert start.judged == pytest.approx(0.255)
    assert start.met is False


def test_growth_is_judged_by_the_guide_alone() -> None:
    table = rows(samples(turn_10=([0.02], [0.01]), turn_200=([0.1], [0.012])))
    growth = row(table, "Turn 200 over turn 10")
    assert (growth.stock, growth.product) == pytest.approx((5.0, 1.2))
    assert growth.judged == growth.product
    assert growth.met is True


def test_one_system_alone_gives_figures_and_no_verdict() -> None:
    table = rows(samples(answer=([0.02, 0.03], [])))
    answer = row(table, "Answer, p50")
    assert answer.stock == pytest.approx(25)
    assert answer.product is None
    assert answer.met is None
    assert "| Answer, p50 | 25.0 ms | - |  | 0.50 |  |" in markdown(table)


def test_the_table_says_met_and_not_met() -> None:
    text = markdown(rows(samples(form=([0.06], [0.02]), answer=([0.02], [0.02]))))
    assert "| Form turn, p50 | 60.0 ms | 20.0 ms | 0.33 | 0.50 | met |" in text
    assert "| Answer, p50 | 20.0 ms | 20.0 ms | 1.00 | 0.50 | not met |" in text


def test_json_has_the_verdict_of_each_row() -> None:
    assert as_json(rows(samples(memory=([1e9], [2e8]))))[0] == {
        "title": "Idle memory, all processes",
        "unit": "MB",
        "stock": pytest.approx(1000),
        "product": pytest.approx(200),
        "judged": pytest.approx(0.2),
        "limit": 0.45,
        "met": True,
    }


def test_samples_are_counted_by_system_and_kind() -> None:
    assert samples(form=([1.0, 2.0], [3.0])).counts() == {"product form": 1, "stock form": 2}


def test_early_and_late_turns_ask_the_same_questions() -> None:
    early, late = ([turn % ROTATION for turn in window] for window in (EARLY, LATE))
    assert early == late


def test_events_are_read_and_heart_beats_skipped() -> None:
    lines = [": beat", "", "event: message", "id: 3", 'data: {"seq": 3}', "", "event: typing"]
    lines += ['data: {"on": true}', ""]
    assert list(events(lines)) == [("message", {"seq": 3}), ("typing", {"on": True})]
