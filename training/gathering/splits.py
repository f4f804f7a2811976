"""Files dealt to train, valid and test, so that what belongs together stays together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from bandmate.training.songs import SPLITS, split_of

FEWEST = 3


def deal(kin: Iterable[str]) -> dict[str, str]:
    """The split of each family of files, by its name alone as `songs.split_of` has it.

    Where that leaves a split empty though there are three families or more, it gets the one of the lowest
    hash from the split that has most.
    """
    families = sorted(set(kin), key=lambda name: hashlib.sha256(name.encode()).digest())
    dealt = {name: split_of(name) for name in families}
    for split in SPLITS if len(families) >= FEWEST else ():
        if split not in dealt.values():
            having = list(dealt.values())
            fullest = max(SPLITS, key=having.count)
            dealt[next(name for name in families if dealt[name] == fullest)] = split
    return dealt
