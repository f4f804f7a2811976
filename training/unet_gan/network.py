"""DeepComposer's generator and critic, the same functions of the same parameters, arranged to compute fast.

Source: aws-samples/aws-deepcomposer-samples, the notebook GAN.ipynb. Rolls are float32[B,C,32,128] of
-1 and +1, time before pitch. Memory is channels last, which convolutions on a CPU read best.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from bandmate.models.roll import PARTS, PITCHES, WINDOW

LEVELS = 4
SLOPE = 0.2
FEW = 16
LAST = torch.channels_last


class Generator(nn.Module):  # type: ignore[misc]
    """A U-Net from a melody and noise to four parts; channels: feature maps at its four resolutions.

    Melody [B,1,32,128] and noise [B,2,8,channels[3]] in, four rolls [B,4,32,128] within -1..1 out.
    noise: the shape of the noise, but for the batch. Raises ValueError unless there are four channels.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        first, second, third, fourth = four(channels, "channels")
        self.noise = (WINDOW >> LEVELS, PITCHES >> LEVELS, fourth)
        self.begin = conv(1, first)
        self.down = nn.ModuleList(Down(i, o) for i, o in ((first, second), (second, third), (third, fourth)))
        self.up = nn.ModuleList(
            Up(i, o) for i, o in ((2 * fourth, third), (2 * third, second), (2 * second, first))
        )
        self.end = Doubled(2 * first, PARTS)
        self.to(memory_format=LAST)

    def forward(self, melody: Tensor, noise: Tensor) -> Tensor:
        features = [F.leaky_relu(self.begin(melody), SLOPE, inplace=True)]
        for down in self.down:
            features.append(down(features[-1]))
        wide = torch.cat([features.pop(), noise.permute(0, 3, 1, 2).to(features[0].dtype)], 1)
        for up in self.up:
            wide = torch.cat([up(wide), features.pop()], 1)
        return torch.tanh(self.end(wide).float())


class Critic(nn.Module):  # type: ignore[misc]
    """Four convolutions and a line: how real rolls [B,4,32,128] beside a melody [B,1,32,128] are, [B].

    Raises ValueError unless there are four channels.
    """

    def __init__(self, channels: tuple[int, ...]) -> None:
        super().__init__()
        widths = (PARTS + 1, *four(channels, "critic_channels"))
        self.convolutions = nn.ModuleList(conv(widths[i], widths[i + 1]) for i in range(LEVELS))
        self.bottom = (widths[-1], WINDOW >> LEVELS, PITCHES >> LEVELS)
        self.score = nn.Linear(self.bottom[0] * self.bottom[1] * self.bottom[2], 1)
        nn.init.xavier_uniform_(self.score.weight)
        nn.init.zeros_(self.score.bias)
        self.to(memory_format=LAST)

    def forward(self, rolls: Tensor, melody: Tensor) -> Tensor:
        found = torch.cat([rolls, melody], 1)
        for convolution in self.convolutions:
            found = F.leaky_relu(convolution(found), SLOPE, inplace=True)
        # A score may be in the hundreds, where bfloat16 counts in twos: the line is drawn in full.
        return (found.flatten(1).float() * self.score.weight).sum(1) + self.score.bias

    def slope(self, rolls: Tensor, melody: Tensor) -> Tensor:
        """The length of the score's gradient with respect to each of the rolls, [B].

        The critic is a chain of convolutions and bends, so its gradient is the chain of their transposes
        with the bends fixed. Written out so, and not asked of autograd, the penalty's own gradient is an
        ordinary one, of the first order, and costs half the time.
        """
        with torch.no_grad():
            bends, found = [], torch.cat([rolls, melody], 1)
            for convolution in self.convolutions:
                found = F.leaky_relu(convolution(found), SLOPE, inplace=True)
                bends.append(torch.where(found > 0, 1.0, SLOPE).to(found.dtype))
        steep = self.score.weight.view(1, *self.bottom) * bends.pop()
        for convolution in reversed(self.convolutions[1:]):
            steep = F.conv_transpose2d(steep, convolution.weight, stride=2, padding=1) * bends.pop()
        first = self.convolutions[0].weight[:, :PARTS]
        steep = F.conv_transpose2d(steep, first, stride=2, padding=1).float()
        return torch.sqrt(1e-8 + steep.square().sum((1, 2, 3)))


