"""The public-domain melodies that come with the package."""

from __future__ import annotations

from importlib import resources

from bandmate.daemon.offstage.song import MelodyFile, SongError, parse

_FOLDER = resources.files("bandmate.daemon") / "melodies"
_SUFFIX = ".mid"


def names() -> tuple[str, ...]:
    """The melodies by name, in the order of the alphabet."""
    files = (file.name for file in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in files if name.endswith(_SUFFIX)))


def open(name: str) -> MelodyFile:
    """A melody by its name; a SongError lists the names there are."""
    if name not in names():
        raise SongError(f"there is no melody {name!r}; choose one of {', '.join(names())}")
    return parse((_FOLDER / f"{name}{_SUFFIX}").read_bytes(), name)
