"""The search over approved answers, for staff."""

import pytest

from care import knowledge, wording
from care.settings import Settings

TOPICS = sorted(path.stem for path in (wording.DATA / "topics").glob("*.yml"))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_is_found_by_its_title(settings: Settings, topic: str) -> None:
    title = wording.title(f"faq/{topic}")
    assert title
    found = [each.label for each in knowledge.search(settings, title, "web")]
    assert f"faq/{topic}" in found


def test_the_answer_is_that_of_the_channel_with_the_settings_in_it(settings: Settings) -> None:
    web, sms = (knowledge.search(settings, "how much is it", c)[0] for c in ("web", "sms"))
    assert (web.label, sms.label) == ("faq/iop_cost", "faq/iop_cost")
    assert web.text != sms.text
    for each in (web, sms):
        name = "utter_faq/iop_cost"
        channel = "sms" if each is sms else "web"
        filled = wording.fill(wording.text(name, channel).text, settings.spoken)
        assert each.text == filled


@pytest.mark.parametrize("query", ["", "   ", "\x00", "?!", "\U0001f642" * 500, "zzzz" * 2000])
def test_what_fits_nothing_finds_nothing(settings: Settings, query: str) -> None:
    assert knowledge.search(settings, query, "web") == []
