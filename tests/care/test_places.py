from zoneinfo import ZoneInfo

import pytest

from care import best_time, places, wording

STATES = wording.load_yaml(wording.DATA / "contact" / "places.yml")["states"]


def test_all_states_dc_and_territories_are_known_by_name_and_abbreviation() -> None:
    assert len(STATES) == 50 + 1 + 5
    for state, about in STATES.items():
        for said in (state, state.lower(), about["short"], f"Springfield, {about['short']}"):
            place = places.read(said)
            assert place is not None, said
            assert place.state == state


def test_every_zone_is_one() -> None:
    for about in STATES.values():
        for zone in (about["zone"], *about.get("others", ())):
            assert ZoneInfo(best_time.where(zone))


@pytest.mark.parametrize(
    ("said", "kept", "zone"),
    [
        ("78701", "78701 (Texas)", "Central"),
        ("78701-1234", "78701 (Texas)", "Central"),
        ("my zip is 02139", "02139 (Massachusetts)", "Eastern"),
        ("seven nine nine oh one", "79901 (Texas)", "Mountain"),
        ("00901", "00901 (Puerto Rico)", "Atlantic"),
        ("96910", "96910 (Guam)", "Chamorro"),
        ("austin tx", "Texas", "Central"),
        ("west virginia", "West Virginia", "Eastern"),
        ("Arkansas", "Arkansas", "Central"),
        ("washington", "Washington", "Pacific"),
        ("washington d.c.", "Washington, DC", "Eastern"),
        ("N.Y.", "New York", "Eastern"),
        ("i live in cali", "California", "Pacific"),
        ("OK", "Oklahoma", "Central"),
        ("in", "Indiana", "Eastern"),
    ],
)
def test_a_state_or_zip_is_read(said: str, kept: str, zone: str) -> None:
    place = places.read(said)
    assert place is not None
    assert (str(place), place.zone) == (kept, zone)
    assert places.of(str(place)) == place


@pytest.mark.parametrize(
    "said",
    [
        *(
            "",
            "ok",
            "hi",
            "me",
            "canada",
            "1234",
            "00000",
            "123456",
            "asdf",
            "no idea",
            "[phone-1]",
        ),
        *("\U0001f600", "texas " * 1000, "x" * 6000, "call me", "IDK LEAVE ME"),
    ],
)
def test_what_is_none_is_none(said: str) -> None:
    assert places.read(said) is None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("after 5, im in texas", "Texas"),
        ("Sam, [phone-1], zip 78701, evenings", "78701 (Texas)"),
        ("i live in new york", "New York"),
        ("ask for Virginia", None),
        ("call me in the morning", None),
        ("in 10 minutes", None),
    ],
)
def test_a_place_beside_other_things(said: str, kept: str | None) -> None:
    place = places.told(said)
    assert (str(place) if place else None) == kept
