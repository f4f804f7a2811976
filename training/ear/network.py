"""The ear's network: twelve views of one melody, a view a root, that share their weights.

View r sees every vector of pitch classes turned so that r comes first, and answers for the chords on r. So a
melody moved by some semitones gives the same answer moved as far: nothing has to be learned twelve times.
A gated recurrent unit a layer keeps what was heard (state float32[2, 12, 56] as one row); a head adds the
steps of the beat to decide that are known.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.harmony import HORIZON
from bandmate.models.listening import BEAT_SIZE, PARTIAL_SIZE, PHASES, STEP_SIZE
from bandmate.models.roll import STEPS_PER_BEAT

VIEWS = 12
WIDTH = 56
LAYERS = 2
STATE = LAYERS * VIEWS * WIDTH
SEEN = BEAT_SIZE + PHASES
ASKED = 2 * WIDTH + PARTIAL_SIZE + STEPS_PER_BEAT + PHASES
ANSWERS = 2 * 2 * HORIZON + HORIZON + 2
COMMON = 3 * HORIZON


class Answer(NamedTuple):
    """chord, hindsight [..., 8, 25] logits; melody [..., 8, 12] logits; sounding [..., 8] logits of the share
    of a beat that sounds; tones, bass [..., 12] logits of this beat's chord tones and bass."""

    chord: Tensor
    hindsight: Tensor
    melody: Tensor
    sounding: Tensor
    tones: Tensor
    bass: Tensor


def turns(vectors: list[int], size: int) -> Tensor:
    """int64[12, size]: where each number comes from in each view; `vectors`: where twelve-vectors start."""
    table = torch.arange(size).repeat(VIEWS, 1)
    for first in vectors:
        for view in range(VIEWS):
            table[view, first : first + VIEWS] = first + (torch.arange(VIEWS) + view) % VIEWS
    return table


def _step_vectors() -> list[int]:
    return [STEP_SIZE * step + VIEWS * half for step in range(STEPS_PER_BEAT) for half in range(2)]


