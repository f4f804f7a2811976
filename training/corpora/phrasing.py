"""A solo's notes, as the Weimar Jazz Database counts them, on the straight grid of 16ths.

A note stands in a bar, on a beat, at one of the tatums into which that beat was divided, which are as many as
its notes ask for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.lines import as_notes
from bandmate.training.songs import STEPS_PER_BAR, Notes

VELOCITY = 86
LAST_SHARE, LAST_SECONDS = 0.5, 0.5

Row = dict[str, str]


def melody(notes: Sequence[Row], first: int, bars: int, swung: bool) -> Notes:
    """The solo in the bars from `first` on: one note at a time, of those on one step the longest.

    Its lengths are shares of the way to the next note, as they were played.
    """
    found: dict[int, tuple[float, float, int]] = {}
    after = [float(note["onset"]) for note in notes[1:]]
    for (note, step), end in zip_longest(_on_grid(notes, swung), after):
        at = step - first * STEPS_PER_BAR
        share = float(note["articulation_raw"] or LAST_SHARE)
        lasts = LAST_SECONDS if end is None else share * (end - float(note["onset"]))
        if 0 <= at < bars * STEPS_PER_BAR and lasts > found.get(at, (0.0,))[0]:
            found[at] = (lasts, share, int(note["pitch_raw"]))
    ends = [*sorted(found)[1:], bars * STEPS_PER_BAR]
    return as_notes(
        [
            (step, max(round(share * (end - step)), 1), pitch, VELOCITY)
            for (step, (_, share, pitch)), end in zip(sorted(found.items()), ends, strict=True)
        ]
    )


def _on_grid(notes: Sequence[Row], swung: bool) -> Iterator[tuple[Row, int]]:
    """Each note with its step, counted from bar 0."""
    for (bar, beat), group in groupby(notes, lambda note: (int(note["bar"]), int(note["beat"]))):
        together = list(group)
        places = [(int(note["tatum"]) - 1, int(note["division"])) for note in together]
        start = bar * STEPS_PER_BAR + (beat - 1) * STEPS_PER_BEAT
        for note, step in zip(together, placed(places, swung), strict=True):
            yield note, start + step


def placed(places: Sequence[tuple[int, int]], swung: bool) -> list[int]:
    """The steps 0..3 of a beat's notes, each given as (tatum counted from 0, division of the beat).

    Where it swings, the first note of the beat's second half is the swung eighth and goes to step 2, however
    late it came, the others to 3: so a triplet is at 0, 1 and 2, which swung playback makes a triplet again.
    A lone note of the first half that is late by a 16th or less is laid back and goes to 0.
    """
    steps = [min(round(STEPS_PER_BEAT * tatum / division), STEPS_PER_BEAT - 1) for tatum, division in places]
    if not swung:
        return steps
    late = [2 * tatum >= division for tatum, division in places]
    early = late.index(True) if True in late else len(late)
    out = [min(step, 1) for step in steps[:early]] + [3] * (len(steps) - early)
    if early < len(out):
        out[early] = 2
    if early == 1 and len(out) <= 2 and 4 * places[0][0] <= places[0][1]:
        out[0] = 0
    return out
