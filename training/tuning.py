"""The preset's densities, found by ear: the band plays live to songs that it was not taught, and each part's
density is moved until it strikes as many notes as the real one, in the bars in which it plays.

What was paired or arranged for a song tells nothing of how busy its band was, so only real bars count; a part
that is never real keeps its density.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bandmate.presets import write
from bandmate.presets.preset import Preset
from bandmate.training import audition
from bandmate.training.judging import metrics
from bandmate.training.runs import played
from bandmate.training.songs import Song

ROUNDS = 4
SONGS = 20
GAIN = 0.2
LEAST, MOST = 0.3, 0.8


def tuned(
    preset: Preset, models: Path, shown: Sequence[Song], tempo: float, tell: Callable[[int, int], None]
) -> Preset:
    """The preset with densities .3 to .8; models: the folder of its files; shown: the songs to play to;
    tell: hears how many rounds are done, and of how many."""
    given, parts = played.excerpts(shown, SONGS), tuple(part.name for part in preset.parts)
    real = metrics.measure(given, parts, given, paired=True)
    for turn in range(ROUNDS):
        heard = audition.play(write.text(preset), given, presets=models, models=models, tempo=tempo)
        mine = metrics.measure(heard.songs, parts, given, paired=True)
        preset = replace(
            preset,
            parts=tuple(
                replace(part, density=moved(part.density, rate(mine, part.name), rate(real, part.name)))
                for part in preset.parts
            ),
        )
        tell(turn + 1, ROUNDS)
    return preset


def rate(figures: Mapping[str, float], part: str) -> float:
    """Notes that a part strikes in a bar in which it plays; 0 where it never does, or never counts."""
    notes, empty = figures[f"{part}.notes"], figures[f"{part}.empty"]
    return notes / (1 - empty) if empty < 1 else 0.0


def moved(density: float, mine: float, real: float) -> float:
    """A density raised where too little is struck, lowered where too much; as it is where nothing is due."""
    if real <= 0:
        return density
    return round(min(max(density + GAIN * math.log(real / max(mine, real / 8)), LEAST), MOST), 3)
