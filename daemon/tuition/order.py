"""What a page asks to have taught: every number within its range, as words of the command line."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from bandmate.daemon.tuition.errors import TuitionError

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
TAG = re.compile(r"[\w][\w .&'+-]{0,39}")
MOST_TAGS = 8
LONGEST_FOLDER = 1000

RANGES: dict[str, tuple[float, float]] = {
    "epochs": (0.1, 200),
    "learning_rate": (1e-6, 0.1),
    "update_ratio": (1, 20),
    "ear_updates": (0, 5000),
}
WHOLE = ("update_ratio", "ear_updates")
USUAL: dict[str, dict[str, float]] = {
    "band": {"epochs": 6, "learning_rate": 5e-4, "update_ratio": 2, "ear_updates": 150},
    "unet-gan": {"epochs": 3, "learning_rate": 1e-3, "update_ratio": 5, "ear_updates": 500},
    "musegan": {"epochs": 3, "learning_rate": 1e-3, "update_ratio": 5, "ear_updates": 500},
}
"""What each technique is usually taught with."""


@dataclass(frozen=True)
class Order:
    """name: the run's and the preset's; folder: with the songs; tags: only songs that have one of these."""

    name: str
    folder: str
    technique: str
    epochs: float
    learning_rate: float
    update_ratio: int
    ear_updates: int
    tags: tuple[str, ...] = ()

    @classmethod
    def of(cls, given: Any) -> Order:
        """The order in a value that JSON gave. Raises TuitionError."""
        fields = set(cls.__dataclass_fields__)
        if not isinstance(given, dict) or given.keys() != fields:
            raise TuitionError(f"an order has {', '.join(sorted(fields))}, and nothing else")
        technique = given["technique"]
        if not isinstance(technique, str) or technique not in USUAL:
            raise TuitionError(f"a technique is one of {', '.join(USUAL)}")
        numbers: dict[str, Any] = {field: _number(field, given[field]) for field in RANGES}
        name, folder = named(given["name"]), _folder(given["folder"])
        return cls(name, folder, technique, **numbers, tags=_tags(given["tags"]))

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)

    def prepare(self) -> list[str]:
        """The words of the command that reads the songs."""
        return ["prepare", self.folder, f"--name={self.name}", *(f"--genre={tag}" for tag in self.tags)]

    def fit(self) -> list[str]:
        """The words of the command that teaches, or goes on."""
        return [
            "fit",
            self.name,
            f"--technique={self.technique}",
            f"--epochs={self.epochs:g}",
            f"--learning-rate={self.learning_rate:g}",
            f"--update-ratio={self.update_ratio}",
            f"--set=ear_updates={self.ear_updates}",
        ]


def named(value: Any) -> str:
    """A run's name. Raises TuitionError."""
    if not isinstance(value, str) or not NAME.fullmatch(value):
        raise TuitionError("a name has letters, digits, - and _ (64 at most, no - or _ first)")
    return value


def _number(field: str, value: Any) -> float:
    low, high = RANGES[field]
    kinds = int if field in WHOLE else int | float
    real = isinstance(value, kinds) and not isinstance(value, bool)
    if not real or not low <= value <= high:
        whole = "whole " if field in WHOLE else ""
        raise TuitionError(f"{field.replace('_', ' ')} must be a {whole}number from {low:g} to {high:g}")
    return value if field in WHOLE else float(value)


def _folder(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_FOLDER or not value.isprintable():
        raise TuitionError("say which folder the songs are in")
    return value


def _tags(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_TAGS:
        raise TuitionError(f"there are at most {MOST_TAGS} tags")
    if not all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in value):
        raise TuitionError("a tag is a word or two of at most 40 letters, such as bossa nova")
    return tuple(value)
