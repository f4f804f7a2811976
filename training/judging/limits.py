"""What the parts of a corpus need: how many notes together, and between which pitches."""

from __future__ import annotations

import numpy as np

from bandmate.models.decoding import Limits
from bandmate.training.fitting.windows import KIT, Corpus


def of(corpus: Corpus) -> Limits:
    """How many notes each part may sound together: what 97 of 100 sounding steps really need."""
    most = []
    for part, name in enumerate(corpus.parts):
        sustain = (corpus.strip.cells >> np.uint16(2 * part + 3) & 1).sum(1)
        some = sustain[sustain > 0]
        most.append(len(KIT) if name == "drums" else int(np.quantile(some, 0.97)) if len(some) else 1)
    return Limits(voices=tuple(most))
