"""Free-running play: a generator that hears a song's melody and plan and only ever its own past.

Judging a generator on the real past hides its worst fault, that its own silence or noise feeds it.
Many songs are played side by side, hop by hop, through the player's own decoding.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bandmate.models import decoding
from bandmate.models.chance import Chance
from bandmate.models.contract import CONTROLS, Card
from bandmate.models.decoding import Before, Limits
from bandmate.models.probabilities import Probabilities
from bandmate.models.roll import PARTS, PITCHES, WINDOW
from bandmate.training.fitting.windows import HEIGHT, HOP, LOW, Corpus, plan_rows, voices_of
from bandmate.training.songs import STEPS_PER_BAR, Song

Array = NDArray[np.float32]
Say = Callable[[Mapping[str, Array]], tuple[Array, ...]]


@dataclass(frozen=True)
class Stage:
    """S songs to play along with, n steps of each. melody float32[S,2,n,128] (onset, sustain); plan
    float32[S,n,24]; real float32[S,4,2,n,128], what the parts really played."""

    melody: Array
    plan: Array
    real: Array

    @property
    def steps(self) -> int:
        return int(self.plan.shape[1])


@dataclass(frozen=True)
class Manner:
    """How to play. style: scale of the noise that chooses the style; variation: the player's, 0..1; phrase:
    bars for which both kinds of noise are held; ahead: whether the window's melody is all known."""

    style: float = 1.0
    variation: float = 0.0
    phrase: int = 8
    ahead: bool = False
    seed: int = 0


# Half of the variation, as presets have it unless they say otherwise.
USUALLY = Manner(variation=0.5)


def stage(songs: list[Song], parts: tuple[str, ...], most: int, bars: int = 16) -> Stage:
    """At most so many of the songs, so many bars of each, from the bar in which the melody begins.

    Where none is so long, as many bars as the longest has. Raises ValueError when there are no songs.
    """
    first = [int(song.notes[0][:, 0].min(initial=0)) // STEPS_PER_BAR for song in songs]
    room = [song.bars - bar for song, bar in zip(songs, first, strict=True)]
    bars = min(bars, max(room, default=0))
    long = [(song, bar) for song, bar, has in zip(songs, first, room, strict=True) if has >= bars > 0]
    if not long:
        raise ValueError("there are no songs to play along with; prepare more songs")
    kept = [
        (Corpus([song], parts), WINDOW + STEPS_PER_BAR * bar + np.arange(STEPS_PER_BAR * bars))
        for song, bar in long[:: -(-len(long) // most)]
    ]
    voices = np.concatenate([_wide(corpus, rows) for corpus, rows in kept])
    chords = np.stack([corpus.strip.chords[rows] for corpus, rows in kept])
    return Stage(voices[:, 0], plan_rows(chords, np.zeros(len(kept), np.int64)), voices[:, 1:])


def _wide(corpus: Corpus, rows: NDArray[np.int64]) -> Array:
    out = np.zeros((1, 1 + PARTS, 2, len(rows), PITCHES), np.float32)
    for k in range(0, len(rows), 2 * WINDOW):
        some = rows[None, k : k + 2 * WINDOW]
        cells = corpus.strip.cells[some]
        out[..., k : k + some.shape[1], LOW : LOW + HEIGHT] = voices_of(corpus, cells, some)
    return out


def free_run(say: Say, card: Card, limits: Limits, given: Stage, noise_size: int, manner: Manner) -> Array:
    """What the band plays, float32[S,4,2,n,128] (onset, sustain), from silence; `say` is the generator."""
    size, n = len(given.plan), given.steps
    rng = np.random.default_rng(manner.seed)
    tail = ((0, 0), (0, 0), (WINDOW, WINDOW), (0, 0))
    melody = np.pad(given.melody, tail)
    plan = np.pad(given.plan, ((0, 0), (0, WINDOW), (0, 0)), mode="edge")
    played = np.zeros((size, PARTS, 2, n + 2 * WINDOW, PITCHES), np.float32)
    for now in range(0, n, HOP):
        if now % (STEPS_PER_BAR * manner.phrase) == 0:
            noise = (manner.style * rng.standard_normal((size, noise_size))).astype(np.float32)
            phrase = now // (STEPS_PER_BAR * manner.phrase)
        begin = now - now % STEPS_PER_BAR
        offer = _offer(melody, plan, played, begin, now, manner.ahead) | {"noise": noise}
        said = say(offer)
        cut, here = now - begin, slice(WINDOW + now, WINDOW + now + HOP)
        for song in range(size):
            answer = Probabilities(*(kind[song, :, : cut + HOP] for kind in said))
            chance = Chance.of((manner.seed, song, phrase), begin, manner.variation)
            onset, sustain = played[song, :, :, now : WINDOW + now].swapaxes(0, 1) > 0
            score = decoding.decode(answer, card, limits, Before.of(onset, sustain), cut, chance)
            played[song, :, 0, here], played[song, :, 1, here] = score.onset, score.sustain
    return played[:, :, :, WINDOW : WINDOW + n]


def _offer(melody: Array, plan: Array, played: Array, begin: int, now: int, ahead: bool) -> dict[str, Array]:
    """The contract's inputs for the window that begins at step `begin`, but for the noise."""
    size = len(plan)
    past, here = slice(begin, begin + WINDOW), slice(begin + WINDOW, begin + 2 * WINDOW)
    known = (np.arange(WINDOW) < now - begin).astype(np.float32)
    heard = np.ones_like(known) if ahead else known
    tune = np.concatenate([melody[:, :, past], melody[:, :, here] * heard[:, None]], 1)
    band = np.concatenate([played[:, :, :, past], played[:, :, :, here]], 2)
    return {
        "melody": tune,
        "heard": np.tile(heard, (size, 1)),
        "band": band.reshape(size, 4 * PARTS, WINDOW, PITCHES),
        "played": np.tile(known, (size, 1)),
        "harmony": plan[:, begin : begin + WINDOW],
        "controls": np.full((size, CONTROLS), 0.5, np.float32),
    }
