"""Port names, and how a name that a musician types finds its port."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from typing import NamedTuple

# ALSA's client and port, Windows' place in the list: another one each time that a device is plugged in.
_NUMBER = re.compile(r"\s\d+$" if sys.platform == "win32" else r"\s\d+:\d+$")


class PortError(Exception):
    """A port that cannot be found, opened or played on; the message says what to do."""


class Ports(NamedTuple):
    """The names of the ports there are: those to listen to and those to play to."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def lasting(name: str) -> str:
    """What of a port's name stays the same when its device is plugged in again."""
    return _NUMBER.sub("", name)


def fitting(wanted: str, names: Sequence[str]) -> list[str]:
    """The names that `wanted` may mean: the same name, else those that hold it in any case, else those that
    hold what is lasting of it."""
    if wanted in names:
        return [wanted]
    for part in (wanted.casefold().strip(), lasting(wanted.casefold().strip())):
        if part and (matches := [name for name in names if part in name.casefold()]):
            return matches
    return []


def find(wanted: str, names: Sequence[str]) -> str:
    """Return the one name that fits `wanted`. Raises PortError, with the candidates, when none or more do."""
    matches = fitting(wanted, names)
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise PortError(f"{wanted!r} fits {len(matches)} ports: {_quoted(matches)}. Type more of the name.")
    if not names:
        raise PortError(
            f"There is no MIDI port called {wanted!r}, nor any other: connect the device or start the DAW."
        )
    raise PortError(
        f"There is no MIDI port called {wanted!r}. There are: {_quoted(names)}. Choose one of them."
    )


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
