"""Voice leading: the voicing of a chord that moves least from the one before it.

A voicing is a tuple of pitches, lowest first, that has every tone of its chord. One of four voices doubles a
triad's tone, at best the root; a seventh chord's four tones are one each.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations

from bandmate.training.arranging.sonority import Tones

Voicing = tuple[int, ...]
SPAN = {2: 12, 3: 15, 4: 19}
DRIFT = 0.25
OVER = 1.5
PARALLEL = 1.5
DOUBLED_THIRD = 3.0
RUB = 5.0


@lru_cache(maxsize=512)
def voicings(tones: Tones, low: int, high: int, voices: int = 3) -> tuple[Voicing, ...]:
    """All ways to put pitch classes between two pitches in two voices, no wider than an octave, in three, no
    wider than a tenth, or in four, no wider than a twelfth."""
    pitches = [p for p in range(low, high + 1) if p % 12 in tones]
    found = (v for v in combinations(pitches, voices) if v[-1] - v[0] <= SPAN[voices])
    return tuple(v for v in found if len({p % 12 for p in v}) == len(tones))


def nearest(
    tones: Tones, last: Voicing | None, low: int, high: int, voices: int = 3, ceiling: int | None = None
) -> Voicing:
    """The voicing that moves least from the last one, better not in parallel and without a semitone at its
    bottom or top, or the most central one at the start.

    tones: pitch classes, the third first; low, high: its range, at least two octaves for four voices, a tenth
    and an octave for fewer; ceiling: a pitch that is better not exceeded, such as the lowest of a melody.
    """
    top = high if ceiling is None else max(min(high, ceiling), low + SPAN[voices])
    centre = (low + top) / 2

    def cost(voicing: Voicing) -> float:
        drift = abs(sum(voicing) / voices - centre)
        over = sum(max(p - top, 0) for p in voicing)
        doubled = DOUBLED_THIRD * (sum(p % 12 == tones[0] for p in voicing) > 1)
        steps = [a - b for a, b in zip(voicing, last or (), strict=False)]
        parallel = PARALLEL * (len(set(steps)) == 1 and steps[0] != 0)
        rub = RUB * ((voicing[1] - voicing[0] == 1) + (voicing[-1] - voicing[-2] == 1))
        return sum(map(abs, steps)) + (DRIFT if last else 1) * drift + OVER * over + doubled + parallel + rub

    return min(voicings(tones, low, high, voices), key=cost)
