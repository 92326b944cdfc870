"""The channels beside the web, one line each. A channel without its settings is off."""

from collections.abc import Callable

from care.settings import Settings
from gateway.channels.channel import Channel
from gateway.channels.messenger import channel as messenger
from gateway.channels.sms import channel as sms
from gateway.channels.whatsapp import channel as whatsapp

Build = Callable[[Settings], Channel | None]

CHANNELS: tuple[Build, ...] = (sms.build, messenger.build, whatsapp.build)


def build(settings: Settings) -> dict[str, Channel]:
    """The channels that are on, by name. Raises SettingsError that names a bad setting."""
    found = [make(settings) for make in CHANNELS]
    return {channel.name: channel for channel in found if channel}
