"""The style code: what a window's parts are like, apart from its harmony; and the bank of them.

An encoder sees the real parts, shifted at random so that it can only carry texture. It is not needed
to play: playing chooses a code from a bank of training windows.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn

from bandmate.training.band.unet import norm
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW

SHIFT = 6


class Encoder(nn.Module):  # type: ignore[misc]
    """Onsets and sustains of the four parts, two [B,4,32,72], to mean and log variance of a code [B,Z]."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__()
        self.pitched = [i for i, name in enumerate(recipe.parts) if name != "drums"]
        self.drums = recipe.parts.index("drums") if "drums" in recipe.parts else None
        sizes = (2 * len(self.pitched), 16, 32, 48, 64)
        layers: list[nn.Module] = []
        for a, b in pairwise(sizes):
            layers += [nn.Conv2d(a, b, 4, 2, 1), norm(b), nn.SiLU()]
        self.image = nn.Sequential(*layers)
        self.beat = nn.Sequential(
            nn.Conv1d(len(KIT), 32, 4, 2, 1), nn.SiLU(), nn.Conv1d(32, 32, 4, 4), nn.SiLU(), nn.Flatten()
        )
        wide = 2 * 2 * sizes[-1] + (32 * 4 if self.drums is not None else 0)
        self.out = nn.Sequential(nn.Linear(wide, 96), nn.SiLU(), nn.Linear(96, 2 * recipe.code))
        self.register_buffer("kit", torch.tensor(KIT) - LOW, persistent=False)

    def forward(self, onset: Tensor, sustain: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
        """shift: int64 [B], semitones by which the pitched parts are moved before they are looked at."""
        parts = torch.cat([onset[:, self.pitched], sustain[:, self.pitched]], 1)
        h = self.image(moved(parts, shift))
        features = [h.mean(-1).flatten(1), h.amax(-1).flatten(1)]
        if self.drums is not None:
            features.append(self.beat(onset[:, self.drums][..., self.kit].transpose(1, 2)))
        mean, log_variance = self.out(torch.cat(features, 1)).chunk(2, 1)
        return mean, log_variance.clamp(-8, 4)


def moved(planes: Tensor, shift: Tensor) -> Tensor:
    """planes [B,C,S,72] with each of the batch moved up by its own shift; what leaves is lost."""
    source = torch.arange(HEIGHT, device=planes.device) - shift[:, None]
    inside = ((source >= 0) & (source < HEIGHT)).to(planes.dtype)
    index = source.clamp(0, HEIGHT - 1)[:, None, None].expand_as(planes)
    return planes.gather(-1, index) * inside[:, None, None]


def keys_of(bank: Tensor) -> Tensor:
    """The directions by which noise chooses codes: the bank [N,Z] whitened, each of unit length."""
    centred = bank - bank.mean(0)
    u, _, vh = torch.linalg.svd(centred, full_matrices=False)
    white: Tensor = u @ vh
    return white / white.norm(dim=1, keepdim=True).clamp_min(1e-6)


def sharpness_of(keys: Tensor, choice: float = 0.8, scale: float = 0.5, seed: int = 0) -> float:
    """The sharpness at which noise of so small a scale gives one code, on average, the share `choice`."""
    noise = scale * torch.randn(512, keys.shape[1], generator=torch.Generator().manual_seed(seed))
    low, high = 1.0, 1000.0
    for _ in range(20):
        middle = (low * high) ** 0.5
        share = torch.softmax(middle * noise @ keys.T, -1).amax(-1).mean()
        low, high = (middle, high) if share < choice else (low, middle)
    return high
