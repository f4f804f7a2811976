"""A preset's figures on held-out songs beside those of the real parts and of what it must beat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan, nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.training.judging import (
    baselines,
    heldout,
    kin,
    memorisation,
    metrics,
    performance,
    targets,
    two_sample,
)
from bandmate.training.judging.excerpt import Excerpt, excerpt
from bandmate.training.judging.performance import Figures
from bandmate.training.judging.table import REAL
from bandmate.training.judging.targets import Target
from bandmate.training.songs import Song

LATE, ANOTHER, TONIC = "real, late", "another's", "tonic held"


class Scorecard(NamedTuple):
    """name: the preset's; songs: how many were played; columns: figures by system, the preset first and the
    real songs second; asked: the targets by figure; arranged: the parts that nobody plays in the songs."""

    name: str
    songs: int
    columns: dict[str, Figures]
    asked: dict[str, Target]
    arranged: tuple[str, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """The figures that some system has, those of a group together."""
        known = [
            name
            for name in dict.fromkeys(name for column in self.columns.values() for name in column)
            if not all(isnan(column.get(name, nan)) for column in self.columns.values())
        ]
        groups = list(dict.fromkeys(name.partition(".")[0] for name in known))
        return tuple(sorted(known, key=lambda name: groups.index(name.partition(".")[0])))

    def verdict(self, figure: str) -> str:
        """What is to be said of the preset's figure; empty where nothing is asked."""
        if figure not in self.asked:
            return ""
        return self.asked[figure].verdict(self.columns[self.name].get(figure, nan), self._real(figure))

    def told(self, figure: str) -> str:
        """What is asked, in a few signs."""
        return self.asked[figure].told(self._real(figure)) if figure in self.asked else ""

    def _real(self, figure: str) -> float:
        return self.columns[REAL].get(figure, nan)


@dataclass(frozen=True)
class Judge:
    """Who judges performances of held-out songs.

    songs: each cut to its span (heldout); parts: their names; training: the songs that were taught.
    """

    songs: Sequence[Song]
    parts: Sequence[str]
    training: Sequence[Song]
    seed: int = metrics.SEED

    def band(self, played: Sequence[Song]) -> Figures:
        """What a band played to the songs, in their order. Raises ValueError."""
        heard = self._in_counted_bars(played)
        told = two_sample.told_apart(heard, self.counted, self.parts, self.seed, self.family)
        apart = {f"told_apart.{kind}_accuracy": found.accuracy for kind, found in told.items()}
        error = {
            "told_apart.network_auc": told["network"].auc,
            "told_apart.network_error": told["network"].error,
        }
        return self._music(played) | apart | error | self._closer(played)

    def real(self) -> Figures:
        """The songs themselves: fit of what people play in them, or also of what a rule does where they play
        no chords; each part in the bars in which someone plays it; a part that only a rule plays in all of
        them, in every bar."""
        as_data = performance.of_parts(self._whole)
        ruled = {name: value for name, value in as_data.items() if name.partition(".")[0] in self.arranged}
        fit = performance.of_songs(self._people, self._people, self.seed)
        return fit | performance.of_parts(self.counted) | ruled | self._closer(self.songs)

    def baselines(self) -> dict[str, Figures]:
        """What any band must beat, by name: of all of these only the music. Of one song there is no other."""
        found = {LATE: [baselines.late(song) for song in self.people]}
        if len(self.people) > 1:
            found[ANOTHER] = baselines.anothers(self.people, self.parts, self.seed)
        found[TONIC] = [baselines.tonic(song, self.parts) for song in self.people]
        figures = {name: self._music(played) for name, played in found.items()}
        for name in figures.keys() - {TONIC}:
            for figure in [figure for figure in figures[name] if figure.partition(".")[0] in self.arranged]:
                del figures[name][figure]
        return figures

    @cached_property
    def people(self) -> list[Song]:
        """The songs without what was arranged, where that leaves them their chords."""
        return heldout.by_people(self.songs, self.parts, self.chord_part)

    @cached_property
    def counted(self) -> list[Excerpt]:
        """The songs, each part in the bars in which someone plays it."""
        return self._in_counted_bars(self.songs)

    @cached_property
    def family(self) -> NDArray[np.int64]:
        """int[songs]: the number of each one's family."""
        return kin.families(self.songs)

    @cached_property
    def arranged(self) -> tuple[str, ...]:
        """The parts that nobody plays in any of the songs."""
        return heldout.arranged(self.songs, self.parts)

    @cached_property
    def chord_part(self) -> str:
        """The part that plays the chords, arranged or not."""
        return performance.chord_part(self._whole)

    @cached_property
    def _whole(self) -> list[Excerpt]:
        return [excerpt(song, self.parts) for song in self.songs]

    @cached_property
    def _people(self) -> list[Excerpt]:
        return [excerpt(song, self.parts) for song in self.people]

    @cached_property
    def _nearest(self) -> dict[str, memorisation.Floats]:
        return memorisation.nearest(self.songs, self.training, self.parts, self.seed)

    def _in_counted_bars(self, played: Sequence[Song]) -> list[Excerpt]:
        """Each part in the bars in which someone plays it in the song; in all where nobody plays anything."""
        real = self.songs if heldout.played(self.songs, self.parts) else None
        return metrics.excerpts(played, self.parts, real, paired=True)

    def _music(self, played: Sequence[Song]) -> Figures:
        heard = [excerpt(song, self.parts) for song in played]
        return performance.of_songs(heard, self._people, self.seed) | performance.of_parts(heard)

    def _closer(self, played: Sequence[Song]) -> Figures:
        mine = self._nearest
        if played is not self.songs:
            mine = memorisation.nearest(played, self.training, self.parts, self.seed)
        return {
            f"nearest.{kind}_closer": memorisation.closer(found, self._nearest[kind])
            for kind, found in mine.items()
        }


def scorecard(
    name: str, judge: Judge, systems: Mapping[str, Sequence[Song]], more: Mapping[str, Figures]
) -> Scorecard:
    """The card of the preset of that name, which is one of the systems; `more` has, by system, figures that
    are not of the music. Raises ValueError."""
    bands = {system: judge.band(played) | more.get(system, {}) for system, played in systems.items()}
    columns = {name: bands.pop(name), REAL: judge.real()} | judge.baselines() | bands
    bar = max(columns[system]["in_harmony"] for system in (LATE, TONIC))
    for column in columns.values():
        column["in_harmony.over_baselines"] = column["in_harmony"] - bar
    asked = targets.of(name, judge.parts, judge.chord_part)
    return Scorecard(name, len(judge.songs), columns, asked, judge.arranged)
