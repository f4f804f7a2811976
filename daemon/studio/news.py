"""What the band tells the pages: events of a performance as plain values for JSON.

Each is an object with `is`, its kind. Ticks are the performance's, 24 to the beat; times are seconds of the
one clock of this machine (`bridge.clock`).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.answering.request import Answer
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.clock.timeline import Timeline
from bandmate.daemon.engine.planner import Commitment
from bandmate.models.decoding import Score
from bandmate.models.harmony import NONE, symbol

News = dict[str, Any]

ALIKE = 0.0005


class State(NamedTuple):
    """What stays until it is changed. armed: the preset that is to take over; parts: name, channel and
    program of each; levels 0..1; soloed: parts 0..3; density, variation and energy 0..1, None where nobody
    moved them; fill, tacet, ending and lock: of these calls the Lamp; dropped: notes."""

    preset: str
    armed: str | None
    parts: tuple[tuple[str, int, int | None], ...]
    levels: tuple[float, ...]
    mutes: tuple[bool, ...]
    soloed: tuple[int, ...]
    density: float | None
    variation: float | None
    energy: float | None
    key: str | None
    frozen: bool
    held: bool
    fill: str
    tacet: str
    ending: str
    lock: str
    bpm: float
    presence: str
    late: int
    dropped: int

    def told(self) -> News:
        """For a page."""
        return {"is": "state", **self._asdict(), "bpm": round(self.bpm, 2)}


class Place(NamedTuple):
    """Where the music runs (line: None while it stands), behind what was played before (shift, in ticks), in
    bars of so many ticks and beats of so many."""

    line: Timeline | None
    shift: int
    bar: int
    beat: int

    def like(self, other: Place) -> bool:
        """Whether a page would see no difference: half a millisecond, and a ten-thousandth of the tempo."""
        if self.line is None or other.line is None or self[1:] != other[1:]:
            return self == other
        apart = abs(self.line.time_at(self.line.tick) - other.line.time_at(self.line.tick))
        return apart < ALIKE and abs(self.line.period / other.line.period - 1) < ALIKE / 5

    def told(self) -> News:
        """For a page."""
        line = None if self.line is None else [self.line.tick, self.line.time, self.line.period]
        return {"is": "place", "line": line, "shift": self.shift, "bar": self.bar, "beat": self.beat}


def heard(event: NoteOn | NoteOff, at: float, tick: float | None) -> News:
    """A key of the player's, by the tick where the music runs."""
    velocity = event.velocity if isinstance(event, NoteOn) else 0
    where = None if tick is None else round(tick, 2)
    return {"is": "heard", "pitch": event.pitch, "velocity": velocity, "at": round(at, 4), "tick": where}


def sent(event: Event, part: int | None, tick: int, meant: float) -> News | None:
    """An event that left; None for those that a page has no use for. A part of None is the count-in."""
    at = round(meant, 4)
    match event:
        case NoteOn(channel, pitch, velocity):
            return _note(part, channel, pitch, velocity, tick, at)
        case NoteOff(channel, pitch):
            return _note(part, channel, pitch, 0, tick, at)
        case Program(channel, number):
            return {"is": "sound", "channel": channel, "program": number, "at": at}
        case Control(channel, number, 0) if number >= 120:
            return {"is": "hush", "channel": channel, "at": at}
    return None


def _note(part: int | None, channel: int, pitch: int, velocity: int, tick: int, at: float) -> News:
    where = {"is": "sent", "part": part, "channel": channel, "tick": tick, "at": at}
    return {**where, "pitch": pitch, "velocity": velocity}


def committed(commitment: Commitment, plan: Answer | None, grid: Grid) -> News:
    """What is settled from a step on, and behind it what is planned.

    notes: [part, tick, end, pitch, velocity, tied], in place of what was told before from `first` on; tied:
    it goes on from before. They are settled before the tick `until`. chords: [tick, name].
    """
    first, steps = commitment.first, commitment.score.steps
    score, chords = commitment.score, commitment.chords
    if plan is not None and plan.first <= first + steps < plan.first + plan.score.steps:
        at = first + steps - plan.first
        rest = plan.score
        score = Score(
            np.concatenate([score.onset, rest.onset[:, at:]], axis=1),
            np.concatenate([score.sustain, rest.sustain[:, at:]], axis=1),
            np.concatenate([score.velocity, rest.velocity[:, at:]], axis=1),
        )
        chords = np.concatenate([chords, plan.chords[at:]])
    changes = [0, *(np.flatnonzero(chords[1:] != chords[:-1]) + 1)]
    named = [(int(k), int(chords[k])) for k in changes]
    return {
        "is": "plan",
        "first": grid.tick_of(first),
        "until": grid.tick_of(first + steps),
        "end": grid.tick_of(first + score.steps),
        "notes": notes(score, first, grid),
        "chords": [[grid.tick_of(first + k), "" if chord == NONE else symbol(chord)] for k, chord in named],
    }


def notes(score: Score, first: int, grid: Grid) -> list[list[Any]]:
    """The notes of a score that begins at a step: part, tick, end, pitch, velocity 0..127, tied."""
    begins = score.onset.copy()
    begins[:, 0] |= score.sustain[:, 0]
    found = []
    for part, step, pitch in np.argwhere(begins).tolist():
        after = begins[part, step + 1 :, pitch] | ~score.sustain[part, step + 1 :, pitch]
        length = 1 + (int(after.argmax()) if after.any() else len(after))
        begin, end = grid.tick_of(first + step), grid.tick_of(first + step + length)
        tied = not score.onset[part, step, pitch]
        velocity = min(max(round(127 * float(score.velocity[part, step, pitch])), 0), 127)
        if end > begin:
            found.append([part, begin, end, pitch, velocity, tied])
    return found
