"""What is struck in a drum fill.

A fill leads over a bar line: a rhythm of 16ths that grows louder and falls from the snare to the low tom,
kicks under its beats, and a crash with the kick where it lands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.random import Generator, default_rng

from bandmate.daemon.answering.request import Request, Span, Steps
from bandmate.models.decoding import Score
from bandmate.models.roll import PARTS, STEPS_PER_BEAT, WINDOW

KICK, CRASH = 36, 49
# The snare and three toms from high to low, as General MIDI numbers them; hi-hats and rides, likewise.
FALLING = (38, 50, 47, 45)
CYMBALS = [42, 44, 46, 51, 53, 59]
# What a beat may have, from a calm fill's to a driven one's.
CELLS = (("x---", "x-x-", "--x-"), ("x-x-", "x-xx", "xx-x", "--xx"), ("xxxx", "x-xx", "xxx-"))
SOFTEST, LOUDEST = 0.45, 0.95
OFF_BEAT = 0.9
KICKED = 0.6
STAYS = 0.35
FILL = 12


class Hit(NamedTuple):
    """A drum struck at a step of the fill, with a velocity 0..1."""

    step: int
    pitch: int
    velocity: float


def hits(steps: int, intensity: float, random: Generator) -> list[Hit]:
    """A fill of whole beats, so many steps; the higher the intensity 0..1, the more and the louder."""
    out: list[Hit] = []
    drum = 0
    for step in _rhythm(steps, intensity, random):
        on_beat = step % STEPS_PER_BEAT == 0
        velocity = loudness(intensity) * (0.7 + 0.3 * step / steps) * (1 if on_beat else OFF_BEAT)
        if random.random() > STAYS:
            drum = len(FALLING) * step // steps
        out.append(Hit(step, FALLING[drum], velocity))
        if on_beat and random.random() < KICKED:
            out.append(Hit(step, KICK, velocity))
    return out


def loudness(intensity: float) -> float:
    """The velocity 0..1 of the loudest hit."""
    return SOFTEST + (LOUDEST - SOFTEST) * intensity


def drummed(score: Score, part: int, request: Request) -> Score:
    """An answer's score in which the drums, a part, fill where the request says, and land on the bar lines to
    which fills and breaks lead and on the final one; what lies where they rest is left out."""
    moments = request.moments
    ends = {span.last for span in (*moments.fills, *moments.breaks)}
    ends |= set() if moments.final is None else {moments.final.first}
    if not ends:
        return score
    kit = _Kit(score, part, request)
    intensity = float(request.controls[PARTS])
    for span in moments.fills:
        if kit.plays(span.last):
            kit.clear(span)
            random = default_rng([request.seed, FILL, span.first])
            for hit in hits(span.last - span.first, intensity, random):
                kit.strike(span.first + hit.step, hit.pitch, hit.velocity)
    for span in moments.breaks:
        kit.clear(span)
    for step in filter(kit.plays, ends):
        kit.clear(Span(step, step + 1), CYMBALS)
        for pitch in (KICK, CRASH):
            kit.strike(step, pitch, loudness(intensity))
    return kit.score()


def usual(request: Request, drums: int | None) -> Steps:
    """bool[4,32]: the steps of the two bars before a decision in which each part played as it does without
    being called to anything else; drums: which part they are, if any is."""
    out = np.ones((PARTS, WINDOW), bool)
    begin = request.first - WINDOW
    for span in request.behind.breaks:
        out[:, max(span.first - begin, 0) : max(span.last - begin, 0)] = False
    if drums is not None:
        for span in (*request.behind.fills, *request.behind.breaks):
            out[drums, max(span.first - begin, 0) : max(span.last + 1 - begin, 0)] = False
    return out


class _Kit:
    """The drums of a score that begins at a request's first step, to be struck anew; steps of the performance
    that it does not hold, or that take no time, are passed over."""

    def __init__(self, score: Score, part: int, request: Request) -> None:
        self._onset, self._velocity = score.onset.copy(), score.velocity.copy()
        self._score, self._part, self._first = score, part, request.first
        self._lasting = request.lasting[request.first - request.window :]
        self._until = request.window + request.rests[part]

    def plays(self, step: int) -> bool:
        """Whether the drums play at a step."""
        return step < self._until

    def clear(self, span: Span, pitches: Sequence[int] | slice = slice(None)) -> None:
        """Strike nothing, or none of these pitches, in a span."""
        for step in range(max(span.first - self._first, 0), min(span.last - self._first, self._score.steps)):
            self._onset[self._part, step, pitches] = False

    def strike(self, step: int, pitch: int, velocity: float) -> None:
        """Strike a drum."""
        at = step - self._first
        if 0 <= at < self._score.steps and self._lasting[at]:
            self._onset[self._part, at, pitch] = True
            self._velocity[self._part, at, pitch] = velocity

    def score(self) -> Score:
        """The score as it is now; drums are not held."""
        sustain = self._score.sustain.copy()
        sustain[self._part] = self._onset[self._part]
        return Score(self._onset, sustain, self._velocity)


def _rhythm(steps: int, intensity: float, random: Generator) -> list[int]:
    """The steps that are struck. The last beat has one in its second half, which leads over."""
    cells = CELLS[min(int(len(CELLS) * intensity), len(CELLS) - 1)]
    leading = [cell for cell in cells if "x" in cell[2:]]
    struck = []
    for beat in range(0, steps, STEPS_PER_BEAT):
        choice = leading if beat + STEPS_PER_BEAT >= steps else cells
        cell = choice[int(random.integers(len(choice)))]
        struck += [beat + k for k, sign in enumerate(cell) if sign == "x"]
    return struck
