"""What a preset is, in a few characters: its settings and the models that it plays with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from importlib import resources

from bandmate.presets.home import folder
from bandmate.presets.load import Shelf
from bandmate.presets.preset import PresetError

LENGTH = 16


def digest(name: str) -> str | None:
    """The digest of a preset that there is now, 16 hexadecimal digits; None where there is none.

    Two machines on which it is equal compose the same from the same melody, seed and mode, as far as their
    arithmetic is the same.
    """
    try:
        preset = Shelf(folder("presets")).get(name)
    except PresetError:
        return None
    settings = json.dumps(dataclasses.asdict(preset), sort_keys=True).encode()
    models = [_model(each) for each in (preset.ear, preset.band)]
    return hashlib.sha256(b"\0".join([settings, *models])).hexdigest()[:LENGTH]


def _model(name: str) -> bytes:
    """The digest of a model's file; of one that is missing, of nothing."""
    own = folder("models") / f"{name}.onnx"
    file = own if own.exists() else resources.files("bandmate.models") / f"{name}.onnx"
    try:
        return hashlib.sha256(file.read_bytes()).digest()
    except OSError:
        return b""
