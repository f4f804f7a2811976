"""What is struck in a drum fill.

A fill leads over a bar line: a rhythm of 16ths that grows louder and falls from the snare to the low tom,
kicks under its beats, and a crash with the kick where it lands.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from bandmate.daemon.request import Request, Span
from bandmate.models.decoding import Score
from bandmate.models.roll import PARTS, STEPS_PER_BEAT

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


def hits(steps: int, intensity: float, random: np.random.Generator) -> list[Hit]:
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


def with_fills(score: Score, part: int, request: Request) -> Score:
    """An answer's score in which the drums, a part, have the request's fills, but for those before the end of
    which they come to rest."""
    silent = request.window + request.rests[part]
    for span in request.fills:
        if span.last < silent:
            score = _with_fill(score, part, span, request)
    return score


def _with_fill(score: Score, part: int, span: Span, request: Request) -> Score:
    onset, velocity = score.onset.copy(), score.velocity.copy()
    intensity = float(request.controls[PARTS])
    begin, end = span.first - request.first, span.last - request.first
    onset[part, max(begin, 0) : end] = False
    struck = hits(end - begin, intensity, np.random.default_rng([request.seed, FILL, span.first]))
    if end < score.steps:
        onset[part, end, CYMBALS] = False
        struck += [Hit(end - begin, pitch, loudness(intensity)) for pitch in (KICK, CRASH)]
    for step, pitch, loud in struck:
        at = begin + step
        if 0 <= at < score.steps and request.lasting[request.first - request.window + at]:
            onset[part, at, pitch], velocity[part, at, pitch] = True, loud
    sustain = score.sustain.copy()
    sustain[part] = onset[part]
    return Score(onset, sustain, velocity)


def _rhythm(steps: int, intensity: float, random: np.random.Generator) -> list[int]:
    """The steps that are struck. The last beat has one in its second half, which leads over."""
    cells = CELLS[min(int(len(CELLS) * intensity), len(CELLS) - 1)]
    leading = [cell for cell in cells if "x" in cell[2:]]
    struck = []
    for beat in range(0, steps, STEPS_PER_BEAT):
        choice = leading if beat + STEPS_PER_BEAT >= steps else cells
        cell = choice[int(random.integers(len(choice)))]
        struck += [beat + k for k, sign in enumerate(cell) if sign == "x"]
    return struck
