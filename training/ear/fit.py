"""Fits an ear to songs from the melody alone: it hears no chord, its own or another's."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.harmony import CHORDS, TONES
from bandmate.training.ear.lessons import UNKNOWN, Batch, Lesson, batch, whole
from bandmate.training.ear.network import Answer, Ear
from bandmate.training.fitting.course import Course
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together

VALIDATED = 24
DECAY = 0.02
CLIP = 1.0
WARMUP = 60


def loss(answer: Answer, truth: Batch, melody: float) -> tuple[Tensor, Tensor]:
    """What is made small, and the part of it that is the chord of the beat to decide, in nats; melody: what
    foretelling the melody counts."""
    now = _chord_loss(answer.chord[..., :1, :], truth.chord[..., :1])
    ahead = _chord_loss(answer.chord[..., 1:, :], truth.chord[..., 1:])
    past = _chord_loss(answer.hindsight, truth.past)
    heard = truth.chord[..., 0] != UNKNOWN
    tones = torch.from_numpy(TONES).to(heard.device)[truth.chord[..., 0][heard]]
    inside = F.binary_cross_entropy_with_logits(answer.tones[heard], tones)
    bass = F.cross_entropy(answer.bass.flatten(0, -2), truth.bass.flatten(), ignore_index=UNKNOWN)
    total = now + 0.4 * ahead + 0.4 * past + 0.5 * inside + 0.2 * bass
    return total + melody * _melody_loss(answer, truth), now


def _chord_loss(logits: Tensor, chords: Tensor) -> Tensor:
    return F.cross_entropy(logits.reshape(-1, CHORDS), chords.reshape(-1), ignore_index=UNKNOWN)


def _melody_loss(answer: Answer, truth: Batch) -> Tensor:
    """Which pitch classes will sound, weighted by time, and for which share of the beat any will."""
    inside = truth.melody[..., 0] >= 0
    share = truth.melody[inside]
    which = -(share * F.log_softmax(answer.melody[inside], -1)).sum() / share.sum().clamp_min(1)
    return which + F.binary_cross_entropy_with_logits(answer.sounding[inside], share.sum(-1).clamp(0, 1))


def asked(ear: Ear, of: Batch) -> Answer:
    """The ear's answer at every beat of a batch."""
    return ear.head(ear.listen(of.beat, of.phase), of.partial, of.known, of.phase)


class EarCourse(Course):
    """An ear being taught on excerpts of `ear_beats` beats."""

    def __init__(self, lessons: list[Lesson], recipe: Recipe, together: Together) -> None:
        super().__init__(recipe, together, recipe.ear_batch)
        torch.manual_seed(recipe.seed)
        self.lessons = lessons
        self.ear = Ear(recipe.ear_dropout).to(together.device)
        self.optimiser = torch.optim.AdamW(self.ear.parameters(), recipe.ear_rate, weight_decay=DECAY)

    @property
    def updates(self) -> int:
        """Those of the recipe."""
        return self.recipe.ear_updates

    def weights(self) -> dict[str, nn.Module]:
        """The ear."""
        return {"ear": self.ear}

    def _update(self) -> dict[str, Tensor]:
        dice = self.dice(0)
        of = batch(self.lessons, self.batch, self.recipe.ear_beats, dice.rng, dice.mine)
        of = Batch(*(field.to(self.together.device) for field in of))
        torch.manual_seed(int(dice.rng.integers(2**62)) + self.together.rank)  # of the drop-out
        self.ear.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.ear_rate * self._pace()
        total, now = loss(asked(self.ear, of), of, self.recipe.ear_melody)
        self.descend(total, self.optimiser, CLIP)
        return {"ear": total, "ear_chord": now}

    def _pace(self) -> float:
        """The share of the full rate: up in a straight line, then down along a cosine."""
        rise = min(1.0, (self.step + 1) / WARMUP)
        return rise * (1 + float(np.cos(np.pi * min(self.step / max(self.updates, 1), 1.0)))) / 2


def validate(ear: Ear, lessons: list[Lesson]) -> float:
    """The mean loss in nats for the chord of the next beat, nothing of it known, over the 24 longest."""
    ear.eval()
    longest = sorted(lessons, key=lambda one: len(one.chords))[-VALIDATED:]
    device = next(ear.parameters()).device
    batches = [Batch(*(field.to(device) for field in whole(one, known=0))) for one in longest]
    with torch.no_grad():
        said = [(asked(ear, of), of) for of in batches]
        return float(np.mean([float(_chord_loss(a.chord[..., :1, :], of.chord[..., :1])) for a, of in said]))
