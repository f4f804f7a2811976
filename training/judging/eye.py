"""A small convolutional network that learns to tell played windows from real ones.

It looks at a window in two ways: at the rolls, for shapes in time and pitch, and at the pitch classes
of all pitched voices in each half beat, for harmony, alike in every key.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.decoding import DRUMS
from bandmate.training.judging.features import folded
from bandmate.training.judging.pairs import SUSTAIN, Rolls

EPOCHS = 8
BATCH = 64
RATE = 3e-3
DECAY = 1e-2
DROPOUT = 0.3
SLICES = 16


class Eye(nn.Module):  # type: ignore[misc]
    """Rolls float32[B, 2 x voices, 32, 72] and pitch classes float32[B, pitched, 16, 12] to a logit each."""

    def __init__(self, planes: int, pitched: int) -> None:
        super().__init__()
        self.shapes = nn.Sequential(
            nn.Conv2d(planes, 16, (4, 6), (2, 3), (1, 2)),
            nn.LeakyReLU(0.2),
            nn.Conv2d(16, 32, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(32, 32, 4, 2, 1),
            nn.LeakyReLU(0.2),
        )
        self.chords = nn.Sequential(
            nn.Conv2d(pitched, 48, (1, 12)), nn.LeakyReLU(0.2), nn.Conv2d(48, 32, 1), nn.LeakyReLU(0.2)
        )
        self.verdict = nn.Sequential(nn.Dropout(DROPOUT), nn.Linear(32 + 32 + 32, 1))

    def forward(self, rolls: Tensor, classes: Tensor) -> Tensor:
        shapes = self.shapes(rolls)
        chords = self.chords(torch.cat([classes, classes[..., :-1]], 3))
        seen = torch.cat([shapes.mean((2, 3)), shapes.amax((2, 3)), chords.mean((2, 3))], 1)
        return torch.as_tensor(self.verdict(seen)[:, 0])


def scores(
    taught: Rolls, labels: NDArray[np.bool_], asked: Rolls, parts: Sequence[str], seed: int
) -> NDArray[np.float64]:
    """Log odds float64[a] that windows `asked` have label 1, learnt from windows of known labels.

    Windows are bool[W, voices, 2, 32, 72]. The seed fixes all, on one machine with one number of threads.
    """
    shown, question = _tensors(taught, parts), _tensors(asked, parts)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        eye = Eye(2 * taught.shape[1], shown[1].shape[1])
        _fit(eye, shown, torch.from_numpy(labels.astype(np.float32)))
    eye.eval()
    with torch.no_grad():
        found = torch.cat([eye(*_floats(question, rows)) for rows in torch.arange(len(asked)).split(BATCH)])
    return np.asarray(found.double().numpy())


def _fit(eye: Eye, shown: tuple[Tensor, Tensor], labels: Tensor) -> None:
    optimiser = torch.optim.AdamW(eye.parameters(), RATE, weight_decay=DECAY)
    updates = EPOCHS * -(-len(labels) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, updates)
    for _ in range(EPOCHS):
        for rows in torch.randperm(len(labels)).split(BATCH):
            loss = F.binary_cross_entropy_with_logits(eye(*_floats(shown, rows)), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def _tensors(windows: Rolls, parts: Sequence[str]) -> tuple[Tensor, Tensor]:
    """Rolls bool[W, 2 x voices, 32, 72], and how many steps of each half beat each pitch class sounds,
    uint8[W, pitched, 16, 12]."""
    pitched = [0, *(1 + k for k, part in enumerate(parts) if part != DRUMS)]
    classes = folded(windows[:, pitched, SUSTAIN])
    halves = classes.reshape(*classes.shape[:2], SLICES, -1, 12).sum(3).astype(np.uint8)
    return torch.from_numpy(windows.reshape(len(windows), -1, *windows.shape[3:])), torch.from_numpy(halves)


def _floats(tensors: tuple[Tensor, Tensor], rows: Tensor) -> tuple[Tensor, Tensor]:
    return tensors[0][rows].float(), tensors[1][rows].float() / 2
