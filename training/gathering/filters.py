"""Which files and songs are wanted; every refusal has a reason that can be counted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatch

from bandmate.training.reading.sheet import Sheet

FEWEST_BARS = 8
FEWEST_PARTS = 2


@dataclass(frozen=True)
class Filters:
    """include, exclude: patterns of files, such as `rock/*` or `*demo*`, matched with the whole path below
    the folder or with its last name, small letters and capitals alike; tags: genres, one of which a song must
    have, as a folder's name or by the user's word; metres: such as `4/4`; tempo: beats a minute, lowest and
    highest; fewest_bars: of a song; fewest_parts: of the four, that its file must really play.

    Nothing in a list lets everything pass.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    metres: tuple[str, ...] = ()
    tempo: tuple[float, float] = (0.0, math.inf)
    fewest_bars: int = FEWEST_BARS
    fewest_parts: int = FEWEST_PARTS

    def refuse_file(self, relative: str, tags: Iterable[str]) -> str:
        """Why a file is not wanted, by its path and tags; empty if it is."""
        if self.include and not _matches(relative, self.include):
            return "not among the files to include"
        if _matches(relative, self.exclude):
            return "among the files to exclude"
        if self.tags and not {tag.lower() for tag in self.tags} & {tag.lower() for tag in tags}:
            return f"no tag {' or '.join(self.tags)}"
        return ""

    def refuse_sheet(self, sheet: Sheet) -> str:
        """Why a stretch of a file is not wanted; empty if it is."""
        low, high = self.tempo
        if self.metres and sheet.metre not in self.metres:
            return f"in {sheet.metre}"
        if sheet.tempo < low:
            return f"slower than {low:g} beats a minute"
        if sheet.tempo > high:
            return f"faster than {high:g} beats a minute"
        return f"fewer than {self.fewest_bars} bars" if sheet.bars < self.fewest_bars else ""


def _matches(relative: str, patterns: Iterable[str]) -> bool:
    path = relative.lower()
    return any(fnmatch(path, p.lower()) or fnmatch(path.split("/")[-1], p.lower()) for p in patterns)
