"""The interface of a technique: a generator being taught, update by update.

Techniques are `band`, `unet-gan` and `musegan`; each is a Lesson, and `fitting/techniques.py` finds it by name.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from pathlib import Path

import torch
from torch import Tensor, nn

from bandmate.models.contract import Card
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.songs import Song

Module = nn.Module | torch.optim.Optimizer


class Performer(nn.Module, ABC):  # type: ignore[misc]
    """A taught generator as the contract describes it, ready to be exported.

    takes: the contract's inputs that it asks for, in the order of its arguments; noise: the length of
    the input `noise`. Called with those inputs, float32 and batch first (any batch), it returns onset,
    sustain, velocity [B,4,32,128] and gate [B,4,32].
    """

    takes: tuple[str, ...]
    noise: int


class Lesson(ABC):
    """A generator being taught. step: updates of the generator done; updates: all that are to be done."""

    def __init__(self, corpus: Corpus, recipe: Recipe, together: Together) -> None:
        self.corpus, self.recipe, self.together = corpus, recipe, together
        self.step = 0

    @property
    def updates(self) -> int:
        """Updates of the generator in so many epochs of the recipe."""
        return max(round(self.recipe.epochs * self.each), 1)

    @property
    def each(self) -> float:
        """Updates of the generator in an epoch, a pass over the training windows."""
        return max(len(self.corpus) / self.recipe.batch, 1e-6)

    @property
    def epoch(self) -> float:
        """Epochs done."""
        return self.step / self.each

    def advance(self) -> dict[str, float]:
        """One update of the generator (and those of its critic that belong to it); the losses by name."""
        out = self.together.mean(self._update())
        self.step += 1
        return out

    def dice(self, salt: int) -> Dice:
        """The random numbers of this update; `salt` tells the critic's turns (1, 2, ..) from the generator's (0)."""
        seed = [self.recipe.seed, self.step, salt]
        return Dice(seed, self.recipe.batch, self.together.share(self.recipe.batch), self.together.device)

    @abstractmethod
    def modules(self) -> dict[str, Module]:
        """All that has a state, by the name it has in a checkpoint."""

    @abstractmethod
    def _update(self) -> dict[str, Tensor]:
        """One update; the losses by name, scalars, of this process's windows."""

    @abstractmethod
    def performer(self, songs: list[Song], quick: bool = False) -> tuple[Performer, Card]:
        """What the generator is now, on the CPU, and its card with cuts calibrated on these training songs.
        quick: for a look in the middle of a run, with a rougher calibration."""

    def save(self, path: Path) -> None:
        """Writes a checkpoint whole or not at all."""
        states = {name: module.state_dict() for name, module in self.modules().items()}
        torch.save({"step": self.step, **states}, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Goes on from a checkpoint of the same recipe. Raises ValueError if it is another's."""
        kept = torch.load(path, map_location=self.together.device, weights_only=True)
        try:
            for name, module in self.modules().items():
                module.load_state_dict(kept[name])
        except (KeyError, RuntimeError) as error:
            raise ValueError(f"{path} is of another recipe; name another run, or train it anew") from error
        self.step = int(kept["step"])


def cosine(step: int, last: int, warmup: int) -> float:
    """The learning rate at an update as a share of its top: a short rise, then a cosine to a fiftieth."""
    rise = min(1.0, (step + 1) / max(warmup, 1))
    return rise * (0.51 + 0.49 * math.cos(math.pi * min(step / max(last, 1), 1.0)))
