"""Scores of four voices as songs for an orchestra: melody, low and upper strings as written, winds and horns.

A score has no chord symbols: the chords are found from all that sounds. What winds and horns play, or that
they rest, is drawn by lot for every phrase, and marked as arranged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bandmate.training.arranging.fill import LINE, PAD, RESTS, colour
from bandmate.training.arranging.lead import Lead
from bandmate.training.arranging.patterns import STYLES
from bandmate.training.chords import derive
from bandmate.training.corpora.sections import together
from bandmate.training.lines import line, monophonic, provenance
from bandmate.training.reading.parts import part
from bandmate.training.songs import ARRANGED, BEATS_PER_BAR, REAL, STEPS_PER_BAR, Notes, Song, split_of

PARTS = ("cellos", "strings", "winds", "horns")
WINDS, HORNS = replace(part("winds"), centre=67), replace(part("horns"), centre=60)
# As often as in symphonies: there winds rest in two bars of five and horns in three.
WINDS_PLAY = replace(STYLES["symphony"], colour=(LINE, PAD, RESTS, LINE, RESTS))
HORNS_PLAY = replace(STYLES["symphony"], colour=(PAD, RESTS, PAD, RESTS, RESTS))
TEMPO = 120.0
AT_ONCE = 4
ACCENTS = np.array([8, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0], np.int16)


def song(name: str, piece: str, voices: Sequence[Notes], bars: int) -> Song:
    """A song of four voices, the highest first; `piece` is what it was cut from and decides its split."""
    melody, second, viola, cello = monophonic(voices[0]), *voices[1:]
    chords = derive(voices, bars * BEATS_PER_BAR)
    lead = Lead(name, TEMPO, melody, chords)
    others = [line(monophonic(voice), bars * STEPS_PER_BAR)[0] for voice in voices[1:]]
    winds, horns = colour(lead, WINDS, WINDS_PLAY, others), colour(lead, HORNS, HORNS_PLAY)
    parts = (melody, cello, together([second, viola], AT_ONCE), winds, horns)
    origin = np.full((bars, len(parts)), REAL, np.uint8)
    origin[:, 3:] = ARRANGED
    return Song(name, "symphony", split_of(piece), parts, chords, provenance(parts, origin))


def accented(notes: Notes) -> Notes:
    """The notes, a little louder on beat 1 and less so on beat 3."""
    out = notes.copy()
    out[:, 3] = np.clip(out[:, 3] + ACCENTS[out[:, 0] % len(ACCENTS)], 1, 127)
    return out
