"""The figures of whole performances, every bar and part of them, by flat names: fit, rhythm, each part.

Other scorers of the rendered files arrive at the same figures; `metrics`, which judges a part only where it
is real in the song, does not.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bandmate.models.decoding import DRUMS
from bandmate.training.judging import harmony_metrics, movement, rhythm, sensitivity, texture
from bandmate.training.judging.excerpt import Excerpt, Floats
from bandmate.training.judging.harmony_metrics import clash, consonance, in_harmony
from bandmate.training.judging.means import means

LONGEST = "silence.longest"
PART_FIGURES = ("notes", "empty", "pitch_classes", "qualified", "one_step")

Figures = dict[str, float]


def of_songs(songs: Sequence[Excerpt], real: Sequence[Excerpt], seed: int) -> Figures:
    """Means over the songs, each beside the real one, but of the longest silence, which is that of all, and
    of `onsets_apart`: how far the mean of the songs' shares of onsets at each step of the bar is from that of
    the real ones, of those songs in which both have notes.

    Besides the figures of `fit`, where there are two songs: `sensitivity.in_harmony`, `.in_harmony_same_key`.
    """
    rows = [fit(song, true) for song, true in zip(songs, real, strict=True)]
    for row, drops in zip(rows, sensitivity.of_songs(songs, seed), strict=True):
        row |= {name: drop for name, drop in drops.items() if "in_harmony" in name}
    silence = max(row["silence.mean"] for row in rows)
    return means(rows) | {LONGEST: silence, "onsets_apart": _apart_together(songs, real)}


def fit(song: Excerpt, real: Excerpt) -> Figures:
    """One song's figures of fit to the melody, of rhythm, and of harmony in time."""
    tune, chroma, voices = song.tune, song.together, list(song.voices.values())
    alone, support = harmony_metrics.undoubled(song), consonance(tune, chroma)
    return {
        "in_harmony": in_harmony(tune, chroma),
        "in_harmony.undoubled": in_harmony(tune, alone.together),
        "doubled": harmony_metrics.doubled(song),
        "clash": clash(tune, chroma),
        "consonant": support.consonant,
        "unsupported": support.unsupported,
        "sensitivity.in_time": sensitivity.in_time(tune, chroma),
        "changes": movement.changes_a_bar(chroma),
        "groove": rhythm.groove(voices, song.bars),
        "onsets_apart.by_song": rhythm.apart(_shares(song), _shares(real)),
        "silence.mean": rhythm.longest_silence(song),
    }


def _shares(song: Excerpt) -> Floats:
    """float64[16]: the share of a song's notes at each step of the bar."""
    return rhythm.onset_shares(list(song.voices.values()), song.bars)


def _apart_together(songs: Sequence[Excerpt], real: Sequence[Excerpt]) -> float:
    """How far the means of their shares are apart; not a number where no song has notes in both."""
    pairs = np.array([(_shares(song), _shares(true)) for song, true in zip(songs, real, strict=True)])
    known = pairs[~np.isnan(pairs).any((1, 2))]
    return rhythm.apart(*known.mean(0)) if len(known) else float("nan")


def of_parts(songs: Sequence[Excerpt]) -> Figures:
    """Means over the songs of PART.FIGURE, in the bars that count."""
    return means(
        [
            {f"{part}.{name}": value for part in song.voices for name, value in of_part(song, part).items()}
            for song in songs
        ]
    )


def of_part(song: Excerpt, part: str) -> Figures:
    """One part's figures by name; a kit has fewer.

    `empty_under_melody` is of the bars in which the melody plays or did in the two before; `movement` of a
    part that plays chords.
    """
    notes, kept = song.voices[part], song.kept[part]
    found = texture.of_part(song, part)
    heard = texture.struck_only(notes) if part == DRUMS else notes
    out = {name: found[name] for name in PART_FIGURES if name in found}
    out["empty_under_melody"] = texture.empty_bars(heard, kept & rhythm.accompanied(song))
    if part != DRUMS:
        out["movement"] = movement.voice_movement(movement.voicings(notes, kept))
    return out


def chord_part(songs: Sequence[Excerpt]) -> str:
    """The part that strikes most notes at once in the songs: the one that plays the chords."""
    full = {
        part: float(np.mean([movement.fullness(song.voices[part]) for song in songs]))
        for part in songs[0].pitched
    }
    return max(full, key=lambda part: full[part])
