"""MuseGAN's generator: from a melody and shared and private noise to four parts, bar by bar.

The hybrid model of Dong et al. (AAAI 2018) in its accompanying form. What differs from the paper: two
bars of 16 steps and 72 pitches; four parts, the melody being the fifth track, given and not generated;
two planes a track, onset and sustain, since with one a repeated note melts into a held one; a kit strikes
nothing but its nine classes; and the encoder reads each bar together with the bar before it, because of
the bar that is being played the melody is known only as far as it was heard.

Everything is laid out [B, steps, pitches, channels], channels last. A convolution whose stride is its
kernel is then a reshape and a matrix product, and so is its transpose, which is many times faster.
"""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.roll import PARTS, WINDOW
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW
from bandmate.training.songs import STEPS_PER_BAR

BARS = WINDOW // STEPS_PER_BAR
OCTAVE = 12
OCTAVES = HEIGHT // OCTAVE
LATENTS = 2 + 2 * PARTS
PLANES = 2
SPARSE = (-4.0, -3.0)
NEVER = -20.0
LEAK = 0.2


def noise_size(recipe: Recipe) -> int:
    """Length of the noise: a latent of all, one of all in time, one of each part, one of each in time."""
    return LATENTS * recipe.latent


class Shrink(nn.Module):  # type: ignore[misc]
    """Every `block` neighbouring cells to one: [N,cells,a] to [N,cells/block,b]."""

    def __init__(self, a: int, b: int, block: int) -> None:
        super().__init__()
        self.block, self.map, self.norm = block, nn.Linear(a * block, b, bias=False), nn.BatchNorm1d(b)

    def forward(self, cells: Tensor) -> Tensor:
        small = self.map(cells.reshape(len(cells), cells.shape[1] // self.block, -1))
        return F.leaky_relu(self.norm(small.flatten(0, 1)).view_as(small), LEAK)


class Grow(nn.Module):  # type: ignore[misc]
    """Every cell to `block` neighbouring ones: [N,cells,a] to [N,cells*block,b]."""

    def __init__(self, a: int, b: int, block: int) -> None:
        super().__init__()
        self.map, self.norm = nn.Linear(a, b * block, bias=False), nn.BatchNorm1d(b)
        self.width = b

    def forward(self, cells: Tensor) -> Tensor:
        large = self.map(cells).reshape(-1, self.width)
        return torch.relu(self.norm(large)).reshape(len(cells), -1, self.width)


class Encoder(nn.Module):  # type: ignore[misc]
    """Bars of melody [N,16,72,4] to features of the six sizes [N,96 16 8 4 2 1,width]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        blocks = (OCTAVE, OCTAVES, 2, 2, 2, 2)
        self.layers = nn.ModuleList(
            Shrink(width if k else BARS * PLANES, width, block) for k, block in enumerate(blocks)
        )

    def forward(self, bars: Tensor) -> list[Tensor]:
        """The features, the largest size first."""
        features = [bars.flatten(1, 2)]
        for layer in self.layers:
            features.append(layer(features[-1]))
        return features[1:]


class Temporal(nn.Module):  # type: ignore[misc]
    """One latent [B,L] to one for each bar [B,2,L]."""

    def __init__(self, latent: int, width: int) -> None:
        super().__init__()
        self.grow, self.map = Grow(latent, width, BARS), nn.Linear(width, latent, bias=False)
        self.norm = nn.BatchNorm1d(latent)

    def forward(self, latent: Tensor) -> Tensor:
        bars = self.map(self.grow(latent[:, None]))
        return self.norm(bars.flatten(0, 1)).view_as(bars)


class BarGenerator(nn.Module):  # type: ignore[misc]
    """A part's bar, as logits [N,16,72,2], from its latents [N,4L] and the melody's features.

    It grows 1 -> 2 -> 4 -> 8 -> 16 steps, then a cell an octave, then a cell a pitch; at each size the
    melody's features of that size are laid beside its own. channels: widths, the largest size first.
    """

    def __init__(self, latents: int, beside: int, channels: tuple[int, ...]) -> None:
        super().__init__()
        octave, bar, half, beat = channels
        widths = (latents, beat, half, bar, bar, octave)
        blocks = (2, 2, 2, 2, OCTAVES)
        self.layers = nn.ModuleList(
            Grow(a + beside, b, block) for (a, b), block in zip(pairwise(widths), blocks, strict=True)
        )
        self.last = nn.Linear(octave + beside, OCTAVE * PLANES)
        with torch.no_grad():  # music is sparse, and so begins the generator
            self.last.bias.copy_(torch.tensor(SPARSE).repeat(OCTAVE))

    def forward(self, latents: Tensor, melody: list[Tensor]) -> Tensor:
        """melody: the features, the largest size first."""
        grown = latents[:, None]
        for layer, beside in zip(self.layers, reversed(melody[1:]), strict=True):
            grown = layer(torch.cat([grown, beside], 2))
        bar: Tensor = self.last(torch.cat([grown, melody[0]], 2))
        return bar.reshape(len(bar), STEPS_PER_BAR, HEIGHT, PLANES)


class Generator(nn.Module):  # type: ignore[misc]
    """A tune and noise to the onset and sustain of four parts."""

    def __init__(self, recipe: Recipe) -> None:
        """Raises ValueError unless the recipe gives four widths."""
        super().__init__()
        channels, self.latent, self.noise = recipe.channels, recipe.latent, noise_size(recipe)
        if len(channels) != 4:
            raise ValueError(f"musegan takes four channels, not {len(channels)}; give 64, 128, 256, 512")
        beside = max(channels[0] // 2, 1)
        self.shared = Temporal(self.latent, channels[-1])
        self.private = nn.ModuleList(Temporal(self.latent, channels[-1]) for _ in range(PARTS))
        self.encoder = Encoder(beside)
        self.parts = nn.ModuleList(BarGenerator(4 * self.latent, beside, channels) for _ in range(PARTS))
        self.register_buffer("playable", playable(recipe.parts), persistent=False)

    def latents(self, noise: Tensor) -> Tensor:
        """Noise [B,10L] to what each bar of each part is made from, [B,2,4,4L]: the latents of all, of all
        in this bar, of the part, and of the part in this bar."""
        still, moving, *rest = noise.unflatten(1, (LATENTS, self.latent)).unbind(1)
        shared = [_always(still), self.shared(moving)]
        mine = [
            [_always(rest[part]), private(rest[PARTS + part])] for part, private in enumerate(self.private)
        ]
        return torch.stack([torch.cat([*shared, *own], 2) for own in mine], 2)

    def play(self, latents: Tensor, tune: Tensor) -> Tensor:
        """Logits [B,32,72,8] from latents [B,2,4,4L] and the tune."""
        melody = self.encoder(bars_of(tune).flatten(0, 1))
        bars = [part(latents[:, :, i].flatten(0, 1), melody) for i, part in enumerate(self.parts)]
        rolls = torch.cat(bars, 3).reshape(len(tune), WINDOW, HEIGHT, PARTS * PLANES)
        return torch.where(self.playable, rolls.float(), NEVER)

    def forward(self, tune: Tensor, noise: Tensor) -> Tensor:
        """Logits [B,32,72,8], onset and sustain of each part in turn. tune [B,48,72,2]: onset and sustain
        of the bar before the window and of the window, zero where not heard; noise [B,10L]."""
        return self.play(self.latents(noise), tune)


def _always(latent: Tensor) -> Tensor:
    return latent[:, None].expand(-1, BARS, -1)


def bars_of(tune: Tensor) -> Tensor:
    """Each bar beside the bar before it: [B,48,72,2] to [B,2,16,72,4]."""
    bars = tune.unflatten(1, (1 + BARS, STEPS_PER_BAR))
    return torch.cat([bars[:, :-1], bars[:, 1:]], 4)


def playable(parts: tuple[str, ...]) -> Tensor:
    """bool[72,8]: every pitch of a pitched part, the nine classes of a kit."""
    rows = torch.ones(HEIGHT, PARTS, PLANES, dtype=torch.bool)
    for part, name in enumerate(parts):
        if name == "drums":
            rows[:, part] = False
            rows[torch.tensor(KIT) - LOW, part] = True
    return rows.flatten(1)
