"""A revision joins what it revises: notes that sound are kept, not chopped, where they do no harm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bandmate.models.decoding import Score

Mask = NDArray[np.bool_]


def revoice(revised: Score, new: Score, before: Mask, foreign: Mask, voices: Sequence[int]) -> Score:
    """The new score, in which notes that sound already last as long as they did in the one that it revises.

    A decision taken in mid-beat for another chord would end most notes after a 16th. Those whose pitch class
    is foreign end; so do a part's old notes where its new ones leave no room for them. A note that is to be
    held but does not sound, since the music jumped, is struck.
    revised and new: of the same steps, the revised one silent where there is none; before: bool[4,128], what
    sounds until then; foreign: bool[12]; voices: for each part, the most notes together.
    """
    onset, sustain = new.onset.copy(), new.sustain.copy()
    onset[:, 0] |= sustain[:, 0] & ~before
    kept = before & ~foreign[np.arange(before.shape[1]) % 12]
    most = np.array(voices)[:, None]
    for step in range(new.steps):
        kept = kept & revised.sustain[:, step] & ~revised.onset[:, step] & ~new.onset[:, step]
        together = (kept | sustain[:, step]).sum(1, keepdims=True)
        kept = kept & (together <= most)
        sustain[:, step] |= kept
    return Score(onset, sustain, new.velocity)
