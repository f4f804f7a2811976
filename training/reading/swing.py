"""How a file swings, measured from where its onsets fall within the beat, and its straightening.

A swung pair of eighths (or of 16ths) has its second note late: at .54 to .72 of the pair, where .5 is
straight and 2/3 a triplet's last note. Triplets among straight eighths are no swing: their middle notes are
as common as their last ones. .75 is a dotted note as written.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bandmate.training.reading.score import Floats

MIDDLE = (0.4, 0.8)
LEAST, MOST = 0.54, 0.72
WIDTH = 0.06
TOGETHER = 0.6
FEWEST, FEWEST_SHARE = 8, 0.04
EIGHTHS, SIXTEENTHS = 1.0, 0.5


@dataclass(frozen=True)
class Feel:
    """pair: the length of a swung pair in beats, 1 of eighths, .5 of 16ths; share: its first note's share."""

    pair: float = EIGHTHS
    share: float = 0.5

    @property
    def swing(self) -> float:
        """The first eighth's share of an eighth pair; .5 where the 16ths swing, as the eighths don't then."""
        return self.share if self.pair == EIGHTHS else 0.5

    def straight(self, beats: Floats) -> Floats:
        """Positions in beats put on the straight grid, each half of a pair stretched or pressed evenly."""
        if self.share == 0.5:
            return beats
        pair = np.floor(beats / self.pair)
        phase = beats / self.pair - pair
        early, late = phase / self.share, 1 + (phase - self.share) / (1 - self.share)
        return np.asarray((pair + np.where(phase < self.share, early, late) / 2) * self.pair)


STRAIGHT = Feel()
TRIPLETS = Feel(EIGHTHS, 2 / 3)


def feels(onsets: Floats) -> list[Feel]:
    """The feels that onsets in beats may have: straight, eighths that swing, 16ths that do."""
    found = [STRAIGHT]
    for pair in (EIGHTHS, SIXTEENTHS):
        share = _share(onsets / pair % 1)
        if share is not None:
            found.append(Feel(pair, share))
    return found


def _share(phase: Floats) -> float | None:
    """Where the second notes of pairs fall, if together, late, and without a triplet's middle note."""
    low, high = MIDDLE
    middle = phase[(phase >= low) & (phase <= high)]
    if len(middle) < max(FEWEST, FEWEST_SHARE * len(phase)):
        return None
    share = float(np.median(middle))
    if not LEAST <= share <= MOST:
        return None
    near = int(np.sum(np.abs(middle - share) <= WIDTH))
    mirrored = int(np.sum(np.abs(phase - (1 - share)) <= WIDTH))
    return share if near >= TOGETHER * len(middle) and 2 * mirrored <= near else None
