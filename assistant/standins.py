"""Inert stand-ins for libraries that Rasa imports for parts nobody uses here.

TensorFlow and its kin are not installed at all. Others are, because Rasa asks for them, but they
serve its own chat connectors, stores and plots, and importing them costs 2 seconds and 40 MB.
A stand-in can be named, subclassed and written in an annotation; it computes nothing. A
configuration that names a component which needs the real library is refused by name.
"""

import importlib
import importlib.util
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

MISSING = ("tensorflow", "tensorflow_text", "tensorflow_hub", "keras", "jax")
# fmt: off
UNUSED = (
    "aiogram", "aio_pika", "boto3", "botocore", "bson", "engineio", "fbmessenger", "google",
    "gridfs", "matplotlib", "mattermostwrapper", "networkx", "prompt_toolkit",
    "pycrfsuite", "pymongo", "questionary", "rocketchat_API", "sentry_sdk", "sklearn_crfsuite",
    "slack", "slack_sdk", "socketio", "twilio", "webexteamssdk",
)
# fmt: on


class UnavailableComponentError(Exception):
    """A component in the configuration cannot work here; the message names it."""


class _Meta(type):
    def __getattr__(cls, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Meta(name, (StandIn,), {"__module__": cls.__module__})


class StandIn(metaclass=_Meta):
    """Any class of such a library."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        raise UnavailableComponentError(
            f"{type(self).__name__} belongs to a library that the assistant does not load."
        )


class StandInModule(ModuleType):
    """Any module of such a library; every name in it is a class that does nothing."""

    __path__: list[str]

    def __getattr__(self, name: str) -> type:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Meta(name, (StandIn,), {"__module__": self.__name__})


class _Finder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.split(".", maxsplit=1)[0] not in (*MISSING, *UNUSED):
            return None
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return StandInModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to run."""


@contextmanager
def _in_place() -> Iterator[None]:
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        for name in [n for n, m in sys.modules.items() if isinstance(m, StandInModule)]:
            del sys.modules[name]


def install() -> None:
    """Imports what Rasa needs of itself while the stand-ins are in place, then removes them.

    Other libraries (spaCy's thinc, for one) look for TensorFlow too and must not find one.
    """
    if "rasa.engine.recipes.default_components" in sys.modules or _real_tensorflow():
        return
    with _in_place():
        importlib.import_module("rasa.engine.recipes.default_components")


def _real_tensorflow() -> bool:
    return importlib.util.find_spec("tensorflow") is not None


def check_config(path: Path) -> None:
    """Raises UnavailableComponentError if a component in config.yml needs a missing library."""
    from rasa.shared.utils.io import read_config_file  # noqa: PLC0415  (after `install`)

    check(read_config_file(path))


def check(config: Mapping[str, Any]) -> None:
    for section in ("pipeline", "policies"):
        if not config.get(section):
            raise UnavailableComponentError(
                f"config.yml: '{section}' is empty, and Rasa's default needs TensorFlow."
            )
        for entry in config[section]:
            _check_component(section, str(entry.get("name") if isinstance(entry, dict) else entry))


def _check_component(section: str, name: str) -> None:
    module = _module_of(name)
    library = _stand_in_used_by(module) if module else None
    if library:
        raise UnavailableComponentError(
            f"config.yml: '{name}' under '{section}' needs {library}, which this project does "
            "not load. Use the components of assistant/, or one that needs scikit-learn only."
        )


def _stand_in_used_by(module: ModuleType) -> str | None:
    for value in vars(module).values():
        if isinstance(value, StandInModule):
            return value.__name__.partition(".")[0]
        if isinstance(value, _Meta):
            return value.__module__.partition(".")[0]
    return None


def _module_of(name: str) -> ModuleType | None:
    """The module that defines a component of Rasa's own; None for components of others."""
    from rasa.engine.recipes.default_recipe import DefaultV1Recipe  # noqa: PLC0415

    registered = DefaultV1Recipe._registered_components.get(name.rpartition(".")[2])
    return sys.modules.get(registered.clazz.__module__) if registered else None
