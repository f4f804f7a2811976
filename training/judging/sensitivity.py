"""Does the accompaniment go with this melody, or would it go with any?

The drop of a figure of fit when the melody is another song's, laid so that both begin in the same bar,
over the bars that both have. What is left of it with the other melody moved into the song's own key is
no mere matter of key. The answer to musegan#43 and #44: another input, and the output did not change.

In time: the drop when the melody is its own, but of another bar.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bandmate.training import lines
from bandmate.training.judging import keys
from bandmate.training.judging.excerpt import Excerpt, Floats, first_bar
from bandmate.training.judging.harmony_metrics import Tune, consonance, in_harmony
from bandmate.training.judging.means import mean, means
from bandmate.training.songs import STEPS_PER_BAR

PAIRINGS = 8
# Odd, so that repeats after 2, 4 or 8 bars do not lie on each other.
TURNS = (3, 5, 7, 9, 11, 13)


def of_songs(songs: Sequence[Excerpt], seed: int) -> list[dict[str, float]]:
    """The drops -1..1 of each song by name, means over eight other melodies (fewer where there are not so
    many other songs): of melody in harmony and consonant rate, as it is and in the same key."""
    return [
        means([drops(song, songs[partner]) for partner in partners])
        for song, partners in zip(songs, partners_of(len(songs), seed), strict=True)
    ]


def partners_of(songs: int, seed: int) -> list[list[int]]:
    """For each song the numbers of other ones, never itself and none twice; the k-th of all songs are a
    permutation, so that each melody is used as often as any other."""
    order = np.random.default_rng(seed).permutation(songs)
    place = np.argsort(order)
    return [
        [int(order[(place[song] + k) % songs]) for k in range(1, min(PAIRINGS, songs - 1) + 1)]
        for song in range(songs)
    ]


def drops(song: Excerpt, other: Excerpt) -> dict[str, float]:
    """What the song's accompaniment loses with the other's melody in place of its own."""
    first = first_bar(song.melody) * STEPS_PER_BAR
    chroma, own, counts = song.together[first:], song.tune[first:], song.counted[first:]
    foreign, _ = lines.line(other.melody, other.bars * STEPS_PER_BAR)
    foreign = foreign[first_bar(other.melody) * STEPS_PER_BAR :]
    n = min(len(own), len(foreign))
    foreign = np.where(counts[:n], foreign[:n], np.int16(-1))
    up = np.int16(keys.shift_between(song.melody, other.melody))
    moved = np.where(foreign >= 0, (foreign + up) % 12, np.int16(-1))
    true = _fits(own[:n], chroma[:n])
    out = {}
    for ending, tune in (("", foreign), ("_same_key", moved)):
        for name, value in _fits(tune, chroma[:n]).items():
            out[f"sensitivity.{name}{ending}"] = true[name] - value
    return out


def in_time(tune: Tune, chroma: Floats) -> float:
    """The drop of melody in harmony, -1..1, when the melody is turned round by 3, 5, 7, 9, 11 and 13 bars (so
    many as are less than the song has), on average: 0 for what plays the same in every bar."""
    turns = [bars * STEPS_PER_BAR for bars in TURNS if bars * STEPS_PER_BAR < len(tune)]
    turned = [in_harmony(np.roll(tune, steps), chroma) for steps in turns]
    return in_harmony(tune, chroma) - mean(turned)


def _fits(tune: Tune, chroma: Floats) -> dict[str, float]:
    return {"in_harmony": in_harmony(tune, chroma), "consonant": consonance(tune, chroma).consonant}
