"""What a preset is, in a few characters: its settings and the models that it plays with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping

from bandmate.models.catalogue import Catalogue
from bandmate.models.contract import ModelError
from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import PresetError

LENGTH = 16

Digests = Callable[[Iterable[str]], Mapping[str, str | None]]


def digest(name: str) -> str | None:
    """The digest of a preset that there is now; None where there is none."""
    return digests([name])[name]


def digests(names: Iterable[str]) -> dict[str, str | None]:
    """The digests of presets by their names, 16 hexadecimal digits each; None where there is none now.

    Two machines on which it is equal compose the same from the same melody, seed and mode, as far as their
    arithmetic is the same.
    """
    shelf = Shelf(folder("presets"))
    return {name: _digest(shelf, name) for name in names}


def _digest(shelf: Shelf, name: str) -> str | None:
    try:
        preset = shelf.get(name)
    except PresetError:
        return None
    settings = json.dumps(dataclasses.asdict(preset), sort_keys=True).encode()
    models = [_model(each) for each in (preset.ear, preset.band)]
    return hashlib.sha256(b"\0".join([settings, *models])).hexdigest()[:LENGTH]


def _model(name: str) -> bytes:
    """The digest of a model's file; of one that is missing, of nothing."""
    try:
        return hashlib.sha256(Catalogue(folder("models")).data(name)).digest()
    except ModelError:
        return b""
