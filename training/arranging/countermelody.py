"""A second voice under a melody: long notes while it sings, steps where it rests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

import numpy as np

from bandmate.models.harmony import NONE
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.arranging.lead import Lead, Voice
from bandmate.training.arranging.sonority import Tones
from bandmate.training.lines import as_notes
from bandmate.training.songs import BEATS_PER_BAR, Notes

VELOCITY = 68
MOVING = 6
HUMAN = 3
DOUBLED = 4.0
TELLING = -1.5
OVER = 1.0
DRIFT = 0.15
MARGIN = 5

Row = tuple[int, int, int, int]


def countermelody(lead: Lead, low: int, high: int, part: str, others: Sequence[Voice] = ()) -> Notes:
    """One note at a time, from step 0; silent where there is no chord.

    low, high: pitches it keeps within, an octave and a fifth or more; others: int16[steps] of voices beside
    the melody (-1 where silent), whose pitch classes it would rather not double. A chord has one long note,
    its third or seventh if that is near, a bar long at most; on a beat where the melody rests the line goes
    on by a chord tone, with a passing note of the scale where there is room for one.
    """
    touch = Random(f"{lead.name} {part} touch")
    return as_notes(list(_line(lead, low, high, touch, [lead.melody_pitch, *others])))


def _line(lead: Lead, low: int, high: int, touch: Random, heard: list[Voice]) -> Iterator[Row]:
    last: int | None = None
    rising = True
    for first, beats in _stretches(lead):
        moving = last is not None and bool(lead.resting[first]) and not lead.changes(first)
        if moving and last is not None:
            rising = _turned(rising, last, low, high)
            last = _stepwise(lead.tones(first), last, rising, low, high)
        else:
            last = _long(lead, first, last, low, high, heard)
        step, length = first * STEPS_PER_BEAT, beats * STEPS_PER_BEAT
        velocity = (
            VELOCITY + lead.swell[first // BEATS_PER_BAR] + MOVING * moving + touch.randint(-HUMAN, HUMAN)
        )
        passing = _passing(lead, first, last, rising, (low, high)) if moving else None
        yield step, length // 2 if passing else length, last, velocity
        if passing:
            yield step + length // 2, length // 2, passing, velocity - MOVING


def _stretches(lead: Lead) -> Iterator[tuple[int, int]]:
    """(beat, beats) of each note: a new one with each chord and bar, and on each beat the melody rests."""
    begins = [
        beat
        for beat in range(len(lead.chords))
        if lead.changes(beat) or beat % BEATS_PER_BAR == 0 or lead.resting[beat]
    ]
    for beat, following in zip(begins, [*begins[1:], len(lead.chords)], strict=True):
        silent = [b for b in range(beat, following) if lead.chord(b) == NONE]
        last = min([*silent, following])
        if last > beat:
            yield beat, last - beat


def _pitches(tones: Tones, low: int, high: int) -> list[int]:
    return [p for p in range(low, high + 1) if p % 12 in tones]


def _long(lead: Lead, beat: int, last: int | None, low: int, high: int, heard: list[Voice]) -> int:
    """The chord tone that is near, under the melody, and nobody else's."""
    tones, top = lead.tones(beat), min(int(lead.ceilings[beat]), high)
    telling = tones[:1] + tones[2:3] * (len(tones) > 3)
    taken = {int(v[beat * STEPS_PER_BEAT]) % 12 for v in heard if v[beat * STEPS_PER_BEAT] >= 0}

    def cost(pitch: int) -> float:
        near = abs(pitch - (low + high) / 2) if last is None else abs(pitch - last)
        over = OVER * max(pitch - max(top, low + 12), 0)
        return near + over + DOUBLED * (pitch % 12 in taken) + TELLING * (pitch % 12 in telling)

    return min(_pitches(tones, low, high), key=lambda p: cost(p) + DRIFT * abs(p - (low + high) / 2))


def _turned(rising: bool, last: int, low: int, high: int) -> bool:
    """Whether the line rises, having turned round near the ends of its range."""
    return last < (low + high) / 2 if last < low + MARGIN or last > high - MARGIN else rising


def _stepwise(tones: Tones, last: int, rising: bool, low: int, high: int) -> int:
    """The next chord tone up or down from the last pitch, or the other way at the range's end."""
    pitches = np.array(_pitches(tones, low, high))
    up, down = pitches[pitches > last], pitches[pitches < last]
    if not len(down) or (rising and len(up)):
        return int(up[0])
    return int(down[-1])


def _passing(lead: Lead, beat: int, pitch: int, rising: bool, reach: tuple[int, int]) -> int | None:
    """The note of the scale between a chord tone and the next, if the line moves on with the next beat."""
    after = beat + 1
    ends = after >= len(lead.chords) or lead.chord(after) == NONE
    if ends or not lead.resting[after] or lead.changes(after):
        return None
    goal = _stepwise(lead.tones(beat), pitch, _turned(rising, pitch, *reach), *reach)
    between = range(min(pitch, goal) + 1, max(pitch, goal))
    near = [p for p in between if p % 12 in lead.scale and max(abs(p - pitch), abs(p - goal)) <= 2]
    return near[0] if near else None
