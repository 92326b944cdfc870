"""All that the contact form was told, said back before it is sent."""

from collections.abc import Mapping
from typing import Any

from care import places
from care.contact_answers import words

Values = Mapping[str, Any]


def summary(values: Values) -> dict[str, str]:
    """The arguments of the text that says everything back before it is sent."""
    said = words()["said"]
    return {
        "who": said[values.get("contact_for") or "self"],
        "name": values.get("contact_name") or said["no_name"],
        "reach": str(values.get("contact_reach") or ""),
        "time": values.get("contact_time") or said["any_time"],
        "voicemail": said["yes" if values.get("contact_voicemail") else "no"],
        "texting": said["yes" if values.get("contact_texting") else "no"],
        "place": _place_said(values) or said["no_place"],
    }


def _place_said(values: Values) -> str:
    """The place with the time zone that it gives."""
    place = places.of(values.get("contact_place"))
    kind = "split_place" if place and place.split else "place"
    return str(words()["said"][kind].format(place=place, zone=place.zone)) if place else ""
