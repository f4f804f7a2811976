"""Which row of a style's table is played in each bar of a song."""

from __future__ import annotations

from random import Random

import numpy as np

from bandmate.models.harmony import NONE
from bandmate.training.arranging.lead import PHRASE, Lead
from bandmate.training.arranging.patterns import bars, strokes
from bandmate.training.songs import BEATS_PER_BAR

MOST_A_SECOND = 6.5
BUSY = 8
OTHER_SHARE = 0.5
TURN_SHARE = 0.7


def chart(lead: Lead, rows: tuple[str, ...], turns: tuple[str, ...], ending: str, part: str) -> list[str]:
    """Sixteen cells for each bar of the song, the same for the same song, style and part.

    A phrase of eight bars draws one row by lot and comes back to it; every second bar may take another, the
    last may be a turn. While the melody strikes eight notes or more in a bar the next calmer row is played,
    where it rests for two beats or more the next busier. Rows that strike more than 6.5 times a second are
    left out, but for the calmest. The last bar that has a chord is the ending.
    """
    random = Random(f"{lead.name} {part}")
    usable = [row for row in rows if rate(row, lead.tempo) <= MOST_A_SECOND] or [rows[0]]
    turning = [row for row in turns if rate(row, lead.tempo) <= MOST_A_SECOND]
    played = np.flatnonzero((lead.chords != NONE).reshape(-1, BEATS_PER_BAR).any(1))
    out: list[str] = []
    for bar in range(lead.bars):
        place = bar % PHRASE
        if place == 0:
            main, other = random.randrange(len(usable)), random.randrange(len(usable))
        level = other if place % 2 == 1 and random.random() < OTHER_SHARE else main
        row = usable[min(max(level + stir(lead, bar), 0), len(usable) - 1)]
        if place == PHRASE - 1 and turning and random.random() < TURN_SHARE:
            row = random.choice(turning)
        if len(played) and bar == played[-1]:
            row = ending
        cells = bars(row)
        out.append(cells[bar % len(cells)])
    return out


def rate(row: str, tempo: float) -> float:
    """Strikes a second of a row's busiest bar."""
    return max(len(strokes(bar)) for bar in bars(row)) * tempo / (60 * BEATS_PER_BAR)


def stir(lead: Lead, bar: int) -> int:
    """-1 where the melody is busy in a bar, 1 where it rests for half of it, else 0."""
    if lead.strikes[bar] >= BUSY:
        return -1
    resting = lead.resting[bar * BEATS_PER_BAR : (bar + 1) * BEATS_PER_BAR]
    return 1 if resting.sum() >= BEATS_PER_BAR / 2 else 0
