"""How much a file may hold: what is beyond has been broken, or was made to do harm."""

from __future__ import annotations

import numpy as np

from bandmate.training.reading.score import Score
from bandmate.training.songs import Rejected

MOST_NOTES = 500_000
MOST_QUARTERS = 40_000
LONGEST_HOURS = 2
SLOWEST, FASTEST = 10.0, 1000.0


def tempo(said: float) -> float:
    """A tempo in quarter notes a minute, moved within 10 to 1000."""
    return float(np.clip(said, SLOWEST, FASTEST))


def checked(score: Score) -> Score:
    """The score, its tracks without notes left out. Raises Rejected if it is empty, or beyond the limits."""
    tracks = tuple(track for track in score.tracks if len(track.notes))
    notes = [track.notes for track in tracks]
    if not tracks:
        raise Rejected("no notes")
    if sum(map(len, notes)) > MOST_NOTES:
        raise Rejected(f"more than {MOST_NOTES:,} notes")
    first, last = min(float(n[:, 0].min()) for n in notes), max(float(n[:, 0].max()) for n in notes)
    ran_over = first < 0 or any((n[:, 1] < n[:, 0]).any() for n in notes)
    starts, tempos = score.tempos[:, 0], score.tempos[:, 1]
    changes = np.append(starts[starts < last], last)
    minutes = float(np.sum(np.diff(changes) / tempos[: len(changes) - 1]))
    if ran_over or last > MOST_QUARTERS or minutes > 60 * LONGEST_HOURS:
        raise Rejected(f"longer than {LONGEST_HOURS} hours")
    return Score(tracks, score.metres, score.tempos, score.symbols)
