"""The notes that sound, and the law that each of them ends."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn

SUSTAIN = 64
ALL_SOUND_OFF = 120
ALL_NOTES_OFF = 123


class Ledger:
    """Stands before the port. Law: a NoteOn that leaves is followed by exactly one NoteOff of its channel and
    pitch, before the next NoteOn of these and at the latest when `silence` is called.
    """

    def __init__(self) -> None:
        self._sounding: dict[tuple[int, int], None] = {}

    @property
    def sounding(self) -> frozenset[tuple[int, int]]:
        """The (channel, pitch) of every note that has left and not yet ended."""
        return frozenset(self._sounding)

    def pass_on(self, event: Event) -> list[Event]:
        """What may leave in place of an event.

        A NoteOn of a sounding pitch ends the sounding note first and has its velocity brought into 1..127; a
        NoteOff of a silent pitch is swallowed; every other event leaves as it is.
        """
        match event:
            case NoteOn(channel, pitch, velocity):
                ended = self._end([(channel, pitch)])
                self._sounding[channel, pitch] = None
                return [*ended, replace(event, velocity=min(max(velocity, 1), 127))]
            case NoteOff(channel, pitch):
                return self._end([(channel, pitch)])
            case _:
                return [event]

    def silence(self, channels: Collection[int] | None = None) -> list[Event]:
        """A NoteOff for each sounding note, of these channels or of all, in the order in which they began."""
        return self._end([key for key in self._sounding if channels is None or key[0] in channels])

    def panic(self, channels: Iterable[int]) -> list[Event]:
        """A NoteOff for each sounding note of any channel; then, for each channel given, pedal up, all notes
        off, all sound off: many synths heed only some of these.
        """
        numbers = (SUSTAIN, ALL_NOTES_OFF, ALL_SOUND_OFF)
        return [*self.silence(), *(Control(channel, number, 0) for channel in channels for number in numbers)]

    def _end(self, keys: Iterable[tuple[int, int]]) -> list[Event]:
        ended: list[Event] = []
        for key in keys:
            if key in self._sounding:
                del self._sounding[key]
                ended.append(NoteOff(*key))
        return ended
