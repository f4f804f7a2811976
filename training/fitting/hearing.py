"""How much of a window's melody is heard when its next steps are decided."""

from __future__ import annotations

import numpy as np

from bandmate.models.roll import WINDOW
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.windows import Ints

ON_THE_HOP = 0.7
AROUND = (-1, 0, 1, 2, 3)
SHARES = (0.1, 0.5, 0.15, 0.15, 0.1)


def known(cut: Ints, recipe: Recipe, rng: np.random.Generator) -> Ints:
    """int[B]: steps heard of windows that are cut at these: to the cut or a little around it, or all or none
    of them, as often as the recipe says."""
    around = np.maximum(cut + rng.choice(AROUND, len(cut), p=SHARES), 0)
    fate = rng.random(len(cut))
    return np.select([fate > 1 - recipe.heard_none, fate < recipe.heard_all], [0, WINDOW], around)