class Ear(nn.Module):  # type: ignore[misc]
    """Features of models/listening in, chords and melody of the beats to come out."""

    def __init__(self, dropout: float = 0.2) -> None:
        super().__init__()
        self.enter = nn.Linear(SEEN, WIDTH)
        self.first = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.mix = nn.Linear(2 * WIDTH, WIDTH)
        self.second = nn.GRU(WIDTH, WIDTH, batch_first=True)
        self.ask = nn.Linear(ASKED, WIDTH)
        self.deepen = nn.Linear(2 * WIDTH, WIDTH)
        self.answer = nn.Linear(WIDTH, ANSWERS)
        self.common = nn.Linear(WIDTH, COMMON)
        self.dropout = dropout
        histograms = [PARTIAL_SIZE + VIEWS * i for i in range(3)]
        self.register_buffer("beat_turns", turns(_step_vectors() + histograms, BEAT_SIZE), persistent=False)
        self.register_buffer("partial_turns", turns(_step_vectors(), PARTIAL_SIZE), persistent=False)

    def views(self, beat: Tensor, phase: Tensor) -> Tensor:
        """[..., 148] and [..., 16] to [..., 12, 56]: what enters the first layer."""
        seen = beat[..., self.beat_turns]
        return F.silu(_shared(self.enter, seen, phase))

    def dropped(self, x: Tensor) -> Tensor:
        """[..., 12, n] with the same numbers left out in every view."""
        if not self.training:
            return x
        return x * F.dropout(torch.ones_like(x[..., :1, :]), self.dropout)

    def mixed(self, hidden: Tensor) -> Tensor:
        """[..., 12, 56] with what all the views have in common told to each."""
        return F.silu(_shared(self.mix, hidden, hidden.mean(-2)))

    def listen(self, beat: Tensor, phase: Tensor) -> Tensor:
        """What is known before each beat, [B, T, 12, 56], of lines [B, T, 148] and [B, T, 16]."""
        one = _along(self.first, self.dropped(self.views(beat[:, :-1], phase[:, :-1])))
        known = one + _along(self.second, self.dropped(self.mixed(one)))
        return F.pad(known, (0, 0, 0, 0, 1, 0))

    def step(self, state: Tensor, beat: Tensor, phase: Tensor) -> Tensor:
        """The state [B, S] after one beat more; the same where `phase` is all zeros, for no beat."""
        one, two = state.view(-1, LAYERS, VIEWS, WIDTH).unbind(1)
        new_one = _cell(self.first, self.views(beat, phase), one)
        new_two = _cell(self.second, self.mixed(new_one), two)
        moved = torch.stack([new_one, new_two], 1).flatten(1)
        return state + phase.sum(-1, keepdim=True) * (moved - state)

    def known(self, state: Tensor) -> Tensor:
        """What `listen` gives for the beat to come, [B, 12, 56], from a state [B, S]."""
        return state.view(-1, LAYERS, VIEWS, WIDTH).sum(1)

    def head(self, known: Tensor, partial: Tensor, count: Tensor, phase: Tensor) -> Answer:
        """[..., 12, 56] and the beat to decide ([..., 112], one-hot [..., 4] and [..., 16]) to an answer."""
        steps = partial[..., self.partial_turns]
        known = self.dropped(known)
        alike = torch.cat([known.mean(-2), count, phase], -1)
        hidden = F.silu(_shared(self.ask, torch.cat([known, steps], -1), alike))
        hidden = hidden + F.silu(_shared(self.deepen, hidden, hidden.mean(-2)))
        own = self.answer(self.dropped(hidden))
        none, past_none, sounding = self.common(hidden.mean(-2)).chunk(3, -1)
        ahead, past, melody, rest = own.split([2 * HORIZON, 2 * HORIZON, HORIZON, 2], -1)
        return Answer(
            chord=_chords(ahead, none),
            hindsight=_chords(past, past_none),
            melody=melody.transpose(-1, -2),
            sounding=sounding,
            tones=rest[..., 0],
            bass=rest[..., 1],
        )


def _shared(layer: nn.Linear, own: Tensor, alike: Tensor) -> Tensor:
    """A layer of n + m inputs over what each view sees, [..., 12, n], and what all see, [..., m]."""
    size = own.shape[-1]
    told = F.linear(alike, layer.weight[:, size:], layer.bias)
    return F.linear(own, layer.weight[:, :size]) + told.unsqueeze(-2)


def _chords(own: Tensor, none: Tensor) -> Tensor:
    """[..., 12, 16] (major, then minor, of eight beats) and [..., 8] to [..., 8, 25]."""
    major, minor = own.transpose(-1, -2).chunk(2, -2)
    return torch.cat([major, minor, none.unsqueeze(-1)], -1)


def _along(layer: nn.GRU, x: Tensor) -> Tensor:
    """A layer along the beats of [B, T, 12, 56]."""
    batch, beats = x.shape[:2]
    lines = x.transpose(1, 2).reshape(batch * VIEWS, beats, WIDTH)
    heard: Tensor = layer(lines)[0]
    return heard.view(batch, VIEWS, beats, WIDTH).transpose(1, 2)


def _cell(layer: nn.GRU, x: Tensor, hidden: Tensor) -> Tensor:
    """One beat of a layer, written out so that the graph is the same step for step."""
    reset_x, update_x, new_x = F.linear(x, layer.weight_ih_l0, layer.bias_ih_l0).chunk(3, -1)
    reset_h, update_h, new_h = F.linear(hidden, layer.weight_hh_l0, layer.bias_hh_l0).chunk(3, -1)
    update = torch.sigmoid(update_x + update_h)
    new = torch.tanh(new_x + torch.sigmoid(reset_x + reset_h) * new_h)
    return new + update * (hidden - new)
