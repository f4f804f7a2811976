"""What a part does by itself, bar by bar: MuseGAN's figures, on true pitches and a grid of 16ths.

`notes` are one part's; `kept` bool[bars] are the bars that count. A note belongs to the bar in which it is
struck, a sound to every bar in which it is heard. A figure is not a number where there is nothing to
measure. Source of all but notes a bar and one step: Dong et al., MuseGAN, AAAI 2018, section 5.1.
"""

from __future__ import annotations

import numpy as np

from bandmate.models.decoding import DRUMS
from bandmate.training import lines
from bandmate.training.judging.excerpt import Bars, Excerpt, Floats
from bandmate.training.songs import STEPS_PER_BAR, Notes

EIGHTH = 2


def of_part(song: Excerpt, name: str) -> dict[str, float]:
    """All figures of one part by name; a kit has no lengths and no pitches, but a pattern."""
    notes, kept = song.voices[name], song.kept[name]
    if name == DRUMS:
        return {
            "notes": notes_a_bar(notes, kept),
            "empty": empty_bars(struck_only(notes), kept),
            "pattern": drum_pattern(notes, kept),
        }
    return {
        "notes": notes_a_bar(notes, kept),
        "empty": empty_bars(notes, kept),
        "pitch_classes": pitch_classes(notes, kept),
        "qualified": qualified(notes, kept),
        "one_step": one_step(notes, kept),
        "over_one": polyphony(notes, kept, 1),
        "over_two": polyphony(notes, kept, 2),
    }


def struck_only(notes: Notes) -> Notes:
    """The notes a step long, as drums are heard."""
    out = notes.copy()
    out[:, 1] = 1
    return out


def notes_a_bar(notes: Notes, kept: Bars) -> float:
    """Notes struck in the bars that count, for each of them; 0 and up."""
    return _mean(np.bincount(within(notes, kept)[:, 0] // STEPS_PER_BAR, minlength=len(kept))[kept])


def empty_bars(notes: Notes, kept: Bars) -> float:
    """Share 0..1 of the bars in which nothing is struck or held (MuseGAN's EB)."""
    heard = np.any(lines.sounding(notes, len(kept) * STEPS_PER_BAR).reshape(-1, STEPS_PER_BAR), axis=1)
    return _mean(~heard[kept])


def pitch_classes(notes: Notes, kept: Bars) -> float:
    """Pitch classes 1..12 that sound in a bar, over the bars that are not empty (MuseGAN's UPC, but
    counted modulo an octave, which its published code does not)."""
    used = lines.chroma([notes], len(kept) * STEPS_PER_BAR).reshape(-1, STEPS_PER_BAR, 12).any(1).sum(1)[kept]
    return _mean(used[used > 0])


def qualified(notes: Notes, kept: Bars) -> float:
    """Share 0..1 of the notes that last an eighth (2 steps) or more (MuseGAN's QN; 3 of its 24 steps a
    beat are as long as half of one of ours, so its figures are not to be set beside these)."""
    return _mean(within(notes, kept)[:, 1] >= EIGHTH)


def one_step(notes: Notes, kept: Bars) -> float:
    """Share 0..1 of the notes that last exactly a step: how fragmented the part is."""
    return _mean(within(notes, kept)[:, 1] == 1)


def usual_length(notes: Notes, kept: Bars, least: int = 1) -> float:
    """The geometric mean of the lengths in steps, of notes that last at least so many: unlike the mean, it is
    not made by a few that are very long."""
    lengths = within(notes, kept)[:, 1].astype(float)
    return float(np.exp(_mean(np.log(lengths[lengths >= least]))))


def polyphony(notes: Notes, kept: Bars, more_than: int) -> float:
    """Share 0..1 of the steps in which more than so many notes sound (MuseGAN's polyphonicity, there
    with more than 2)."""
    sounding = lines.chroma([notes], len(kept) * STEPS_PER_BAR).sum(1)
    return _mean(sounding[np.repeat(kept, STEPS_PER_BAR)] > more_than)


def drum_pattern(notes: Notes, kept: Bars) -> float:
    """Share 0..1 of the hits that fall on an eighth of the bar (MuseGAN's DP, for 16 steps a bar)."""
    return _mean(within(notes, kept)[:, 0] % EIGHTH == 0)


def within(notes: Notes, kept: Bars) -> Notes:
    """The notes struck in bars that count."""
    inside = notes[notes[:, 0] < len(kept) * STEPS_PER_BAR]
    return np.asarray(inside[kept[inside[:, 0] // STEPS_PER_BAR]])


def _mean(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]] | Floats) -> float:
    return float(values.mean()) if len(values) else float("nan")
