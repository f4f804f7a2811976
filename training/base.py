"""Weights that a run may begin from: those packaged here, or a file that another run left.

A file is safetensors (nothing is unpickled): tensors named `network.tensor`, and the recipe they were
taught by as YAML in its metadata. Numbers are kept in half precision: a beginning needs no more.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from importlib import resources
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn

from bandmate.training import whole
from bandmate.training.fitting import recipe as recipes
from bandmate.training.fitting.recipe import Recipe

SUFFIX = ".safetensors"
SHAPE = ("channels", "code")


def names() -> list[str]:
    """The packaged weights."""
    found = (item.name for item in resources.files("bandmate.training").joinpath("weights").iterdir())
    return sorted(name.removesuffix(SUFFIX) for name in found if name.endswith(SUFFIX))


class Base:
    """Weights and the recipe they were taught by."""

    def __init__(self, word: str) -> None:
        """word: a packaged name, or the path of a file. Raises ValueError."""
        data = _bytes(word)
        try:
            self.tensors: dict[str, Tensor] = load(data)
            self.recipe = recipes.parse(_metadata(data), word)
        except (SafetensorError, KeyError, ValueError) as error:
            raise ValueError(f"{word} holds no weights of bandmate ({error}); give another") from error

    def fitted(self, recipe: Recipe) -> Recipe:
        """The recipe with the networks' sizes that these weights need.

        Raises ValueError where its parts can't be taught from them.
        """
        mine, theirs = (_layout(one.parts) for one in (self.recipe, recipe))
        if recipe.technique != self.recipe.technique or mine != theirs:
            raise ValueError(
                f"the weights '{recipe.base}' are of the technique {self.recipe.technique} with the parts "
                f"{', '.join(self.recipe.parts)}; begin from others, or --from scratch"
            )
        return replace(recipe, **{name: getattr(self.recipe, name) for name in SHAPE})

    def begin(self, modules: Mapping[str, nn.Module]) -> None:
        """Puts the weights into the networks of these names. Raises ValueError where they do not fit."""
        for name, module in modules.items():
            mine = {k.removeprefix(f"{name}."): v.float() for k, v in self.tensors.items() if _of(k, name)}
            try:
                module.load_state_dict(mine)
            except RuntimeError as error:
                raise ValueError(f"these weights do not fit the {name}; begin from others") from error


def keep(recipe: Recipe, modules: Mapping[str, nn.Module], path: Path) -> None:
    """Writes the weights of these networks for other runs to begin from."""
    tensors = {
        f"{name}.{key}": value.detach().cpu().to(torch.float16).contiguous()
        for name, module in modules.items()
        for key, value in module.state_dict().items()
    }
    whole.write(path, save(tensors, metadata={"recipe": recipes.dump(recipe)}))


def _bytes(word: str) -> bytes:
    if word in names():
        return resources.files("bandmate.training").joinpath("weights", word + SUFFIX).read_bytes()
    path = Path(word)
    if path.suffix != SUFFIX or not path.is_file():
        known = ", ".join(names()) or "none"
        raise ValueError(f"there are no weights '{word}'; there are {known}, `scratch`, or a file {SUFFIX}")
    return path.read_bytes()


def _metadata(data: bytes) -> str:
    """The recipe in a file's header: eight bytes of its length, then JSON."""
    size = int.from_bytes(data[:8], "little")
    return str(json.loads(data[8 : 8 + size])["__metadata__"]["recipe"])


def _of(key: str, name: str) -> bool:
    return key.startswith(f"{name}.")


def _layout(parts: tuple[str, ...]) -> tuple[bool, ...]:
    """Which of the parts are drums: all that a network's shape depends on."""
    return tuple(part == "drums" for part in parts)
