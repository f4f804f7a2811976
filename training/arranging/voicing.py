"""Voice leading: the voicing of a chord that moves least from the one before it.

A voicing is a tuple of pitches, lowest first. One of three voices holds a triad's three tones; one of four
doubles a tone, at best the root.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from bandmate.models.harmony import TONES

Voicing = tuple[int, ...]
SPAN = {3: 15, 4: 19}
DRIFT = 0.25
OVER = 1.5
PARALLEL = 1.5
DOUBLED_THIRD = 3.0


@lru_cache(maxsize=512)
def voicings(chord: int, low: int, high: int, voices: int = 3) -> tuple[Voicing, ...]:
    """All ways to put a triad between two pitches in three voices, no wider than a tenth, or in four, no
    wider than a twelfth."""
    pitches = [p for p in range(low, high + 1) if TONES[chord][p % 12]]
    found = (v for v in combinations(pitches, voices) if v[-1] - v[0] <= SPAN[voices])
    return tuple(v for v in found if len({p % 12 for p in v}) == 3)


def nearest(
    chord: int, last: Voicing | None, low: int, high: int, voices: int = 3, ceiling: int | None = None
) -> Voicing:
    """The voicing that moves least from the last one, better not in parallel, or the most central one at the
    start.

    low, high: its range, at least two octaves for four voices, a tenth and an octave for three; ceiling: a
    pitch that is better not exceeded, such as the lowest of a melody.
    """
    top = high if ceiling is None else max(min(high, ceiling), low + SPAN[voices])
    centre = (low + top) / 2
    third = (chord + (3 if chord >= 12 else 4)) % 12

    def cost(voicing: Voicing) -> float:
        drift = abs(sum(voicing) / voices - centre)
        over = sum(max(p - top, 0) for p in voicing)
        doubled = DOUBLED_THIRD * (sum(p % 12 == third for p in voicing) > 1)
        steps = [a - b for a, b in zip(voicing, last or (), strict=False)]
        parallel = PARALLEL * (len(set(steps)) == 1 and steps[0] != 0)
        return sum(map(abs, steps)) + (DRIFT if last else 1) * drift + OVER * over + doubled + parallel

    return min(voicings(chord, low, high, voices), key=cost)
