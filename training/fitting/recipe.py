"""The recipe of a generator: everything that a run may choose, kept as YAML in its folder.

Times are in steps of 16ths, learning rates per optimiser update, probabilities 0..1.
"""

from __future__ import annotations

import difflib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import yaml

PARTS = {
    "pop": ("drums", "bass", "keys", "strings"),
    "symphony": ("cellos", "violas", "violins", "horns"),
}


@dataclass(frozen=True)
class Recipe:
    """What a generator is and how it is taught.

    genre, parts: the names of the four parts in order; a part named `drums` is a drum kit.
    seed: any int; the same seed, songs and recipe give the same weights.

    Network. channels: feature maps at each of the U-Net's four resolutions; code: numbers in a style
    code, and in the `noise` input; bank: style codes kept in the exported file.

    First phase, learning from the notes. epochs: passes over the training windows; batch: windows per
    update; learning_rate: AdamW's at the top of its cosine; warmup: updates until it is there;
    near: weight of the hop after the cut (all later steps weigh 1); kl_weight and free_nats: price of
    the code in nats, above so many that are free; kl_rise: updates until the price is full.

    Second phase, against the critic. critic_epochs: passes over the training windows, 0 for none;
    critic_channels: of its four convolutions; critic_rate, generator_rate: Adam's learning rates;
    update_ratio: critic updates per generator update; critic_warmup: critic updates before the
    first of the generator; critic_weight: of the critic's loss beside the first phase's;
    gradient_penalty: weight of the critic's slope penalty; concrete: temperature of the samples.

    Windows. transpose: lowest and highest shift in semitones (drums stay); heard_all, heard_none:
    probability that the melody of the window is all known, or not at all; drop_past, drop_early,
    drop_part: probability that the band's past is hidden whole, but for its latest steps, or in one
    part; shift_plan: probability that one chord change to come is a beat early or late;
    neutral_controls: probability that a window's controls read .5.
    """

    genre: str = "pop"
    parts: tuple[str, ...] = PARTS["pop"]
    seed: int = 1
    channels: tuple[int, ...] = (16, 32, 64, 96)
    code: int = 24
    bank: int = 256
    epochs: float = 3.0
    batch: int = 16
    learning_rate: float = 2e-3
    warmup: int = 100
    near: float = 2.0
    kl_weight: float = 0.3
    free_nats: float = 8.0
    kl_rise: int = 400
    critic_epochs: float = 0.25
    critic_channels: tuple[int, ...] = (21, 43, 85, 171)
    critic_rate: float = 2e-4
    generator_rate: float = 1e-4
    update_ratio: int = 2
    critic_warmup: int = 100
    critic_weight: float = 1.0
    gradient_penalty: float = 10.0
    concrete: float = 0.5
    transpose: tuple[int, ...] = (-6, 5)
    heard_all: float = 0.15
    heard_none: float = 0.15
    drop_past: float = 0.3
    drop_early: float = 0.2
    drop_part: float = 0.15
    shift_plan: float = 0.25
    neutral_controls: float = 0.5


def dump(recipe: Recipe) -> str:
    """The recipe as YAML text."""
    plain = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(recipe).items()}
    return yaml.safe_dump(plain, sort_keys=False)


def parse(text: str, name: str) -> Recipe:
    """The recipe in a YAML text from a file called `name`; what it leaves out keeps its default.

    Raises ValueError, naming every key that is unknown or of the wrong kind.
    """
    said = yaml.safe_load(text) or {}
    if not isinstance(said, dict):
        raise ValueError(f"{name} must hold `key: value` lines")
    default = {f.name: f.default for f in fields(Recipe)}
    faults, values = [], {}
    for key, value in said.items():
        if key not in default:
            near = difflib.get_close_matches(str(key), default, 1)
            faults.append(f"'{key}' is unknown" + (f", did you mean '{near[0]}'?" if near else ""))
            continue
        try:
            values[key] = _like(default[key], value)
        except (TypeError, ValueError):
            faults.append(f"'{key}' is {value!r} and should look like {default[key]!r}")
    if faults:
        raise ValueError(f"{name}: " + "; ".join(faults))
    return Recipe(**values)


def read(path: Path) -> Recipe:
    """The recipe in a YAML file. Raises ValueError."""
    return parse(path.read_text(encoding="utf-8"), path.name)


def changed(recipe: Recipe, lines: tuple[str, ...]) -> Recipe:
    """The recipe with lines such as `epochs=2` in place of its own. Raises ValueError."""
    text = dump(recipe)
    return parse(_over(text, "\n".join(line.replace("=", ": ", 1) for line in lines)), "the recipe")


def _over(text: str, changes: str) -> str:
    said = yaml.safe_load(changes) or {}
    if not isinstance(said, dict):
        raise ValueError(f"'{changes}' should look like epochs=2")
    return yaml.safe_dump(yaml.safe_load(text) | said)


def _like(model: Any, value: Any) -> Any:
    """The value as the kind of the model: int, float, str, or a tuple of such."""
    if isinstance(model, tuple):
        if not isinstance(value, list | tuple):
            raise TypeError
        return tuple(_like(model[0], item) for item in value)
    if isinstance(model, str) != isinstance(value, str):
        raise TypeError
    if isinstance(model, int) and value != int(value):
        raise ValueError
    return type(model)(value)
