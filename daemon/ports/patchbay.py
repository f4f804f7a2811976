"""Which ports to take up and which to let go, told from the names that there are. No port is touched here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from bandmate.bridge.names import Ports, find, fitting, lasting

ANY = "any"
AGAIN = 10
"""Looks after which an input that could not be opened is tried again."""


class Side(Enum):
    """Where a port is: it is listened to, or played to."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True)
class Open:
    """Open a port, and say so when it is done."""

    side: Side
    name: str
    sentence: str | None


@dataclass(frozen=True)
class Close:
    """Close a port that is gone."""

    side: Side
    name: str


@dataclass(frozen=True)
class Tell:
    """Say a sentence."""

    sentence: str


Move = Open | Close | Tell


class Wanted:
    """One port that is wanted by name, waited for, and taken up again whenever it returns."""

    def __init__(self, side: Side, name: str, when_gone: str) -> None:
        """when_gone: what becomes of the music then, for a sentence."""
        self.there = False
        self.peer: str | None = None
        self._side, self._name, self._when_gone = side, name, when_gone
        self._before: str | None = None
        self._looked = self._several = False

    def look(self, names: Sequence[str]) -> list[Move]:
        """What to do about the names that there are. Raises PortError where several fit at the first look."""
        moves: list[Move] = []
        if self.there and self.peer is not None:
            if self.peer in names:
                return []
            self.there = False
            moves = [Close(self._side, self.peer), Tell(f"'{self.peer}' is gone; {self._when_gone}")]
        fits = self._fitting(names)
        if len(fits) == 1:
            sentence = f"'{fits[0]}' is {'back' if self.peer else 'there'}" if self._looked else None
            self._before, self._several = self.peer, False
            self.there, self.peer = True, fits[0]
            moves.append(Open(self._side, fits[0], sentence))
        elif fits and not self._looked:
            find(self._name, names)
        elif fits and not self._several:
            self._several = True
            moves.append(Tell(f"'{self._name}' fits {len(fits)} ports: it is waited for until one is left"))
        elif not self._looked:
            others = ", ".join(f"'{each}'" for each in names) or "none"
            told = f"there is no MIDI port '{self._name}' yet: it is waited for (there are: {others})"
            moves.append(Tell(told))
        self._looked = True
        return moves

    def refuse(self) -> None:
        """It could not be opened: it is tried again at every look."""
        self.there, self.peer = False, self._before

    def _fitting(self, names: Sequence[str]) -> list[str]:
        """The ports that may be meant: the one that was there, else those whose names fit."""
        if self.peer in names:
            return [self.peer] if self.peer is not None else []
        same = [name for name in names if self.peer is not None and lasting(name) == lasting(self.peer)]
        return same or fitting(self._name, names)


class Everyone:
    """All inputs that there are, and those that come."""

    there = True

    def __init__(self) -> None:
        self._open: list[str] = []
        self._refused: dict[str, int] = {}
        self._looked = False

    def look(self, names: Sequence[str]) -> list[Move]:
        """What to do about the names that there are."""
        moves: list[Move] = []
        for name in [each for each in self._open if each not in names]:
            self._open.remove(name)
            moves += [Close(Side.IN, name), Tell(f"'{name}' is gone; it is heard again when it returns")]
        self._refused = {name: left - 1 for name, left in self._refused.items() if left > 1 and name in names}
        for name in names:
            if name not in self._open and name not in self._refused:
                self._open.append(name)
                moves.append(Open(Side.IN, name, f"'{name}' is heard, too" if self._looked else None))
        if not names and not self._looked:
            moves.append(Tell("no keyboard is there yet: every one that is plugged in will be heard"))
        self._looked = True
        return moves

    def refuse(self, name: str) -> None:
        """One could not be opened: it is tried again after some looks, or when it was gone."""
        self._open.remove(name)
        self._refused[name] = AGAIN


class Patchbay:
    """The port to listen to and the port to play to, each wanted by name, if at all; or all inputs."""

    def __init__(
        self, listen: str | None, play: str | None, own: Callable[[str], bool], *, pauses: bool
    ) -> None:
        """own: whether a name is of our own ports; pauses: whether the music waits for what is missing."""
        unheard = unhearing = "the band pauses until it returns"
        if not pauses:
            unheard = "the band plays on, and is heard again when it returns"
            unhearing = "the band plays on, and hears it again when it returns"
        self._in: Wanted | Everyone | None = None
        if listen is not None:
            self._in = Everyone() if listen == ANY else Wanted(Side.IN, listen, unhearing)
        self._out = None if play is None else Wanted(Side.OUT, play, unheard)
        self._own = own

    @property
    def complete(self) -> bool:
        """Whether every port that is wanted by name is there."""
        return all(each is None or each.there for each in (self._in, self._out))

    def look(self, there: Ports, failed: bool = False) -> list[Move]:
        """What to do about the ports that there are; failed: what was sent to the one played to did not
        leave. Raises PortError where a name fits several, at the first look."""
        moves = [] if self._out is None else self._out.look(() if failed else there.outputs)
        if isinstance(self._in, Everyone):
            played = None if self._out is None else self._out.peer
            moves += self._in.look(hearable(there.inputs, self._own, played))
        elif self._in is not None:
            moves += self._in.look(there.inputs)
        return moves

    def refuse(self, move: Open) -> None:
        """A port could not be opened."""
        if move.side is Side.OUT:
            assert self._out is not None
            self._out.refuse()
        elif isinstance(self._in, Everyone):
            self._in.refuse(move.name)
        elif self._in is not None:
            self._in.refuse()


def hearable(inputs: Sequence[str], own: Callable[[str], bool], played: str | None = None) -> list[str]:
    """The inputs that a player may be at: none of our own, nor of what is played to, nor ALSA's loop."""
    device = None if played is None else lasting(played)
    return [
        name
        for name in inputs
        if not own(name) and lasting(name) != device and "midi through" not in name.casefold()
    ]
