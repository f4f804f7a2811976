"""What the network sees, computed inside its graph: the contract's inputs as an image and a strip.

The image is [B,C,32,72], steps by pitches; the strip is [B,C,32], a column a step. Each voice is
laid under this window three times: as it is now, as it was 16 steps before (the bar before) and 32
steps before, so that repeating oneself is a copy straight down.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from bandmate.models.roll import WINDOW
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW

BAR = 16
PHASES = 6
DRUM_FEATURES = 8


class Picture(nn.Module):  # type: ignore[misc]
    """Turns inputs into image and strip. `parts` are the four names; `drums`, if one is so named, is
    seen through nine classes and gives no image of its own."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        super().__init__()
        self.pitched = [i for i, name in enumerate(parts) if name != "drums"]
        self.drums = parts.index("drums") if "drums" in parts else None
        voices = 1 + len(self.pitched)
        self.strip_channels = 3 * voices + 2 + PHASES + (3 * len(KIT) if self.drums is not None else 0)
        self.image_channels = 7 * voices + 3 + 2 + PHASES + 1
        if self.drums is not None:
            self.image_channels += DRUM_FEATURES
            self.beat = nn.Conv1d(3 * len(KIT), DRUM_FEATURES, 5, padding=2)
        step = torch.arange(WINDOW) * 2 * math.pi
        waves = [f(step / period) for period in (BAR, 8, 4) for f in (torch.cos, torch.sin)]
        self.register_buffer("phase", torch.stack(waves)[None], persistent=False)
        self.register_buffer("height", torch.linspace(-1, 1, HEIGHT)[None, None, None], persistent=False)
        self.register_buffer("kit", torch.tensor(KIT) - LOW, persistent=False)
        pitch = (torch.arange(HEIGHT) + LOW) % 12
        self.register_buffer("octaves", torch.eye(12)[:, pitch], persistent=False)

    def forward(
        self, melody: Tensor, heard: Tensor, band: Tensor, played: Tensor, harmony: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Inputs as in windows.Inputs, to the image [B,C,32,72] and the strip [B,C,32]."""
        size = melody.shape[0]
        tracks = torch.stack([melody, *(band[:, 4 * p : 4 * p + 4] for p in self.pitched)], 1)
        thrice = lay(tracks)
        masks = torch.stack([heard, played], 1)
        phase = self.phase.expand(size, -1, -1)
        rows = [thrice[:, :, 0::2].amax(-1).flatten(1, 2), masks, phase]
        flat = [masks, phase, changes(harmony)]
        if self.drums is not None:
            kit = band[:, 4 * self.drums : 4 * self.drums + 4].index_select(-1, self.kit)
            hits = lay(kit[:, None])[:, 0, 0::2].transpose(2, 3).flatten(1, 2)
            rows.append(hits)
            flat.append(self.beat(hits))
        image = torch.cat(
            [
                thrice.flatten(1, 2),
                sounding(tracks, masks),
                torch.stack([harmony[:, :, :12] @ self.octaves, harmony[:, :, 12:] @ self.octaves], 1),
                torch.cat(flat, 1)[..., None].expand(-1, -1, -1, HEIGHT),
                self.height.expand(size, 1, WINDOW, HEIGHT),
            ],
            1,
        )
        return image, torch.cat(rows, 1)


def lay(tracks: Tensor) -> Tensor:
    """tracks [B,V,4,32,P] to [B,V,6,32,P]: onset and sustain now, 16 steps before, 32 steps before."""
    past, now = tracks[:, :, :2], tracks[:, :, 2:]
    bar = torch.cat([past[:, :, :, BAR:], now[:, :, :, :BAR]], 3)
    return torch.cat([now, bar, past], 2)


def sounding(tracks: Tensor, masks: Tensor) -> Tensor:
    """What each voice holds at its last known step, [B,V,32,72], the same at every step.

    masks [B,2,32]: heard, for the first voice, and played, for the others; each is a prefix of ones.
    """
    size, voices = tracks.shape[:2]
    known = torch.cat([torch.ones_like(masks[:, :, :1]), masks], 2)
    last = known - torch.cat([masks, torch.zeros_like(masks[:, :, :1])], 2)
    each = torch.cat([last[:, :1], last[:, 1:].expand(-1, voices - 1, -1)], 1)
    steps = torch.cat([tracks[:, :, 1, -1:], tracks[:, :, 3]], 2)
    held = (each[:, :, None] @ steps).expand(size, voices, WINDOW, HEIGHT)
    return held


def changes(harmony: Tensor) -> Tensor:
    """[B,1,32], 1 where the plan differs from the step before."""
    moved = (harmony[:, 1:] - harmony[:, :-1]).abs().amax(-1)
    return torch.cat([torch.zeros_like(moved[:, :1]), moved], 1)[:, None]
