"""What a user said on the command line, as a recipe."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bandmate.training.base import Base
from bandmate.training.fitting import recipe as recipes
from bandmate.training.fitting.recipe import USUAL_PARTS, Recipe
from bandmate.training.fitting.together import DEVICES, PRECISIONS
from bandmate.training.gathering.filters import Filters

FLAGS = ("technique", "base", "epochs", "learning_rate", "update_ratio", "batch", "seed", "device")
SCRATCH = "scratch"


def parts_of(said: str | None) -> tuple[str, ...]:
    """Four part names of `a,b,c,d`; the usual ones where nothing is said. Raises ValueError."""
    if said is None:
        return USUAL_PARTS
    parts = tuple(part.strip() for part in said.split(","))
    if len(parts) != 4 or len(set(parts)) != 4 or not all(parts):
        raise ValueError(f"'{said}' must be four different names, such as drums,bass,piano,strings")
    return parts


def filters(said: Mapping[str, Any]) -> Filters:
    """Which files and songs are wanted. Raises ValueError where the tempo is no range."""
    tempo = (0.0, math.inf)
    if said.get("tempo"):
        low, dash, high = str(said["tempo"]).partition("-")
        try:
            tempo = (float(low), float(high if dash else low))
        except ValueError as error:
            raise ValueError(f"the tempo '{said['tempo']}' must be a range such as 80-140") from error
    return Filters(
        include=tuple(said["include"]),
        exclude=tuple(said["exclude"]),
        tags=tuple(said["genres"]),
        metres=tuple(said["metres"]),
        tempo=tempo,
        fewest_parts=said["fewest"],
    )


def new(name: str, parts: tuple[str, ...], said: Mapping[str, Any]) -> Recipe:
    """The recipe of a run that begins: a file's or the technique's, changed by flags. Raises ValueError."""
    flags = _flags(said)
    file: Path | None = said.get("recipe_file")
    if file is not None:
        made = recipes.read(file)
        flags = {"technique": made.technique, "base": made.base} | flags
        plain = asdict(made) | flags | {"genre": name, "parts": parts}
        chosen = Recipe(**plain)
    else:
        technique = flags.pop("technique", "band")
        flags.setdefault("base", _usual_base(technique, parts))
        chosen = recipes.of(technique, **(flags | {"genre": name, "parts": parts}))
    chosen = recipes.changed(chosen, tuple(said.get("changes", ())))
    _check(chosen)
    return Base(chosen.base).fitted(chosen) if chosen.base else chosen


def resumed(kept: Recipe, said: Mapping[str, Any]) -> Recipe:
    """The recipe of a run that goes on, which flags can't change. Raises ValueError where they would."""
    flags = _flags(said)
    asked = recipes.changed(kept, tuple(said.get("changes", ())))
    wanted = asdict(asked) | flags
    if said.get("recipe_file") is not None:
        wanted = (
            asdict(recipes.read(said["recipe_file"])) | flags | {"genre": kept.genre, "parts": kept.parts}
        )
    unlike = [f"{name} {was} to {wanted[name]}" for name, was in asdict(kept).items() if wanted[name] != was]
    if unlike:
        raise ValueError(
            f"the run is half way through another recipe (you change {', '.join(unlike)}); "
            "leave that out to go on, or add --again to begin anew"
        )
    return kept


def _flags(said: Mapping[str, Any]) -> dict[str, Any]:
    flags = {name: said[name] for name in FLAGS if said.get(name) is not None}
    if flags.get("base") == SCRATCH:
        flags["base"] = ""
    return flags


def _usual_base(technique: str, parts: tuple[str, ...]) -> str:
    """The packaged weights for a layout of parts: those with a kit where the first part is one."""
    if technique != "band":
        return ""
    if parts[0] == "drums":
        return "pop"
    return "" if "drums" in parts else "symphony"


def _check(recipe: Recipe) -> None:
    """Raises ValueError for numbers that nothing can be taught by."""
    wrong = [
        f"{name} is {getattr(recipe, name):g} and must be {words}"
        for name, least, words in (
            ("epochs", 1e-9, "more than 0"),
            ("batch", 1, "1 or more"),
            ("learning_rate", 1e-12, "more than 0"),
            ("update_ratio", 1, "1 or more"),
            ("save_every", 1, "1 or more"),
            ("sample_every", 1e-9, "more than 0"),
            ("critic_epochs", 0, "0 or more"),
            ("ear_updates", 0, "0 or more"),
        )
        if not getattr(recipe, name) >= least
    ]
    words = {"technique": tuple(recipes.TECHNIQUES), "device": DEVICES, "precision": PRECISIONS}
    for name, known in words.items():
        if getattr(recipe, name) not in known:
            wrong.append(f"{name} is '{getattr(recipe, name)}' and must be one of {', '.join(known)}")
    if wrong:
        raise ValueError("the recipe can't be used: " + "; ".join(wrong))
