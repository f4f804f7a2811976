"""The techniques by name; a technique's code is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from bandmate.training.fitting.lesson import Lesson
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus

PLACES = {
    "band": ("bandmate.training.band.lesson", "BandLesson"),
    "unet-gan": ("bandmate.training.unet_gan.lesson", "UNetGanLesson"),
    "musegan": ("bandmate.training.musegan.lesson", "MuseGanLesson"),
}


def lesson(corpus: Corpus, recipe: Recipe, together: Together) -> Lesson:
    """The lesson of a recipe's technique, from scratch. Raises ValueError for a name that is none."""
    if recipe.technique not in PLACES:
        raise ValueError(f"'{recipe.technique}' is no technique; there are {', '.join(PLACES)}")
    module, name = PLACES[recipe.technique]
    made: Callable[[Corpus, Recipe, Together], Lesson] = getattr(import_module(module), name)
    return made(corpus, recipe, together)
