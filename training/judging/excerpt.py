"""What is judged of a song: the bars of its melody, and of each part only those bars that count.

A performance is judged in the bars in which the real song's part was really played, so that nothing
is said of how well an arranger's rule, or a drummer who never heard the song, was imitated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import DRUMS
from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training import lines
from bandmate.training.songs import REAL, SILENT, STEPS_PER_BAR, STYLE_PAIRED, Notes, Song

Bars = NDArray[np.bool_]
Floats = NDArray[np.float64]


def bars_of(melody: Notes) -> int:
    """Bars from the first to the one in which the melody ends; at least 1."""
    end = int((melody[:, 0].astype(int) + melody[:, 1]).max(initial=1))
    return -(-end // STEPS_PER_BAR)


def first_bar(melody: Notes) -> int:
    """The bar in which the melody begins; 0 without one."""
    return int(melody[:, 0].min()) // STEPS_PER_BAR if len(melody) else 0


def real_bars(song: Song, paired: bool = False) -> Bars:
    """bool[bars, 4]: where each part is real, or rests although it is real elsewhere in the song.

    With `paired`, a part recorded apart from the song in the same style counts as real too.
    """
    codes = song.provenance[:, 1:]
    played = (codes == REAL) | (paired & (codes == STYLE_PAIRED))
    return np.asarray(played | ((codes == SILENT) & played.any(0)))


@dataclass(frozen=True)
class Excerpt:
    """A song from its first bar to the one in which the melody ends.

    voices: the notes of each part by name; kept: bool[bars] by part, the bars that count, none before
    the one in which the melody begins.
    """

    name: str
    bars: int
    melody: Notes
    voices: dict[str, Notes]
    kept: dict[str, Bars]

    @property
    def pitched(self) -> tuple[str, ...]:
        """The parts that are no drum kit."""
        return tuple(name for name in self.voices if name != DRUMS)

    @cached_property
    def counted(self) -> Bars:
        """bool[steps]: where some pitched part counts."""
        return np.repeat(np.any([self.kept[name] for name in self.pitched], axis=0), STEPS_PER_BAR)

    @cached_property
    def tune(self) -> NDArray[np.int16]:
        """The melody's pitch int16[steps], -1 where it is silent and where no pitched part counts."""
        pitch, _ = lines.line(self.melody, self.bars * STEPS_PER_BAR)
        return np.where(self.counted, pitch, np.int16(-1))

    @cached_property
    def chroma(self) -> dict[str, Floats]:
        """float64[steps, 12] of each pitched part: notes sounding of each pitch class, in bars that count."""
        steps = self.bars * STEPS_PER_BAR
        return {
            name: lines.chroma([self.voices[name]], steps)
            * np.repeat(self.kept[name], STEPS_PER_BAR)[:, None]
            for name in self.pitched
        }

    @cached_property
    def together(self) -> Floats:
        """float64[steps, 12] of all pitched parts."""
        return np.asarray(sum(self.chroma.values()))


def excerpt(song: Song, parts: Sequence[str], reference: Song | None = None, paired: bool = False) -> Excerpt:
    """The song as it is judged: all bars of its melody count, or those that are real in the reference.

    Raises ValueError when there are not as many names as parts, when none of them is pitched, and when the
    reference has another melody.
    """
    if len(parts) != len(song.notes) - 1 or set(parts) <= {DRUMS}:
        raise ValueError(
            f"{song.name} has {len(song.notes) - 1} parts and {len(parts)} names ({', '.join(parts)}); "
            "name each part in order, at least one of them other than drums"
        )
    bars = bars_of(song.notes[0])
    counts = np.ones((bars, len(parts)), bool)
    if reference is not None:
        if not np.array_equal(song.notes[0][:, :3], reference.notes[0][:, :3]):
            raise ValueError(
                f"{song.name} was not played to the melody of the real song of that name; "
                "judge a performance beside the very bars that it accompanies"
            )
        real = real_bars(reference, paired)[:bars]
        counts[:] = False
        counts[: len(real)] = real
    counts[: first_bar(song.notes[0])] = False
    voices = dict(zip(parts, song.notes[1:], strict=True))
    return Excerpt(song.name, bars, song.notes[0], voices, dict(zip(parts, counts.T, strict=True)))


def by_beat(chroma: Floats) -> Floats:
    """float64[beats, 12] of float64[steps, 12]: the steps of each beat added up."""
    return np.asarray(chroma.reshape(-1, STEPS_PER_BEAT, 12).sum(1))
