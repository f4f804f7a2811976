"""A course of updates: a network being taught, resumable to the very same curve at every checkpoint.

Every update draws its windows and noise from the recipe's seed and the update's number.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TypeAlias

import torch
from torch import Tensor, nn

from bandmate.training import whole
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together

Module: TypeAlias = nn.Module | torch.optim.Optimizer


class Course(ABC):
    """recipe: how it is taught; step: updates done; batch: windows an update, over all processes."""

    def __init__(self, recipe: Recipe, together: Together, batch: int) -> None:
        self.recipe, self.together, self.batch = recipe, together, batch
        self.step = 0

    @property
    @abstractmethod
    def updates(self) -> int:
        """All updates that are to be done."""

    @property
    def milestones(self) -> dict[int, str]:
        """Updates after which the state is worth keeping for itself, and the names of those states."""
        return {self.updates: "latest"}

    @property
    def done(self) -> bool:
        """Whether there is nothing left to do."""
        return self.step >= self.updates

    def modules(self) -> dict[str, Module]:
        """Its networks and optimisers, by their attributes' names, which a checkpoint has too."""
        return {name: each for name, each in vars(self).items() if isinstance(each, Module)}

    @abstractmethod
    def weights(self) -> dict[str, nn.Module]:
        """The networks that another run may begin from, by name."""

    @abstractmethod
    def _update(self) -> dict[str, Tensor]:
        """One update; the losses by name, scalars, of this process's share."""

    def advance(self) -> dict[str, float]:
        """One update (of a generator, and those of its critic that belong to it); the losses by name."""
        out = self.together.mean(self._update())
        self.step += 1
        return out

    def descend(self, loss: Tensor, optimiser: torch.optim.Optimizer, clip: float | None = None) -> None:
        """One step of an optimiser's parameters, and of no others, down the gradient of a loss, its mean over
        all processes; clip: the gradient's greatest length."""
        mine = [parameter for group in optimiser.param_groups for parameter in group["params"]]
        optimiser.zero_grad()
        loss.backward(inputs=mine)
        self.together.average(mine)
        if clip is not None:
            torch.nn.utils.clip_grad_norm_(mine, clip)
        optimiser.step()

    def dice(self, salt: int) -> Dice:
        """The random numbers of this update; salt: 0 for the generator, 1, 2, .. for the critic's turns."""
        seed = [self.recipe.seed, self.step, salt]
        return Dice(seed, self.batch, self.together.share(self.batch), self.together.device)

    def save(self, path: Path) -> None:
        """Writes a checkpoint whole or not at all."""
        states = {name: module.state_dict() for name, module in self.modules().items()}
        with whole.place(path) as new:
            torch.save({"step": self.step, **states}, new)

    def load(self, path: Path) -> None:
        """Goes on from a checkpoint of the same recipe. Raises ValueError if it is another's."""
        try:
            kept = torch.load(path, map_location=self.together.device, weights_only=True)
            for name, module in self.modules().items():
                module.load_state_dict(kept[name])
        except (KeyError, RuntimeError, ValueError, EOFError, OSError) as error:
            raise ValueError(
                f"{path} is broken or of another recipe; remove it to begin anew, or name another run"
            ) from error
        self.step = int(kept["step"])


def cosine(step: int, last: int, warmup: int) -> float:
    """The learning rate at an update as a share of its top: a short rise, then a cosine to a fiftieth."""
    rise = min(1.0, (step + 1) / max(warmup, 1))
    return rise * (0.51 + 0.49 * math.cos(math.pi * min(step / max(last, 1), 1.0)))
