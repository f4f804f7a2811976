"""Making a taught generator ready to play: its bank of styles, and cuts that give real densities.

First each cut is set so that, on training windows, as many decisions fall above it as were really
taken; then the generator plays freely on training songs and the cuts of gate and hold move
until it strikes as many notes, and holds them as long, as the real parts: once with nothing left to
chance, and once drawn. Probabilities that are right after a real past are not after one's own, which
short notes make still choppier.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from bandmate.models.contract import Card
from bandmate.models.decoding import Limits
from bandmate.models.drawn import Drawn, Drum
from bandmate.models.roll import PARTS, WINDOW
from bandmate.training.band.network import Band, Heads, Player
from bandmate.training.band.situations import Inputs, Truth, draw, fates
from bandmate.training.band.style import Encoder, keys_of, sharpness_of
from bandmate.training.fitting import cuts, windows
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import Corpus
from bandmate.training.judging import figures
from bandmate.training.judging.rollout import USUALLY, Array, Manner, Say, Stage, free_run
from bandmate.training.songs import STEPS_PER_BAR

ROUNDS = 6
EVEN = Drawn(*((0.5,) * PARTS,) * 3)
CHUNK = 64
SAMPLE = 768
USUAL = (0.2, 0.8)
CHOPPY = 0.35
ALIKE = 0.7
# Above it, the notes of a style that is less sure of its holds would all end after a step.
HIGHEST_HOLD = 0.7
# Decisions that are nearly sure need cuts near 0 or 1 before noise turns some of them.
FAR = 0.005


def player_of(band: Band, encoder: Encoder, corpus: Corpus, chosen: windows.Ints) -> Player:
    """The generator with a bank of the styles of the chosen training windows."""
    rows = corpus.rows(chosen)
    sounds = windows.voices_of(corpus, corpus.strip.cells[rows], rows)
    parts = torch.from_numpy(np.ascontiguousarray(sounds[:, 1:, :, WINDOW:]))
    with torch.no_grad():
        bank, _ = encoder(parts[:, :, 0], parts[:, :, 1], torch.zeros(len(chosen), dtype=torch.long))
    keys = keys_of(bank)
    player: Player = Player(band, bank, keys, sharpness_of(keys)).eval()
    return player


def typical_windows(corpus: Corpus, count: int, seed: int) -> windows.Ints:
    """So many windows that are fit to be imitated for bars on end, from as many songs as there are.

    First come those in which every part plays, no part plays unusually little, much or choppily, and the
    drums, if there are any, keep a steady beat: a bank of fills and thickets plays nothing else.
    """
    order = np.random.default_rng(seed).permutation(len(corpus))
    density = corpus.controls[order, :PARTS]
    length = np.stack([windows.rank(each) for each in corpus.lengths.T], 1)[order]
    odd = ((density < USUAL[0]) | (density > USUAL[1]) | (length < CHOPPY)).sum(1)
    if "drums" in corpus.parts:
        odd = odd + 1 - steady(corpus.strip.kit[corpus.rows(order)[:, WINDOW:]] > 0)
    turn = np.zeros(len(order), np.int64)
    for song in np.unique(corpus.song):
        mine = np.flatnonzero(corpus.song[order] == song)
        turn[mine[np.argsort(odd[mine], kind="stable")]] = np.arange(len(mine))
    return order[np.lexsort((turn, odd))][:count]


def steady(kit: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool[B]: of windows bool[B,32,9], those with a kick on both downbeats, a snare on every 2 and 4, a
    hat or ride, and a second bar that shares most of its hits with the first."""
    kick, snare, hat = kit[:, :, 0], kit[:, :, 1], kit[:, :, [2, 3, 8]].any(2)
    one, two = kit[:, :STEPS_PER_BAR], kit[:, STEPS_PER_BAR:]
    same = (one & two).sum((1, 2)) >= ALIKE * (one | two).sum((1, 2))
    beat = kick[:, [0, 16]].all(1) & snare[:, [4, 12, 20, 28]].all(1)
    return np.asarray(beat & same & (hat.sum(1) >= STEPS_PER_BAR // 2))


def first_cuts(player: Player, corpus: Corpus, recipe: Recipe) -> Card:
    """Cuts by which as many decisions are taken on windows like those of the bank, with the styles of
    others, as really were. The drums' classes lean so that one cut serves all nine."""
    heads, true = _answers(player, corpus, recipe, SAMPLE)
    gate, pitch, hold, even = [0.5] * PARTS, [0.5] * PARTS, [0.5] * PARTS, EVEN
    hop = true.weight > 1
    for i, part in enumerate(player.band.pitched):
        onset, before = true.onset[:, part], true.before[:, part]
        struck = onset.amax(-1)
        gate[part] = _cut(heads.gate[:, i][hop], struck[hop])
        opened = hop & (struck > 0)
        size = float(onset[opened].sum(-1).mean()) if opened.any() else 1.0
        pitch[part] = _join(torch.sigmoid(heads.pitch[:, i][opened]), size)
        on = (before * (1 - onset) > 0) & hop[..., None]
        hold[part] = _cut(heads.hold[:, i][on], true.sustain[:, part][on])
    if player.band.drums is not None:
        hits = (true.kit > 0).to(heads.kit.dtype)
        cuts = [_cut(heads.kit[:, k][hop], hits[..., k][hop]) for k in range(hits.shape[-1])]
        player.band.lean.copy_(-torch.logit(torch.tensor(cuts)))
        # What is drawn is to be as likely as it was said to be, without that lean.
        even = EVEN._replace(
            kit=tuple(Drum(int(drum), 1 - cut) for drum, cut in zip(windows.KIT, cuts, strict=True))
        )
    return Card("generator", recipe.genre, recipe.parts, tuple(gate), tuple(pitch), tuple(hold), even)


def _answers(player: Player, corpus: Corpus, recipe: Recipe, count: int) -> tuple[Heads, Truth[Tensor]]:
    """The heads on `count` typical windows, with styles of the bank, and what really came."""
    rng = np.random.default_rng([recipe.seed, 7])
    chosen = typical_windows(corpus, count, recipe.seed)
    inputs, truth = draw(corpus, chosen, fates(len(chosen), recipe, rng), recipe)
    count = len(truth.weight)
    tensors = [torch.from_numpy(np.ascontiguousarray(x)) for x in inputs]
    codes = player.bank[torch.from_numpy(rng.integers(0, len(player.bank), count))]
    parts = []
    with torch.no_grad():
        for k in range(0, count, CHUNK):
            some = slice(k, k + CHUNK)
            parts.append(player.band(Inputs(*(x[some] for x in tensors)), codes[some]))
    heads = Heads(*(torch.cat(kind) for kind in zip(*parts, strict=True)))
    return heads, Truth(*(torch.from_numpy(np.ascontiguousarray(x)) for x in truth))


def _cut(logits: Tensor, happened: Tensor) -> float:
    """The probability above which as many lie as happened, kept within .1 and .9."""
    if not len(logits):
        return 0.5
    share = min(max(float(happened.mean()), 0.0), 1.0)
    return min(max(float(torch.sigmoid(torch.quantile(logits[:1_000_000], 1 - share))), 0.1), 0.9)


def _join(given: Tensor, size: float) -> float:
    """The cut at which chords, of the likeliest note at least, have `size` notes on average."""
    if not len(given):
        return 0.5
    grid = torch.linspace(0.05, 0.95, 46)
    sizes = torch.stack([(given > cut).sum(1).clamp_min(1).float().mean() for cut in grid])
    return float(grid[(sizes - size).abs().argmin()])


class Aim(NamedTuple):
    """What free play should come to, for each part: notes a bar, their usual length in steps, the share of
    them that last a step, and the usual length of the others."""

    onsets: tuple[float, ...]
    lengths: tuple[float, ...]
    crumbs: tuple[float, ...]
    longer: tuple[float, ...]

    @classmethod
    def of(cls, played: Array, plan: Array) -> Aim:
        """What these parts come to; played float32[S,4,2,n,128], plan float32[S,n,24]."""
        parts = [played[:, part] for part in range(PARTS)]
        found = [figures.of_part(part, plan) for part in parts]
        return cls(
            tuple(figure["onsets"] for figure in found),
            tuple(map(figures.usual_length, parts)),
            tuple(figure["one_step"] for figure in found),
            tuple(figures.usual_length(part, 2) for part in parts),
        )

    def like(self, corpus: Corpus, chosen: windows.Ints) -> Aim:
        """The same, times how the chosen windows differ from all the corpus in notes and in length."""
        dense = corpus.counts[chosen].mean(0) / np.maximum(corpus.counts.mean(0), 1e-6)
        long = corpus.lengths[chosen].mean(0) / np.maximum(corpus.lengths.mean(0), 1e-6)
        return self._replace(
            onsets=tuple(float(a * b) for a, b in zip(self.onsets, dense, strict=True)),
            lengths=tuple(float(a * b) for a, b in zip(self.lengths, long, strict=True)),
        )


def settle(say: Say, noise: int, card: Card, limits: Limits, given: Stage, aim: Aim) -> Card:
    """The card with cuts of gate and hold that bring free play on the songs near the aim, where nothing is
    left to chance; noise: how many numbers the generator takes."""
    for turn in range(ROUNDS):
        mine = Aim.of(free_run(say, card, limits, given, noise, Manner(seed=turn)), given.plan)
        gate = [_move(card.gate[i], mine.onsets[i], aim.onsets[i]) for i in range(PARTS)]
        moved = (_move(card.hold[i], mine.lengths[i], aim.lengths[i]) for i in range(PARTS))
        hold = [min(cut, HIGHEST_HOLD) for cut in moved]
        card = replace(card, gate=tuple(gate), hold=tuple(hold))
    return card


def settle_drawn(say: Say, noise: int, card: Card, limits: Limits, given: Stage, aim: Aim) -> Card:
    """The card with cuts that bring play by chance near the aim: its notes a bar, its share of notes of a
    step, and the length of the others. Drums go by the cuts of their own."""
    for turn in range(ROUNDS):
        mine = Aim.of(free_run(say, card, limits, given, noise, replace(USUALLY, seed=turn)), given.plan)
        drawn = card.drawn or EVEN
        card = replace(
            card,
            drawn=drawn._replace(
                gate=tuple(_move(drawn.gate[i], mine.onsets[i], aim.onsets[i]) for i in range(PARTS)),
                second=tuple(
                    _move(drawn.second[i], cuts.odds(aim.crumbs[i]), cuts.odds(mine.crumbs[i]), FAR)
                    for i in range(PARTS)
                ),
                hold=tuple(_move(drawn.hold[i], mine.longer[i], aim.longer[i], FAR) for i in range(PARTS)),
            ),
        )
    return card


def _move(cut: float, mine: float, real: float, edge: float = 0.05) -> float:
    """A cut raised where there is too much, lowered where there is too little."""
    return cuts.moved(cut, max(mine, 0.02) / max(real, 0.02), edge)
