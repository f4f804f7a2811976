"""Port names, and how a name that a musician types finds its port."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class PortError(Exception):
    """A port that cannot be found, opened or played on; the message says what to do."""


class Ports(NamedTuple):
    """The names of the ports there are: those to listen to and those to play to."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def find(wanted: str, names: Sequence[str]) -> str:
    """Return the name that `wanted` means: the same name, else the only one that holds it in any case.

    Raises PortError, with the candidates, when no name or more than one holds it.
    """
    if wanted in names:
        return wanted
    part = wanted.casefold().strip()
    matches = [name for name in names if part in name.casefold()] if part else []
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
