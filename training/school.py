"""The stages of a run, from a folder of files to a preset that plays: what the commands do."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bandmate.training import orders, teaching
from bandmate.training.runs import animation, listing, sheet, shelf
from bandmate.training.runs import samples as kept_samples
from bandmate.training.runs.run import Run
from bandmate.training.teaching import Material

Said = Mapping[str, Any]
Echo = Callable[[str], None]


def fit(word: str, songs: Path | None, said: Said, echo: Echo) -> bool:
    """Teaches a run, from its beginning or from its checkpoint; whether it is done."""
    run = shelf.named(word) if songs is not None and shelf.NAME.fullmatch(word) else shelf.find(word)
    folder = songs or run.songs
    if said.get("again"):
        run.forget()
    if run.begun:
        recipe = orders.resumed(run.recipe, said)
    else:
        parts = run.recipe.parts if run.prepared else orders.parts_of(said.get("parts"))
        recipe = orders.new(run.folder.name, parts, said)
        run.begin(recipe, folder)
    minutes = said["minutes"] if said.get("minutes") is not None else math.inf
    done = teaching.teach(run, recipe, Material.of(folder), run.genre.tempo, minutes)
    record = run.record
    if done:
        echo(f"{run.folder.name} is taught: {record.done} updates, best {listing.figures(record.best)}")
    else:
        echo(f"stopped at update {record.done} of {record.updates}; the same command goes on from there")
    return done
