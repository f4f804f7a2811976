"""The interface of a technique: a generator being taught, and what of it can be exported and played.

Techniques are `band`, `unet-gan` and `musegan`; each is a Lesson, and `techniques.py` finds it by name.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from bandmate.models.contract import Card
from bandmate.training.fitting.course import Course
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.songs import Song

Array = NDArray[np.float32]


class Performer(nn.Module, ABC):  # type: ignore[misc]
    """A taught generator as the contract describes it, ready to be exported.

    takes: the contract's inputs that it asks for, in the order of its arguments; noise: the length of
    the input `noise`. Called with those inputs, float32 and batch first (any batch), it returns onset,
    sustain, velocity [B,4,32,128] and gate [B,4,32].
    """

    takes: tuple[str, ...]
    noise: int


def say(performer: Performer) -> Callable[[Mapping[str, Array]], tuple[Array, ...]]:
    """A performer as `judging.rollout` calls it: the contract's inputs by name, numpy in and out."""

    def answer(offer: Mapping[str, Array]) -> tuple[Array, ...]:
        with torch.no_grad():
            out = performer(*(torch.from_numpy(offer[name]) for name in performer.takes))
        return tuple(plane.numpy() for plane in out)

    return answer


class Lesson(Course):
    """A generator being taught from a corpus of windows. `step` counts updates of the generator."""

    def __init__(self, corpus: Corpus, recipe: Recipe, together: Together) -> None:
        super().__init__(recipe, together, recipe.batch)
        self.corpus = corpus

    @property
    def updates(self) -> int:
        """Updates of the generator in the recipe's epochs."""
        return max(round(self.recipe.epochs * self.each), 1)

    @property
    def each(self) -> float:
        """Updates of the generator in an epoch, a pass over the training windows."""
        return max(len(self.corpus) / self.recipe.batch, 1e-6)

    @property
    def epoch(self) -> float:
        """Epochs done."""
        return self.step / self.each

    @abstractmethod
    def performer(self, songs: list[Song], quick: bool = False) -> tuple[Performer, Card]:
        """What the generator is now, on the CPU, and its card with cuts calibrated on these training songs.
        quick: for a look in the middle of a run, with a rougher calibration."""