class Down(nn.Module):  # type: ignore[misc]
    """Half the resolution: convolution, bend, and only then the normalisation."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.convolution, self.norm = conv(inward, outward), norm(outward)

    def forward(self, x: Tensor) -> Tensor:
        return self.norm(F.leaky_relu(self.convolution(x), SLOPE, inplace=True))


class Up(nn.Module):  # type: ignore[misc]
    """Double the resolution: doubled convolution, normalisation, bend."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.convolution, self.norm = Doubled(inward, outward), norm(outward)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.norm(self.convolution(x)), inplace=True)


class Doubled(nn.Module):  # type: ignore[misc]
    """Nearest upsampling by two and a 4x4 convolution, padded as TensorFlow's `same`: 1 before, 2 after.

    Along an axis, even places see the inputs m-1, m, m+1 with the taps a, b+c, d, and odd ones m, m+1
    with a+b, c+d: four small convolutions of the input do the work of one big one on its enlargement,
    with 25 products where that has 64. Where few maps come out, one convolution makes all four.
    """

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outward, inward, 4, 4))
        self.bias = nn.Parameter(torch.zeros(outward))
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x: Tensor) -> Tensor:
        rows = (self._together if len(self.bias) < FEW else self._apart)(x)
        size, height, _, width, _, maps = rows.shape
        return rows.reshape(size, 2 * height, 2 * width, maps).permute(0, 3, 1, 2)

    def _apart(self, x: Tensor) -> Tensor:
        """[B,H,2,W,2,C]: each place of the input and the four that come of it."""
        rows = []
        for odd, tall in enumerate(phases(self.weight.permute(0, 2, 3, 1), 1)):
            columns = []
            for right, kernel in enumerate(phases(tall, 2)):
                padded = F.pad(x, (1 - right, 1, 1 - odd, 1))
                columns.append(F.conv2d(padded, kernel.permute(0, 3, 1, 2), self.bias).permute(0, 2, 3, 1))
            rows.append(torch.stack(columns, 3))
        return torch.stack(rows, 2)

    def _together(self, x: Tensor) -> Tensor:
        """The same from one 3x3 convolution, its odd kernels widened by a column or row of zeros."""
        weight = self.weight.permute(0, 2, 3, 1)
        kernels = [
            F.pad(kernel, (0, 0, right, 0, odd, 0))
            for odd, tall in enumerate(phases(weight, 1))
            for right, kernel in enumerate(phases(tall, 2))
        ]
        out = F.conv2d(x, torch.cat(kernels).permute(0, 3, 1, 2), self.bias.repeat(4), padding=1)
        size, _, height, width = out.shape
        placed = out.permute(0, 2, 3, 1).reshape(size, height, width, 2, 2, len(self.bias))
        return placed.permute(0, 1, 3, 2, 4, 5)


def phases(weight: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """The kernels of the even and the odd places, three and two taps, from four taps along an axis."""
    a, b, c, d = weight.split(1, axis)
    return torch.cat([a, b + c, d], axis), torch.cat([a + b, c + d], axis)


def conv(inward: int, outward: int) -> nn.Conv2d:
    """A 4x4 convolution of stride 2, as Keras begins it: Glorot's uniform weights and no bias."""
    out = nn.Conv2d(inward, outward, 4, 2, 1)
    nn.init.xavier_uniform_(out.weight)
    nn.init.zeros_(out.bias)
    return out


def norm(channels: int) -> nn.BatchNorm2d:
    """Keras' normalisation with momentum .8, which torch calls .2."""
    return nn.BatchNorm2d(channels, eps=1e-3, momentum=0.2)


def four(channels: tuple[int, ...], name: str) -> tuple[int, int, int, int]:
    """The four channels. Raises ValueError."""
    if len(channels) != LEVELS:
        raise ValueError(f"unet-gan has {LEVELS} {name}, and the recipe gives {len(channels)}; give {LEVELS}")
    a, b, c, d = channels
    return a, b, c, d
