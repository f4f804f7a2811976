"""What a generator says, held to what the moment allows: rests and breaks, a locked key, the final chord."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from bandmate.daemon.answering.request import Chords, Request, Steps
from bandmate.models.contract import Card
from bandmate.models.decoding import DRUMS
from bandmate.models.harmony import NONE, TONES
from bandmate.models.probabilities import Probabilities
from bandmate.models.roll import PITCHES, WINDOW


def called(chords: Chords, request: Request) -> Chords:
    """A window's chords int[32] as the player called for them: the one that is held, and that of the end."""
    at, out = request.first - request.window, chords.copy()
    if request.moments.held and request.sounding != NONE:
        out[at:] = request.sounding
    if request.moments.final is not None and request.tonic != NONE:
        out[max(request.moments.final.first - request.window, at) :] = request.tonic
    return out


def restrained(said: Probabilities, card: Card, chords: Chords, request: Request) -> Probabilities:
    """What may be played of what was said, the window's chords being int[32]."""
    drums = np.array([name == DRUMS for name in card.parts])
    said = _in_time(said, request)
    said = _in_key(said, drums, chords, request)
    return said if request.moments.final is None else _final(said, drums, chords, request)


def _in_time(said: Probabilities, request: Request) -> Probabilities:
    """Nothing is struck in steps that take no time; nothing sounds in a break, nor in a part from the step on
    from which it rests."""
    there = np.arange(WINDOW) < np.array(request.rests)[:, None]
    for span in request.moments.breaks:
        there = there & ~_within(span.first, span.last, request)
    struck = there & request.lasting[:WINDOW]
    if struck.all():
        return said
    onset, gate = np.where(struck[..., None], said.onset, 0), np.where(struck, said.gate, 0)
    return Probabilities(onset, np.where(there[..., None], said.sustain, 0), said.velocity, gate)


def _in_key(said: Probabilities, drums: Steps, chords: Chords, request: Request) -> Probabilities:
    """No pitch is struck but of the locked key, if one is, and of the chords."""
    if request.key is None:
        return said
    inside = request.key.classes | (TONES[chords] > 0)
    foreign = ~drums[:, None, None] & ~inside[:, np.arange(PITCHES) % 12]
    return replace(said, onset=np.where(foreign, np.float32(0), said.onset))


def _final(said: Probabilities, drums: Steps, chords: Chords, request: Request) -> Probabilities:
    """All pitched parts strike the chord on the final bar line and hold it; the drums are left to land."""
    assert request.moments.final is not None
    first, last = request.moments.final
    begin, bar = _within(first, first + 1, request), _within(first, last, request)
    over = np.arange(WINDOW) >= first - request.window
    strikes = np.where(over, begin & ~drums[:, None], True)
    tones = TONES[chords][:, np.arange(PITCHES) % 12] > 0
    gate = np.where(over, (begin & ~drums[:, None]).astype(np.float32), said.gate)
    onset = np.where(strikes[..., None] & (tones | ~over[:, None]), said.onset, 0)
    held = np.where(over[:, None], (bar & ~begin).astype(np.float32)[:, None], said.sustain)
    return Probabilities(onset.astype(np.float32), held.astype(np.float32), said.velocity, gate)


def _within(first: int, last: int, request: Request) -> Steps:
    """bool[32]: the window's steps that are steps first..last of the performance."""
    steps = request.window + np.arange(WINDOW)
    return np.asarray((first <= steps) & (steps < last))
