"""The last touch to a preset, by ear: the band plays live to songs that it was not taught, and is moved until
each part strikes as many notes as the real one.

Of a band that is drawn the cuts in its file move, and so do those that end notes, until as many of them last
a step, and the others as long as real ones; of one that is cut the preset's densities do. What was paired in
style counts as real; what was arranged for a song tells nothing of how busy its band was, and a part that is
never real stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from bandmate.models.contract import Card, Drawn
from bandmate.models.decoding import DRUMS
from bandmate.models.generator import Generator
from bandmate.presets import write
from bandmate.presets.preset import Preset
from bandmate.training import audition, whole
from bandmate.training.fitting import cuts, export
from bandmate.training.judging import metrics, texture
from bandmate.training.judging.excerpt import Excerpt
from bandmate.training.judging.means import mean
from bandmate.training.runs import played
from bandmate.training.songs import Song

ROUNDS = 5
SONGS, BARS = 20, 32
GAIN = 0.2
LEAST, MOST = 0.3, 0.8
EDGE = 0.005


class Habit(NamedTuple):
    """What a part does: notes struck a bar; the share of notes that last a step; and the usual length in
    steps of the others. Not a number where there is nothing to measure."""

    rate: float
    crumbs: float
    longer: float

    @classmethod
    def of(cls, songs: Sequence[Excerpt], part: str) -> Habit:
        """The means over songs."""
        voices = [(song.voices[part], song.kept[part]) for song in songs if song.kept[part].any()]
        rates = [texture.notes_a_bar(notes, kept) for notes, kept in voices]
        crumbs = [texture.one_step(notes, kept) for notes, kept in voices]
        longer = [texture.usual_length(notes, kept, 2) for notes, kept in voices]
        return cls(*map(mean, (rates, crumbs, longer)))


def tuned(
    preset: Preset, models: Path, shown: Sequence[Song], tempo: float, tell: Callable[[int, int], None]
) -> Preset:
    """The preset, tuned; models: the folder of its files, of which the band's is written anew if it is drawn;
    shown: the songs to play to; tell: hears how many rounds are done, and of how many."""
    given, parts = played.excerpts(shown, SONGS, BARS), tuple(part.name for part in preset.parts)
    path = models / f"{preset.band}.onnx"
    data = path.read_bytes()
    card = Generator(data, path.name).card
    real = _habits(given, parts, given)
    for turn in range(ROUNDS):
        heard = audition.play(write.text(preset), given, presets=models, models=models, tempo=tempo)
        mine = _habits(heard.songs, parts, given)
        if card.drawn is None:
            dense = [
                moved(p.density, a.rate, b.rate) for p, a, b in zip(preset.parts, mine, real, strict=True)
            ]
            named = zip(preset.parts, dense, strict=True)
            preset = replace(preset, parts=tuple(replace(part, density=new) for part, new in named))
        else:
            card = recut(card, mine, real)
            whole.write(path, export.restated(data, card))
        tell(turn + 1, ROUNDS)
    return preset


def _habits(songs: Sequence[Song], parts: Sequence[str], given: Sequence[Song]) -> list[Habit]:
    heard = metrics.excerpts(songs, parts, given, paired=True)
    return [Habit.of(heard, part) for part in parts]


def moved(density: float, mine: float, real: float) -> float:
    """A density raised where too little is struck, lowered where too much; as it is where nothing is due."""
    if not real > 0:
        return density
    return round(min(max(density + GAIN * math.log(real / max(mine, real / 8)), LEAST), MOST), 3)


def recut(card: Card, mine: Sequence[Habit], real: Sequence[Habit]) -> Card:
    """The card with cuts moved towards what is real; the drums' is the one that is not drawn."""
    gate, drawn = list(card.gate), [list(row) for row in card.drawn or ()]
    for i, (name, a, b) in enumerate(zip(card.parts, mine, real, strict=True)):
        if name == DRUMS:
            gate[i] = _raised(gate[i], a.rate, b.rate)
            continue
        pairs = ((a.rate, b.rate), (cuts.odds(b.crumbs), cuts.odds(a.crumbs)), (a.longer, b.longer))
        for row, (much, due) in zip(drawn, pairs, strict=True):
            row[i] = _raised(row[i], much, due)
    return replace(card, gate=tuple(gate), drawn=Drawn(*map(tuple, drawn)))


def _raised(cut: float, mine: float, real: float) -> float:
    """A cut raised where there is too much, lowered where there is too little; as it is where none knows."""
    if not (mine >= 0 and real > 0):
        return cut
    return cuts.moved(cut, max(mine, real / 8) / real, EDGE)
