"""Fits an ear to songs, for so many minutes, from the melody alone: it hears no chord, its own or another's.

A run is a folder: the losses for TensorBoard, and a checkpoint from which it goes on.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F
from torch.utils.tensorboard import SummaryWriter

from bandmate.models.harmony import CHORDS, TONES
from bandmate.training.ear.lessons import UNKNOWN, Batch, Lesson, batch, whole
from bandmate.training.ear.network import Answer, Ear

CHECKPOINT = "ear.pt"
VALIDATED = 24


@dataclass(frozen=True)
class Recipe:
    """How an ear is fitted; minutes of the loop's own time, and the rate falls to zero over them."""

    minutes: float = 10.0
    size: int = 64
    beats: int = 128
    rate: float = 4e-3
    warm_up: int = 60
    decay: float = 0.02
    clip: float = 1.0
    dropout: float = 0.2
    every: int = 50
    seed: int = 0


def loss(answer: Answer, truth: Batch) -> tuple[Tensor, Tensor]:
    """What is made small, and the part of it that is the chord of the beat to decide, in nats."""
    now = _chord_loss(answer.chord[..., :1, :], truth.chord[..., :1])
    ahead = _chord_loss(answer.chord[..., 1:, :], truth.chord[..., 1:])
    past = _chord_loss(answer.hindsight, truth.past)
    heard = truth.chord[..., 0] != UNKNOWN
    tones = torch.from_numpy(TONES)[truth.chord[..., 0][heard]]
    inside = F.binary_cross_entropy_with_logits(answer.tones[heard], tones)
    bass = F.cross_entropy(answer.bass.flatten(0, -2), truth.bass.flatten(), ignore_index=UNKNOWN)
    total = now + 0.4 * ahead + 0.4 * past + 0.5 * inside + 0.2 * bass + 0.3 * _melody_loss(answer, truth)
    return total, now


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


class Run:
    """One fitting: the ear, its optimiser, and how far it has come."""

    def __init__(self, folder: Path, recipe: Recipe, resume: bool = False) -> None:
        """Starts anew, or from the folder's checkpoint. Raises FileNotFoundError if there is none."""
        torch.manual_seed(recipe.seed)
        self.folder, self.recipe = folder, recipe
        self.ear = Ear(recipe.dropout)
        self.optimiser = torch.optim.AdamW(self.ear.parameters(), recipe.rate, weight_decay=recipe.decay)
        self.steps, self.spent = 0, 0.0
        folder.mkdir(parents=True, exist_ok=True)
        if resume:
            kept = torch.load(folder / CHECKPOINT, weights_only=True)
            self.ear.load_state_dict(kept["ear"])
            self.optimiser.load_state_dict(kept["optimiser"])
            self.steps, self.spent = kept["steps"], kept["spent"]

    def save(self) -> None:
        """Writes the checkpoint, whole or not at all."""
        state = {"ear": self.ear.state_dict(), "optimiser": self.optimiser.state_dict()}
        torch.save(state | {"steps": self.steps, "spent": self.spent}, self.folder / f"{CHECKPOINT}.new")
        (self.folder / f"{CHECKPOINT}.new").replace(self.folder / CHECKPOINT)

    def fit(self, train: list[Lesson], valid: list[Lesson]) -> Ear:
        """Runs to the end of the recipe's minutes and returns the ear, ready to be asked."""
        random = np.random.default_rng([self.recipe.seed, self.steps])
        with SummaryWriter(self.folder) as log:
            while self.spent < 60 * self.recipe.minutes:
                begun = time.monotonic()
                losses = self._step(batch(train, self.recipe.size, self.recipe.beats, random))
                self.steps += 1
                self.spent += time.monotonic() - begun
                for name, value in zip(("loss/train", "chord/train"), losses, strict=True):
                    log.add_scalar(name, value, self.steps)
                if self.steps % self.recipe.every == 0:
                    log.add_scalar("chord/valid", validate(self.ear, valid), self.steps)
                    self.save()
        self.save()
        self.ear.eval()
        return self.ear

    def _step(self, of: Batch) -> tuple[float, float]:
        self.ear.train()
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.rate * self._pace()
        total, now = loss(asked(self.ear, of), of)
        self.optimiser.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.ear.parameters(), self.recipe.clip)
        self.optimiser.step()
        return float(total.detach()), float(now.detach())

    def _pace(self) -> float:
        """The share of the full rate: up in a straight line, then down along a cosine."""
        done = min(self.spent / (60 * self.recipe.minutes), 1.0)
        return min(1.0, (self.steps + 1) / self.recipe.warm_up) * (1 + math.cos(math.pi * done)) / 2


def validate(ear: Ear, lessons: list[Lesson]) -> float:
    """The mean loss in nats for the chord of the next beat, nothing of it known, over the 24 longest."""
    ear.eval()
    longest = sorted(lessons, key=lambda one: len(one.chords))[-VALIDATED:]
    batches = [whole(one, known=0) for one in longest]
    with torch.no_grad():
        return float(np.mean([float(loss(asked(ear, of), of)[1]) for of in batches]))
