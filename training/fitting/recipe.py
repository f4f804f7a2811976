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
    "symphony": ("cellos", "strings", "winds", "horns"),
    "chorales": ("soprano", "alto", "tenor", "bass"),
}
USUAL_PARTS = ("drums", "bass", "chords", "colour")
GAN = {
    "threads": 0,
    "learning_rate": 1e-3,
    "warmup": 0,
    "batch": 64,
    "update_ratio": 5,
    "channels": (64, 128, 256, 512),
    "critic_channels": (64, 128, 256, 512),
    "precision": "32-true",
}
TECHNIQUES: dict[str, dict[str, Any]] = {"band": {}, "unet-gan": GAN, "musegan": GAN | {"precision": "auto"}}
# A band that begins from weights has less to learn and something to forget.
TUNED = {
    "learning_rate": 5e-4,
    "epochs": 6.0,
    "critic_epochs": 0.0,
    "kl_rise": 0,
    "warmup": 50,
    "sample_every": 1.0,
    "ear_updates": 150,
    "ear_rate": 1e-3,
}


@dataclass(frozen=True)
class Recipe:
    """What a generator is and how it is taught.

    genre: the preset's name; parts: the names of the four parts in order; a part named `drums` is a kit.
    technique: `band`, `unet-gan` or `musegan`. base: the packaged weights to begin from, `pop` or
    `symphony` (only for `band`), or nothing, to begin from scratch.
    seed: any int; the same seed, songs and recipe give the same weights.
    device: `auto`, `cpu`, `cuda` or `mps`. precision: `32-true`, `bf16-mixed`, or `auto`,
    the fastest that the device has; threads: of the processor's arithmetic, 0 as many as there are.

    All techniques. epochs: passes over the training windows, counted in updates of the generator;
    batch: windows per update, over all processes; learning_rate: the optimiser's, at the top of its cosine
    where there is one; warmup: updates until it is there; update_ratio: critic updates per generator
    update; gradient_penalty: weight of the critic's slope penalty; channels: feature maps of the
    generator at each resolution; critic_channels: of the critic's four convolutions; latent (`musegan`):
    numbers in each part of the noise; sample_every: epochs between samples; save_every: updates
    between checkpoints.

    The ear taught beside the generator. ear_updates: its updates, 0 to keep the base's as it is; ear_batch:
    excerpts per update; ear_beats: beats in one; ear_rate: AdamW's learning rate at the top of its
    cosine; ear_dropout: share of its inner numbers left out while it learns; ear_melody: weight of
    foretelling the melody beside the chord, which weighs 1; ear_follow: what the melody foretold counts in
    its plans beside the chords; ear_lean: how far parts lean to it.

    `band`. code: numbers in a style code, and in the `noise` input; bank: style codes kept in the
    exported file; near: weight of the hop after the cut (all later steps weigh 1); kl_weight and
    free_nats: price of the code in nats, above so many that are free; kl_rise: updates until the price is
    full. Its second phase, against the critic: critic_epochs: passes over the training windows, 0 for
    none; critic_rate, generator_rate: Adam's learning rates; critic_warmup: critic updates before the
    first of the generator; critic_weight: of the critic's loss beside the first phase's; concrete:
    temperature of the samples.

    Windows. transpose: lowest and highest shift in semitones (drums stay); heard_all, heard_none:
    probability that the melody of the window is all known, or not at all; drop_past, drop_early,
    drop_part: probability that the band's past is hidden whole, but for its latest steps, or in one
    part; shift_plan: probability that one chord change to come is a beat early or late;
    neutral_controls: probability that a window's controls read .5.
    """

    genre: str = "pop"
    parts: tuple[str, ...] = PARTS["pop"]
    technique: str = "band"
    base: str = ""
    seed: int = 1
    device: str = "auto"
    precision: str = "auto"
    threads: int = 1
    sample_every: float = 0.5
    save_every: int = 200
    ear_updates: int = 500
    ear_batch: int = 64
    ear_beats: int = 128
    ear_rate: float = 4e-3
    ear_dropout: float = 0.2
    ear_melody: float = 0.3
    ear_follow: float = 1.0
    ear_lean: float = 1.0
    latent: int = 32
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


def of(technique: str, **said: Any) -> Recipe:
    """The recipe of a technique with its usual values, and what is said in place of them."""
    tuned = TUNED if said.get("base") else {}
    return Recipe(technique=technique, **(TECHNIQUES[technique] | tuned | said))


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
