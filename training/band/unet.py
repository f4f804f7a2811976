"""The U-Net: an image of steps by pitches, with the code as scale and shift on the way up."""

from __future__ import annotations

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def norm(channels: int) -> nn.GroupNorm:
    """Group normalisation in groups of eight channels at least."""
    return nn.GroupNorm(max(channels // 8, 1), channels)


class Block(nn.Module):  # type: ignore[misc]
    """A residual block: two convolutions, 3 x 3 (flat: 1-D of 5); `cond` numbers scale and shift it."""

    def __init__(self, inside: int, outside: int, cond: int = 0, flat: bool = False) -> None:
        super().__init__()
        conv = nn.Conv1d if flat else nn.Conv2d
        size = 5 if flat else 3
        self.first = nn.Sequential(norm(inside), nn.SiLU(), conv(inside, outside, size, padding="same"))
        self.middle = norm(outside)
        self.second = conv(outside, outside, size, padding="same")
        self.film = nn.Linear(cond, 2 * outside) if cond else None
        self.skip = conv(inside, outside, 1) if inside != outside else nn.Identity()

    def forward(self, x: Tensor, cond: Tensor | None = None) -> Tensor:
        """x [B,inside,...] to [B,outside,...]; cond [B,cond]."""
        h = self.middle(self.first(x))
        if self.film is not None and cond is not None:
            film = self.film(cond)
            film = film.reshape(*film.shape, *(1,) * (x.dim() - 2))
            scale, shift = film.chunk(2, 1)
            h = h * (1 + scale) + shift
        return self.skip(x) + self.second(F.silu(h))


class Attention(nn.Module):  # type: ignore[misc]
    """Self-attention with four heads over all cells of a small image."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = norm(channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.out = nn.Conv2d(channels, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """[B,C,H,W] to the same shape."""
        b, c, h, w = x.shape
        q, k, v = self.qkv(self.norm(x)).reshape(b, 3, self.heads, c // self.heads, h * w).unbind(1)
        weights = torch.softmax(q.transpose(2, 3) @ k * (c // self.heads) ** -0.5, -1)
        mixed: Tensor = v @ weights.transpose(2, 3)
        return x + self.out(mixed.reshape(b, c, h, w))


class UNet(nn.Module):  # type: ignore[misc]
    """An image [B,inside,32,72] to features [B,channels[0],32,72], through three halvings of both axes."""

    def __init__(self, inside: int, channels: tuple[int, ...], cond: int) -> None:
        super().__init__()
        last = channels[-1]
        self.enter = nn.Conv2d(inside, channels[0], 3, padding=1)
        self.down = nn.ModuleList(Block(c, c) for c in channels)
        pairs = list(pairwise(channels))
        self.shrink = nn.ModuleList(nn.Conv2d(a, b, 3, 2, 1) for a, b in pairs)
        self.code = nn.Linear(cond, last)
        self.attention = Attention(last)
        self.bottom = Block(last, last, cond)
        self.grow = nn.ModuleList(nn.Conv2d(b, a, 1) for a, b in reversed(pairs))
        self.up = nn.ModuleList(Block(2 * a, a, cond) for a, _ in reversed(pairs))

    def forward(self, x: Tensor, cond: Tensor) -> Tensor:
        """x [B,inside,32,72]; cond [B,cond]."""
        h, skips = self.enter(x), []
        for level, block in enumerate(self.down):
            h = block(h)
            if level < len(self.shrink):
                skips.append(h)
                h = self.shrink[level](h)
        h = h + self.code(cond)[:, :, None, None]
        h = self.bottom(self.attention(h), cond)
        for grow, up in zip(self.grow, self.up, strict=True):
            h = F.interpolate(grow(h), scale_factor=2.0, mode="nearest")
            h = up(torch.cat([h, skips.pop()], 1), cond)
        return h
