"""The errors whose message is meant for the user."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bandmate.bridge.names import PortError
from bandmate.daemon.config import ConfigError
from bandmate.daemon.offstage.song import SongError
from bandmate.daemon.sound.font import SoundError
from bandmate.models.contract import ModelError
from bandmate.presets.preset import PresetError


class WriteError(Exception):
    """A file can't be written; the sentence says which and why."""


class ServiceError(Exception):
    """The system does not run the band as a service; the sentence says why."""


class ServeError(Exception):
    """The page can't be served; the sentence says why."""


class SelftestError(Exception):
    """The band can't be measured; the sentence says why."""


EXPECTED = (
    ConfigError,
    ModelError,
    PortError,
    PresetError,
    SelftestError,
    ServeError,
    ServiceError,
    SongError,
    SoundError,
    WriteError,
)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Around what writes a file: a failure of the system becomes a WriteError."""
    try:
        yield
    except OSError as error:
        raise WriteError(
            f"{path} can't be written ({error.strerror or error}); choose another place"
        ) from error
