"""All figures that can be said of one set of songs, played or real, by flat names such as `bass.empty`."""

from __future__ import annotations

from collections.abc import Sequence

from bandmate.training.judging import harmony_metrics, sensitivity, texture
from bandmate.training.judging.excerpt import Excerpt, excerpt
from bandmate.training.judging.means import means
from bandmate.training.songs import Song

SEED = 1


def measure(
    songs: Sequence[Song],
    parts: Sequence[str],
    references: Sequence[Song] | None = None,
    paired: bool = False,
    seed: int = SEED,
) -> dict[str, float]:
    """The means over songs of the figures of `rows`; not a number where no song has the figure."""
    return means(rows(songs, parts, references, paired, seed))


def rows(
    songs: Sequence[Song],
    parts: Sequence[str],
    references: Sequence[Song] | None = None,
    paired: bool = False,
    seed: int = SEED,
) -> list[dict[str, float]]:
    """The figures of each song by name: PART.FIGURE (texture), fit to the melody and between parts
    (harmony_metrics), and sensitivity.FIGURE (there must be two songs).

    With references, the real songs of the same names, each part is judged only in the bars in which it is
    real there (with `paired`, style-paired drums too). Raises ValueError.
    """
    heard = excerpts(songs, parts, references, paired)
    drops = sensitivity.of_songs(heard, seed)
    return [of_song(song) | drop for song, drop in zip(heard, drops, strict=True)]


def of_song(song: Excerpt) -> dict[str, float]:
    """The figures of one song that need no other."""
    alone = {
        f"{part}.{name}": value for part in song.voices for name, value in texture.of_part(song, part).items()
    }
    return alone | harmony_metrics.of_song(song)


def excerpts(
    songs: Sequence[Song], parts: Sequence[str], references: Sequence[Song] | None, paired: bool
) -> list[Excerpt]:
    """The songs as they are judged, each beside the reference of its name. Raises ValueError."""
    real = None if references is None else {song.name: song for song in references}
    strangers = [song.name for song in songs if real is not None and song.name not in real]
    if strangers:
        raise ValueError(
            f"{', '.join(strangers[:3])} of {len(songs)} songs have no real song of the same name; "
            "name each performance after the song it was played to"
        )
    return [excerpt(song, parts, real[song.name] if real else None, paired) for song in songs]
