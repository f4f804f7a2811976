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

EPOCHS = 12
LEAST_UPDATES = 60
BATCH = 64
RATE = 6e-3
DECAY = 1e-2
DROPOUT = 0.1
SLICES = 16
SHIFTS = (-6, 6)


class Eye(nn.Module):  # type: ignore[misc]
    """Rolls float32[B, voices, 2, 32, 72] and pitch classes float32[B, pitched, 16, 12] to a logit each."""

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
        shapes = self.shapes(rolls.flatten(1, 2))
        chords = self.chords(torch.cat([classes, classes[..., :-1]], 3))
        seen = torch.cat([shapes.mean((2, 3)), shapes.amax((2, 3)), chords.mean((2, 3))], 1)
        return torch.as_tensor(self.verdict(seen)[:, 0])


def scores(
    taught: Rolls, labels: NDArray[np.bool_], asked: Rolls, parts: Sequence[str], seed: int
) -> NDArray[np.float64]:
    """Log odds float64[a] that windows `asked` have label 1, learnt from windows of known labels.

    Windows are bool[W, voices, 2, 32, 72]; each batch is learnt from in a key of its own. The seed fixes
    all, on one machine with one number of threads.
    """
    pitched = [0, *(1 + k for k, part in enumerate(parts) if part != DRUMS)]
    known = torch.from_numpy(labels.astype(np.float32))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        eye = Eye(2 * taught.shape[1], len(pitched))
        _fit(eye, _tensors(taught, pitched), known, pitched)
    eye.eval()
    question = _tensors(asked, pitched)
    with torch.no_grad():
        found = torch.cat([eye(*_floats(question, rows)) for rows in torch.arange(len(asked)).split(BATCH)])
    return np.asarray(found.double().numpy())


def _fit(eye: Eye, shown: tuple[Tensor, Tensor], labels: Tensor, pitched: Sequence[int]) -> None:
    optimiser = torch.optim.AdamW(eye.parameters(), RATE, weight_decay=DECAY)
    batches = -(-len(labels) // BATCH)
    epochs = max(EPOCHS, -(-LEAST_UPDATES // batches))
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, RATE, epochs * batches)
    for _ in range(epochs):
        for rows in torch.randperm(len(labels)).split(BATCH):
            rolls, classes = _floats(shown, rows)
            up = int(torch.randint(*SHIFTS, ()))
            rolls[:, pitched] = rolls[:, pitched].roll(up, 4)
            loss = F.binary_cross_entropy_with_logits(eye(rolls, classes), labels[rows])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            schedule.step()


def _tensors(windows: Rolls, pitched: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Rolls bool[W, voices, 2, 32, 72], and how many steps of each half beat each pitch class sounds,
    uint8[W, pitched, 16, 12]."""
    classes = folded(windows[:, pitched, SUSTAIN])
    halves = classes.reshape(*classes.shape[:2], SLICES, -1, 12).sum(3).astype(np.uint8)
    return torch.from_numpy(windows), torch.from_numpy(halves)


def _floats(tensors: tuple[Tensor, Tensor], rows: Tensor) -> tuple[Tensor, Tensor]:
    return tensors[0][rows].float(), tensors[1][rows].float() / 2
