"""Drums for songs that have none: grooves of a like style and tempo, laid on the straight grid of 16ths.

They were not played with the song, so its provenance calls them style-paired.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from random import Random

import numpy as np

from bandmate.models.roll import STEPS_PER_BEAT
from bandmate.training.arranging.lead import PHRASE
from bandmate.training.arranging.patterns import WORDS, named, words
from bandmate.training.lines import as_notes, between, joined, moved
from bandmate.training.reading import kit
from bandmate.training.reading.beats import on_time, placed, straight
from bandmate.training.reading.metre import Stretch
from bandmate.training.reading.score import Score
from bandmate.training.songs import BEATS_PER_BAR, STEPS_PER_BAR, Notes

FILL_SHARE = 0.6
CHOICE = 5
NEAR = {
    "pop": {"pop": 1.0, "soul": 1.1, "rock": 1.2},
    "rock": {"rock": 1.0, "rock/rockabilly": 1.3, "punk": 1.1, "pop": 1.15},
    "jazz": {
        "jazz/swing": 1.0,
        "jazz": 1.0,
        "jazz/fusion": 1.5,
        "jazz/funk": 1.5,
        "jazz/march": 2.0,
        "jazz/klezmer": 2.0,
    },
    "bossa": {
        "latin/brazilian-bossa": 1.0,
        "latin/brazilian": 1.2,
        "latin/brazilian-samba": 1.3,
        "latin": 1.6,
    },
    "ballad": {"pop/soft": 1.0, "rock/folk": 1.1, "pop": 1.1, "soul": 1.2, "country": 1.2, "rock": 1.3},
    "country": {"country": 1.0, "rock/folk": 1.1, "rock/rockabilly": 1.1, "pop": 1.4, "rock": 1.4},
    "blues": {"blues": 1.0, "rock/shuffle": 1.1, "neworleans/shuffle": 1.2, "jazz/swing": 1.4, "rock": 1.5},
    "funk": {"funk": 1.0, "soul": 1.15, "hiphop": 1.15, "neworleans": 1.3, "afrobeat": 1.3},
    "latin": {"latin": 1.0, "afrocuban": 1.1, "neworleans/chacha": 1.1, "highlife": 1.3, "afrobeat": 1.3},
    "reggae": {"reggae": 1.0, "latin/reggaeton": 1.4, "afrobeat": 1.5, "hiphop": 1.6},
    "dance": {"dance": 1.0, "pop": 1.3, "hiphop": 1.4, "funk": 1.4, "rock": 1.5},
    "symphony": {"jazz/march": 1.0, "pop/soft": 1.3, "pop": 1.4},
}
SAME = 0.8
KIN = 1.2
FAR = 3.0
LOOSE = frozenset({"jazz", "latin", "afrocuban", "neworleans", "blues", "reggae", "gospel"})
SWUNG = frozenset({"jazz", "swing", "shuffle", "blues"})
HARD = 3
CYMBALS = (kit.HAT, kit.OPEN_HAT, kit.RIDE, kit.CRASH)
TOMS = (kit.LOW_TOM, kit.MID_TOM, kit.HIGH_TOM)
FEWEST = 4


@dataclass(frozen=True)
class Groove:
    """style, such as `rock`; kind of it, such as `indie`, or empty; bpm; notes on the grid, from the first
    bar that is struck; bars that are whole."""

    style: str
    bpm: float
    notes: Notes
    bars: int
    kind: str = ""

    @property
    def full(self) -> str:
        """The style with its kind, if it has one, behind a slash."""
        return f"{self.style}/{self.kind}" if self.kind else self.style

    def bar(self, bar: int) -> Notes:
        """The notes of a bar, taken round the groove's end."""
        first = bar % self.bars * STEPS_PER_BAR
        return between(self.notes, first, first + STEPS_PER_BAR)


def groove(style: str, bpm: float, hits: Notes) -> Groove | None:
    """The groove of hits on the grid, from their first bar on; none where nothing is struck. style: with its
    kind behind a slash, if it has one."""
    if not len(hits):
        return None
    if SWUNG & set(words(style)):
        hits = undotted(hits)
    first = int(hits[0, 0]) // STEPS_PER_BAR * STEPS_PER_BAR
    whole = (int(hits[-1, 0]) - first + STEPS_PER_BEAT) // STEPS_PER_BAR
    main, _, kind = style.partition("/")
    return Groove(main, bpm, moved(hits, -first), max(whole, 1), kind)


def undotted(hits: Notes) -> Notes:
    """Hard swing on the straight grid: where the last 16th of the beat is struck three times as often as the
    third, it is the swung eighth, and moves there."""
    place = hits[:, 0] % STEPS_PER_BEAT
    if (place == 3).sum() <= HARD * (place == 2).sum():
        return hits
    out = hits.copy()
    out[place == 3, 0] -= 1
    return kit.hits(out)


