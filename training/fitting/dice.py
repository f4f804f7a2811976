"""The random numbers of an update: the same for any number of processes, and after any resumption."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor


class Dice:
    """Random numbers of one update, from a seed of ints; `mine` are this process's windows of the batch.

    What is thrown is thrown for the whole batch, and each process keeps its own share of it. rng: for
    whatever is drawn with numpy, again for the whole batch.
    """

    def __init__(self, seed: list[int], batch: int, mine: slice, device: torch.device | str) -> None:
        self.rng = np.random.default_rng(seed)
        self.batch, self.mine, self.device = batch, mine, device
        self._torch = torch.Generator().manual_seed(int(self.rng.integers(2**62)))

    def which(self, windows: int) -> np.ndarray:
        """int64[batch]: which of so many windows the whole batch takes."""
        return np.asarray(self.rng.integers(0, windows, self.batch))

    def uniform(self, *shape: int) -> Tensor:
        """float32[mine, *shape] in 0..1."""
        return torch.rand((self.batch, *shape), generator=self._torch)[self.mine].to(self.device)

    def normal(self, *shape: int) -> Tensor:
        """float32[mine, *shape], mean 0 and deviation 1."""
        return torch.randn((self.batch, *shape), generator=self._torch)[self.mine].to(self.device)

    def whole(self, low: int, high: int) -> Tensor:
        """int64[mine], each from low to high, high left out."""
        return torch.randint(low, high, (self.batch,), generator=self._torch)[self.mine].to(self.device)
