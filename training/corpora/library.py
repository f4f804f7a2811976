"""Which data sets a packaged genre is taught on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path

from bandmate.training.corpora import (
    chorales,
    dataset,
    groove,
    leadsheets,
    orchestra,
    pop909,
    quartets,
    solos,
)
from bandmate.training.songs import Rejected, Song


def write(folder: Path, genre: str, out: Path) -> dataset.Tally:
    """Makes songs of a genre from the data sets in a folder. Raises FileNotFoundError if one is missing."""
    with ExitStack() as stack:
        return dataset.write(
            pieces(genre, lambda name: stack.enter_context(dataset.dataset(folder, name))), out
        )


def pieces(genre: str, found: Callable[[str], Path]) -> Iterator[Song | Rejected]:
    """The songs of a genre, read as they are asked for; `found` gives a data set's folder by its name."""
    if genre == "pop":
        return pop909.read(found("pop909"), groove.read(found("groove")))
    if genre == "jazz":
        drummer = groove.read(found("groove"), "jazz")
        sheets = leadsheets.read(found("openewld"), solos.ARRANGED_AS, "jazz", drummer, "jazz")
        return chain(solos.read(found("wjazzd"), drummer), sheets)
    if genre == "chorales":
        return chorales.read_voices(found("jsb_deepcomposer"))
    return chain(
        orchestra.read(found("hauptstimme_scores")),
        quartets.read(found("openscore_string_quartets")),
        chorales.read(found("jsb_deepcomposer")),
    )
