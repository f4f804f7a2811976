"""What the player plays, on the grid: a melody and, below the split point, held chords."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bandmate.models import roll
from bandmate.models.roll import Note, Roll

MEMORY = 4 * roll.WINDOW
LONE_VOICE = roll.WINDOW


@dataclass
class _Played:
    begin: int
    end: int | None
    pitch: int
    velocity: int
    left: bool


class Melody:
    """Notes as they arrive, kept for eight bars.

    The highest voice at or above `split` is the melody. Notes below it are chords, unless one comes alone
    with nothing above it for two bars: then it is a melody played low. Notes struck together are not alone.
    """

    def __init__(self, split: int = 0) -> None:
        self._split = split
        self._notes: list[_Played] = []
        self._down: dict[int, _Played] = {}
        self._pedal = False
        self._pedalled: list[_Played] = []
        self._forgotten: int | None = None
        self.latest: int | None = None

    def successor(self) -> Melody:
        """A melody of which nothing was heard yet; the foot stays on the pedal."""
        melody = Melody(self._split)
        melody._pedal = self._pedal
        return melody

    def note_on(self, pitch: int, velocity: int, step: int) -> None:
        """A key goes down, nearest to a step; the same key struck again ends its first note."""
        if pitch in self._down:
            self._end(self._down.pop(pitch), step)
        for note in [n for n in self._pedalled if n.pitch == pitch]:
            self._pedalled.remove(note)
            self._end(note, step)
        together = [n for n in self._down.values() if n.begin == step and n.pitch < self._split]
        left = pitch < self._split and (bool(together) or not self._alone(step))
        for low in together if left else ():
            low.left = True
        note = _Played(step, None, pitch, velocity, left)
        self._notes.append(note)
        self._down[pitch] = note
        self.latest = step if self.latest is None else max(self.latest, step)

    def note_off(self, pitch: int, step: int) -> None:
        """A key comes up; under the pedal its note sounds on."""
        note = self._down.pop(pitch, None)
        if note is None:
            return
        if self._pedal:
            self._pedalled.append(note)
        else:
            self._end(note, step)

    def pedal(self, down: bool, step: int) -> None:
        """The sustain pedal goes down or comes up."""
        self._pedal = down
        if not down:
            for note in self._pedalled:
                self._end(note, step)
            self._pedalled.clear()

    def release(self, step: int) -> None:
        """Every note held ends, by key or by pedal. The foot stays where it is."""
        for note in (*self._pedalled, *self._down.values()):
            self._end(note, step)
        self._pedalled.clear()
        self._down.clear()

    def roll(self, first: int, steps: int, until: int) -> Roll:
        """The melody in steps first..first+steps, as far as it was heard before step `until`."""
        notes = [
            Note(n.begin, self._length(n, until), n.pitch, n.velocity / 127)
            for n in self._notes
            if not n.left and n.begin < until
        ]
        return roll.encode(notes, steps, first)

    def line(self, first: int, until: int) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
        """The highest voice in steps first..until: pitch int16 (-1 silent) and onset bool."""
        return roll.skyline(self.roll(first, until - first, until))

    def chord(self, step: int) -> NDArray[np.float32]:
        """float32[12]: the pitch classes held below the split point at a step, or released just before it
        with nothing struck there since."""
        out = np.zeros(12, np.float32)
        struck = max((n.begin for n in self._notes if n.left and n.begin <= step), default=0)
        for note in self._notes:
            if (
                note.left
                and note.begin <= step
                and (note.end is None or (note.end >= step - 1 and note.end > struck))
            ):
                out[note.pitch % 12] = 1
        return out

    def holds(self, step: int) -> NDArray[np.bool_]:
        """bool[12]: the pitch classes struck below the split point before a step and held on through it."""
        out = np.zeros(12, bool)
        for note in self._notes:
            if note.left and note.begin < step and (note.end is None or note.end > step):
                out[note.pitch % 12] = True
        return out

    def stroke(self, step: int) -> tuple[NDArray[np.bool_], int, int] | None:
        """The chord last played below the split point by a step: its pitch classes bool[12], the step of its
        last note's onset, and the step before which it last sounded, at most `step`. None before the first.

        Notes that come one at a time add up from the bar's beginning or middle on.
        """
        left = [note for note in self._notes if note.left and note.begin <= step]
        if not left:
            return None
        struck = max(note.begin for note in left)
        chord = [note for note in left if note.end is None or note.end > struck]
        if len(chord) < 2:
            half = struck - struck % (roll.BAR // 2)
            chord += [note for note in left if note.begin >= half]
        out = np.zeros(12, bool)
        out[[note.pitch % 12 for note in chord]] = True
        return out, struck, max(step if note.end is None else min(note.end, step) for note in chord)

    def sounding_until(self, step: int) -> int | None:
        """The step before which something last sounded, at most `step`; None before the first note."""
        ends = [step if n.end is None else n.end for n in self._notes if n.begin <= step]
        if self._forgotten is not None and self._forgotten <= step:
            ends.append(self._forgotten)
        return min(step, max(ends)) if ends else None

    def end(self) -> int:
        """The step before which all that is known has ended; held notes count their first step."""
        return max((n.begin + 1 if n.end is None else n.end for n in self._notes), default=0)

    def energy(self, step: int) -> float:
        """Mean velocity 0..1 of the last two bars' notes; .63 (a velocity of 80) where there are none."""
        recent = [n.velocity for n in self._notes if n.begin >= step - roll.WINDOW]
        return float(np.mean(recent)) / 127 if recent else 80 / 127

    def forget(self, step: int) -> None:
        """Let go of what ended more than eight bars before a step, but for when the last of it did."""
        kept = [n for n in self._notes if n.end is None or n.end > step - MEMORY]
        gone = [n.end for n in self._notes if n.end is not None and n.end <= step - MEMORY]
        self._forgotten = max((end for end in (self._forgotten, *gone) if end is not None), default=None)
        self._notes = kept

    def _alone(self, step: int) -> bool:
        held = any(n.left for n in self._down.values())
        above = any(
            not n.left and n.pitch >= self._split and (n.end is None or n.end > step - LONE_VOICE)
            for n in self._notes
        )
        return not held and not above

    def _end(self, note: _Played, step: int) -> None:
        note.end = max(step, note.begin + 1)

    @staticmethod
    def _length(note: _Played, until: int) -> int:
        return max((until if note.end is None else note.end) - note.begin, 1)