def quantised(score: Score) -> Notes:
    """A score's hits on the nine classes of a kit and the straight grid, the loudest of a class and step,
    each a step long; bars are four quarter notes, from its beginning. A lone track is taken for a kit."""
    alone = len(score.tracks) == 1
    kits = tuple(replace(t, drums=True) for t in score.tracks if t.drums or alone)
    last = max((float(t.notes[-1, 0]) for t in kits if len(t.notes)), default=-1.0)
    if last < 0:
        return as_notes([])
    bars = math.ceil((last + 1) / BEATS_PER_BAR)
    beats, _ = straight(on_time(placed(replace(score, tracks=kits), [Stretch(0.0, bars, 1.0, "4/4")])))
    struck = beats.take(beats.pitch > 0)
    step = np.maximum(np.rint(STEPS_PER_BEAT * struck.begin), 0)
    return kit.hits(as_notes(np.stack([step, np.ones(len(step)), struck.pitch, struck.velocity], 1)))


def usable(notes: Notes, loose: bool = False) -> bool:
    """Whether a bar is a beat: 6 to 34 hits, no tumble of toms, and a kick and a snare, or, where the style
    is loose about them, four hits on cymbals."""
    kinds = set(notes[:, 2].tolist())
    toms, cymbals = (int(np.isin(notes[:, 2], which).sum()) for which in (TOMS, CYMBALS))
    beats = {kit.KICK, kit.SNARE} <= kinds or (loose and cymbals >= FEWEST)
    return beats and 6 <= len(notes) <= 34 and 3 * toms <= len(notes)


def distance(style: str, other: str) -> float:
    """How far one style is from another, such as `rock/indie`, by name: a factor that weighs as much as that
    of a tempo; 3 where nothing joins them."""
    near = NEAR[named(style)]
    if (set(words(style)) - {named(style)}) & set(words(other)):
        return SAME
    main = other.split("/")[0]
    usual = KIN if WORDS.get(main) == named(style) else FAR
    return near.get(other, near.get(main, usual))


def style_in(name: str) -> str:
    """The style that the name of a file speaks of, such as `latin/bossa`, its file name first; or empty."""
    spoken = [word for piece in reversed(name.split("/")) for word in words(piece)]
    mains = {key.split("/")[0] for near in NEAR.values() for key in near}
    main = next((w for w in spoken if w in mains), next((w for w in spoken if w in WORDS), ""))
    kind = "-".join(w for w in dict.fromkeys(spoken) if w != main and w in WORDS)
    return f"{main}/{kind}" if kind else main


@dataclass(frozen=True)
class Drummer:
    """Grooves and fills, and the style that is asked of them."""

    beats: tuple[Groove, ...]
    fills: tuple[Groove, ...]
    style: str = "pop"

    def accompany(self, name: str, bpm: float, bars: int) -> Notes:
        """The drums of a song, from step 0; the same for the same name, tempo and length.

        It is a continuous excerpt of one groove as long as its bars are usable; eight bars may end in a fill.
        """
        random = Random(name)
        beat = random.choice(self._nearest(self.beats, bpm)[:CHOICE])
        good = beats_of(beat)
        alike = [f for f in self.fills if f.style == beat.style]
        fills = self._nearest(alike or self.fills, bpm)[: 4 * CHOICE]
        pieces = []
        place = random.choice(good)
        for bar in range(bars):
            place = place + 1 if (place + 1) % beat.bars in good else random.choice(good)
            last = bar % PHRASE == PHRASE - 1
            fill = last and fills and random.random() < FILL_SHARE
            pieces.append(
                moved(random.choice(fills).bar(0) if fill else beat.bar(place), bar * STEPS_PER_BAR)
            )
        return joined(pieces)

    def _nearest(self, grooves: Iterable[Groove], bpm: float) -> list[Groove]:
        """Nearest tempo first; a style further off counts as a further tempo."""
        return sorted(
            grooves, key=lambda g: abs(math.log(g.bpm / bpm)) + math.log(distance(self.style, g.full))
        )


def beats_of(groove: Groove) -> list[int]:
    """The bars of a groove that are a beat."""
    loose = groove.style in LOOSE
    return [bar for bar in range(groove.bars) if usable(groove.bar(bar), loose)]


def drummer(grooves: Iterable[Groove], fills: Iterable[Groove], style: str) -> Drummer:
    """Who plays these grooves: those of the style and its neighbours, or all where there are none.

    A groove of fewer than four bars that are a beat is left out, and so is a fill of fewer than 4 hits or
    more than 40. Raises ValueError where nothing is left.
    """
    beats = [g for g in grooves if len(beats_of(g)) >= FEWEST]
    if not beats:
        raise ValueError(f"no drums have {FEWEST} bars of a beat in 4/4 (a kick and a snare, or cymbals)")
    short = [f for f in fills if FEWEST <= len(f.bar(0)) <= 40]
    near = [g for g in beats if distance(style, g.full) < FAR]
    return Drummer(
        tuple(near or beats), tuple(f for f in short if not near or distance(style, f.full) < FAR), style
    )


def from_songs(songs: Iterable[tuple[str, float, Notes]], style: str) -> Drummer:
    """Who plays as the drums of songs do, each given as (style, beats a minute, drums). Raises ValueError."""
    made = [groove(*song) for song in songs]
    return drummer([g for g in made if g], [], style)
