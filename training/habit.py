"""What a part is in the habit of, in real songs or in those that a band played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from bandmate.models.decoding import DRUMS
from bandmate.models.drawn import TEMPERS
from bandmate.models.roll import BAR
from bandmate.training.company import Manners
from bandmate.training.drumming import Drumming
from bandmate.training.judging import heldout, metrics, texture
from bandmate.training.judging.excerpt import Bars, Excerpt, excerpt
from bandmate.training.judging.means import deviation, mean
from bandmate.training.repetition import repeats
from bandmate.training.songs import Notes, Song

NOBODY, NO_MANNERS = Drumming.of([]), Manners.of([])


class Habit(NamedTuple):
    """What a part does: notes struck a bar; the share of notes that last a step; the usual length in steps of
    the others; the share of empty bars; the share of steps struck in only one of two neighbouring bars; the
    shares of notes at each of the 16 steps of a bar; how far songs differ, as a deviation, in the logarithms
    of the notes struck in a bar that is not empty and of their usual length, in the share of empty bars, in
    the logarithm of the notes struck together, and in the mean pitch, in octaves; of drums, their kit; and of
    others, the means of the last two, the pitch classes in a bar, and the company that notes keep; and the
    share of bars that repeat one of the two before. Not a number where there is nothing to measure."""

    rate: float
    crumbs: float
    longer: float
    empty: float
    change: float = math.nan
    places: tuple[float, ...] = (math.nan,) * BAR
    spread: tuple[float, ...] = (math.nan,) * TEMPERS
    kit: Drumming = NOBODY
    together: float = math.nan
    height: float = math.nan
    classes: float = math.nan
    manners: Manners = NO_MANNERS
    repeats: float = math.nan

    @classmethod
    def of(cls, songs: Sequence[Excerpt], part: str) -> Habit:
        """The means over songs."""
        voices = [(song.voices[part], song.kept[part]) for song in songs if song.kept[part].any()]
        drums = part == DRUMS
        heard = [(texture.struck_only(notes), kept) for notes, kept in voices] if drums else voices
        shares = [_places(*voice) for voice in voices]
        played = cls(
            rate=mean([texture.notes_a_bar(*voice) for voice in voices]),
            crumbs=math.nan,
            longer=math.nan,
            empty=mean([texture.empty_bars(*voice) for voice in heard]),
            change=mean([_change(*voice) for voice in voices]),
            places=tuple(mean([share[k] for share in shares]) for k in range(BAR)),
            spread=_spread([_figures(*voice) for voice in heard]),
            repeats=mean([repeats(*voice, drums) for voice in voices]),
        )
        return played._replace(kit=Drumming.of(voices)) if drums else played._pitched(voices)

    def _pitched(self, voices: Sequence[tuple[Notes, Bars]]) -> Habit:
        """With what only parts have that have pitches."""
        rows = [_figures(*voice) for voice in voices]
        return self._replace(
            crumbs=mean([texture.one_step(*voice) for voice in voices]),
            longer=mean([texture.usual_length(*voice, 2) for voice in voices]),
            together=mean([row[3] for row in rows]),
            height=mean([row[4] for row in rows]),
            classes=mean([texture.pitch_classes(*voice) for voice in voices]),
            manners=Manners.of(voices),
        )


def _change(notes: Notes, kept: Bars) -> float:
    """The mean share of the 16 steps struck in only one of two neighbouring bars, both of which count and
    have notes."""
    struck = np.zeros((len(kept), BAR), bool)
    struck[np.divmod(notes[:, 0][notes[:, 0] < len(kept) * BAR], BAR)] = True
    busy = kept & struck.any(1)
    pairs = busy[1:] & busy[:-1]
    return float((struck[1:] != struck[:-1])[pairs].mean()) if pairs.any() else math.nan


def _places(notes: Notes, kept: Bars) -> list[float]:
    """The share of the notes in bars that count that is struck at each of the 16 steps."""
    step = notes[:, 0][notes[:, 0] < len(kept) * BAR]
    count = np.bincount(step[kept[step // BAR]] % BAR, minlength=BAR)
    return list(count / count.sum()) if count.sum() else [math.nan] * BAR


def _figures(notes: Notes, kept: Bars) -> tuple[float, ...]:
    """What of a song has a spread."""
    rate, empty = texture.notes_a_bar(notes, kept), texture.empty_bars(notes, kept)
    busy = _logarithm(rate / (1 - empty)) if empty < 1 else math.nan
    together = len(notes) / max(len(np.unique(notes[:, 0])), 1)
    pitch = float(notes[:, 2].mean()) / 12 if len(notes) else math.nan
    return busy, _logarithm(texture.usual_length(notes, kept)), empty, _logarithm(together), pitch


def _spread(rows: Sequence[tuple[float, ...]]) -> tuple[float, ...]:
    return tuple(deviation([row[k] for row in rows]) for k in range(TEMPERS))


def _logarithm(much: float) -> float:
    return math.log(much) if much > 0 else math.nan


def real_habits(songs: Sequence[Song], parts: Sequence[str], bars: int) -> list[Habit]:
    """What the real parts do from the first bar of each song's melody to its last, in songs of so many bars
    or more: a set's short songs may be of another kind than those that are played to. A part that nobody
    plays in any of them is as a rule arranged it."""
    spans = [heldout.span(song) for song in songs if len(song.notes[0])]
    long = [song for song in spans if song.bars >= bars] or spans
    heard, ruled = metrics.excerpts(long, parts, long, paired=True), heldout.arranged(long, parts)
    every = [excerpt(song, parts) for song in long]
    return [Habit.of(every if part in ruled else heard, part) for part in parts]
