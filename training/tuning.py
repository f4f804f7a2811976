"""The last touch to a preset, by ear: the band plays live to songs that it was not taught, and is moved until
each part strikes as many notes as the real one.

Of a band that is drawn the cuts in its file move, and so do those that end notes, until as many of them last
a step, and the others as long as real ones; each drum's, until it is hit as often; how likely a part is to
strike at each step of the bar, until as much of it falls there; how much of it is left to chance, until as
much changes from bar to bar; how far its pitches are, until a bar has as many pitch classes; the company that
its notes keep, until it is as people's; how steady it is, until as many bars repeat others; the share of bars
in which it lays out, until as many of its bars are empty; and how far one performance's temper is from
another's, until they differ like songs. Of one that is cut the preset's densities move.
What was paired in style counts as real; what was arranged for a song tells nothing of how busy its band was,
but where nobody plays a part in any song it is all there is to be like.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bandmate.models.contract import Card
from bandmate.models.decoding import DRUMS
from bandmate.models.drawn import Drum
from bandmate.models.generator import Generator
from bandmate.models.roll import BAR, PARTS
from bandmate.presets import write
from bandmate.presets.preset import Preset
from bandmate.training import audition, whole
from bandmate.training.company import far_apart, forbearing, mannered
from bandmate.training.drumming import BACKBONE, evenly, grooved
from bandmate.training.fitting import cuts, export
from bandmate.training.habit import Habit, real_habits
from bandmate.training.judging.excerpt import excerpt
from bandmate.training.repetition import steadied
from bandmate.training.runs import played
from bandmate.training.songs import Song

ROUNDS = 6
SONGS, BARS = 20, 32
GAIN = 0.2
LEAST, MOST = 0.3, 0.8
EDGE = 0.005
# How far a cut moves, as a logit, for what is e times too much; and at the most in a round. Leanings to
# places and warmth move less: they pull at what the cuts pull at.
TURN, NUDGE, FARTHEST = 0.8, 0.5, 1.5
# After so many rounds they move half as far: what chance does to a round is not to be chased.
CALM = 4
# How much less there is for a cut raised by one, as logarithms: what was found, within these bounds.
FLAT, STEEP = 0.4, 1.5
SHIFTED = 0.1
# So many hits a bar, or such a share of the notes, are too few to tell.
FEW = 0.02
LONGEST_REST = 0.8
DISPLACED = 1.5
# A part that rests in a tenth too many of its bars is as far amiss as one that strikes 1.3 times too much.
EMPTINESS = 2.5
WARMTH = (0.6, 1.6)
COLOUR = (0.5, 2.2)
# Performances that differ by a tenth too little, in logarithms, are as far amiss as .04 too many notes.
UNLIKE = 0.4
# And so much of what a part's notes do weigh those at a step of the bar, and the company that they keep.
PLACED, RUDE = 0.25, 0.4
# How much a part's logarithms of notes and of length, and a drum's of hits, follow a logit, about.
FOLLOWS = 0.6
WIDENED = 0.7
# A performance without a snare is found in songs, but nobody wants to get it by lot: bounds of striking,
# holding, resting, thickness and height, of each drum, and of bass drums and snares.
WIDEST = (1.0, 1.2, 1.2, 1.0, 1.0)
WIDEST_DRUM, WIDEST_BACKBONE = 0.8, 0.35

Floats = NDArray[np.float64]


def tuned(
    preset: Preset,
    models: Path,
    shown: Sequence[Song],
    like: Sequence[Song],
    tempo: float,
    tell: Callable[[int, int], None],
) -> Preset:
    """The preset, tuned; models: the folder of its files, of which the band's is written anew if it is drawn;
    shown: the songs to play to; like: those whose habits it is to have, the more the surer they are; tell:
    hears how many rounds are done, and of how many."""
    given, parts = played.excerpts(shown, SONGS, BARS), tuple(part.name for part in preset.parts)
    path = models / f"{preset.band}.onnx"
    data = path.read_bytes()
    real = real_habits(like, parts, given[0].bars)
    card = by_drums(Generator(data, path.name).card, real)
    whole.write(path, export.restated(data, card))
    before: tuple[Floats, Floats] | None = None
    best = math.inf, card
    for turn in range(ROUNDS):
        heard = audition.play(write.text(preset), given, presets=models, models=models, tempo=tempo)
        mine = [Habit.of([excerpt(song, parts) for song in heard.songs], part) for part in parts]
        if card.drawn is None:
            dense = [
                moved(p.density, a.rate, b.rate) for p, a, b in zip(preset.parts, mine, real, strict=True)
            ]
            named = zip(preset.parts, dense, strict=True)
            preset = replace(preset, parts=tuple(replace(part, density=new) for part, new in named))
        else:
            now = leans(card), excess(card, mine, real)
            best = min(best, (amiss(now[1], mine, real), card), key=lambda each: each[0])
            calm = 1 / (1 + turn / CALM)
            card = moved_on(recut(card, now[0] + calm * step(now, before)), mine, real, calm)
            before = now
            whole.write(path, export.restated(data, best[1] if turn == ROUNDS - 1 else card))
        tell(turn + 1, ROUNDS)
    return preset


def amiss(much: Floats, mine: Sequence[Habit], real: Sequence[Habit]) -> float:
    """How far a band is from the real one, all in all."""
    lacks = [abs(a.empty - b.empty) for a, b in zip(mine, real, strict=True)]
    differ = [abs(x - y) for a, b in zip(mine, real, strict=True) for x, y in _unlike(a, b)]
    placed = [_times(x + FEW, y + FEW) for a, b in zip(mine, real, strict=True) for x, y in _places(a, b)]
    # The steps of the bar count less, and are told anew here: `excess` leaves those of a kit out.
    at_steps = slice(-PARTS * (BAR + 1), -PARTS)
    far = np.abs(np.delete(much, at_steps)).sum() + PLACED * np.abs(placed).sum()
    rude = sum(far_apart(a.manners, b.manners) for a, b in zip(mine, real, strict=True))
    return float(far + EMPTINESS * np.nansum(lacks) + UNLIKE * np.nansum(differ) + RUDE * rude)


def _places(a: Habit, b: Habit) -> Iterable[tuple[float, float]]:
    return zip(a.places, b.places, strict=True)


def moved(density: float, mine: float, real: float) -> float:
    """A density raised where too little is struck, lowered where too much; as it is where nothing is due."""
    if not real > 0:
        return density
    return round(min(max(density + GAIN * math.log(real / max(mine, real / 8)), LEAST), MOST), 3)


def by_drums(card: Card, real: Sequence[Habit]) -> Card:
    """The card with a cut for each drum, where it is drawn and has none, if anybody plays the drums."""
    if card.drawn is None or card.drawn.kit:
        return card
    known = [habit for name, habit in zip(card.parts, real, strict=True) if name == DRUMS and habit.rate > 0]
    return replace(card, drawn=card.drawn._replace(kit=evenly(known[0].kit) if known else ()))


def leans(card: Card) -> Floats:
    """All that moves in a drawn card, so that more of it is less to hear: as logits the cuts of gate, second
    step and hold of each part, and those of the drums; how little each part leans to each step of the bar;
    and the logarithm of how little it is left to chance."""
    drawn = card.drawn
    assert drawn is not None
    cut = np.array([*drawn.gate, *drawn.second, *drawn.hold, *(drum.cut for drum in drawn.kit)])
    places, warmth = np.array(drawn.places).ravel(), np.log(drawn.warmth)
    return np.concatenate([np.log(cut / (1 - cut)), -places, -warmth])


def recut(card: Card, lean: Floats) -> Card:
    """The card with what these stand for, each within its bounds."""
    drawn, parts = card.drawn, len(card.parts)
    assert drawn is not None
    lean, little, cold = np.split(lean, [-parts * (BAR + 1), -parts])
    cut = np.clip(1 / (1 + np.exp(-lean)), EDGE, 1 - EDGE).tolist()
    gate, second, hold = (tuple(cut[parts * row : parts * (row + 1)]) for row in range(3))
    lean_to = -little.reshape(parts, BAR)
    # What all steps have in common is the gate's affair.
    places = np.clip(lean_to - lean_to.mean(1, keepdims=True), -DISPLACED, DISPLACED).tolist()
    new = drawn._replace(
        gate=gate,
        second=second,
        hold=hold,
        kit=tuple(drum._replace(cut=new) for drum, new in zip(drawn.kit, cut[3 * parts :], strict=True)),
        places=tuple(map(tuple, places)),
        warmth=tuple(np.clip(np.exp(-cold), *WARMTH).tolist()),
    )
    return replace(card, drawn=new)


def excess(card: Card, mine: Sequence[Habit], real: Sequence[Habit]) -> Floats:
    """In the order of `leans`, the logarithm of how many times too much there is of what a higher cut makes
    less: notes, notes longer than a step, their length, hits, notes at each step of the bar, and what changes
    from bar to bar. 0 where nobody knows, and for the steps of drums with a kit, of which each leans to steps
    of its own (`drumming.grooved`)."""
    pairs = list(zip(mine, real, strict=True))
    rows = [
        *((a.rate, b.rate) for a, b in pairs),
        *((cuts.odds(b.crumbs), cuts.odds(a.crumbs)) for a, b in pairs),
        *((a.longer, b.longer) for a, b in pairs),
    ]
    drums = [pair for name, pair in zip(card.parts, pairs, strict=True) if name == DRUMS]
    has_kit = card.drawn is not None and bool(card.drawn.kit)
    if has_kit:
        rows += [(x + FEW, y + FEW) for a, b in drums for x, y in zip(a.kit.hits, b.kit.hits, strict=True)]
    for name, (a, b) in zip(card.parts, pairs, strict=True):
        due = a if has_kit and name == DRUMS else b
        rows += [(x + FEW, y + FEW) for x, y in _places(a, due)]
    rows += [(a.change, b.change) for a, b in pairs]
    return np.array([_times(much, due) for much, due in rows])


def _times(much: float, due: float) -> float:
    return math.log(max(much, due / 8) / due) if much >= 0 and due > 0 else 0.0


def step(now: tuple[Floats, Floats], before: tuple[Floats, Floats] | None) -> Floats:
    """How far all is to move from what it is now and what is too much, and from the same of the round before:
    cuts the farther, the less it helped."""
    lean, much = now
    steep = np.ones(len(lean))
    if before is not None:
        far = lean - before[0]
        clear = np.abs(far) > SHIFTED
        steep[clear] = np.clip((before[1] - much)[clear] / far[clear], FLAT, STEEP)
    turned = TURN * much / steep
    gentle = slice(-PARTS * (BAR + 1), None)
    turned[gentle] = NUDGE * much[gentle]
    return np.clip(turned, -FARTHEST, FARTHEST)


def rested(card: Card, mine: Sequence[Habit], real: Sequence[Habit]) -> Card:
    """The card with shares of rests moved by how many empty bars each part lacks."""
    drawn = card.drawn
    assert drawn is not None
    lacks = [TURN * (b.empty - a.empty) for a, b in zip(mine, real, strict=True)]
    moved_to = (
        share + (0 if math.isnan(lack) else lack) for share, lack in zip(drawn.rests, lacks, strict=True)
    )
    return replace(card, drawn=drawn._replace(rests=tuple(min(max(s, 0.0), LONGEST_REST) for s in moved_to)))


def moved_on(card: Card, mine: Sequence[Habit], real: Sequence[Habit], calm: float) -> Card:
    """The card with all that is moved beside the cuts; calm: how much of the usual way drums go."""
    card = voiced(tempered(rested(card, mine, real), mine, real), mine, real)
    card = mannered(card, [habit.manners for habit in mine], [habit.manners for habit in real], calm)
    card = forbearing(card, EDGE, [habit.crumbs for habit in mine], [habit.crumbs for habit in real], calm)
    card = steadied(card, [habit.repeats for habit in mine], [habit.repeats for habit in real], calm)
    for name, a, b in zip(card.parts, mine, real, strict=True):
        if name == DRUMS:
            card = grooved(card, a.kit, b.kit, calm)
    return card


def tempered(card: Card, mine: Sequence[Habit], real: Sequence[Habit]) -> Card:
    """The card with spreads widened where performances differ less than songs do, narrowed where more."""
    drawn = card.drawn
    assert drawn is not None
    spread, kit = [], drawn.kit
    for row, share, a, b in zip(drawn.spread, drawn.rests, mine, real, strict=True):
        follows = (FOLLOWS, FOLLOWS, share * (1 - share), FOLLOWS, FOLLOWS)
        spread.append(tuple(map(_widened, row, a.spread, b.spread, follows, WIDEST)))
    for name, a, b in zip(card.parts, mine, real, strict=True):
        if name == DRUMS and kit:
            rows = zip(kit, a.kit.spread, b.kit.spread, strict=True)
            kit = tuple(
                drum._replace(spread=_widened(drum.spread, x, y, FOLLOWS, _widest(drum)))
                for drum, x, y in rows
            )
    return replace(card, drawn=drawn._replace(spread=tuple(spread), kit=kit))


def voiced(card: Card, mine: Sequence[Habit], real: Sequence[Habit]) -> Card:
    """The card with each part's chords thickened or thinned, raised or lowered, and its pitches left more to
    chance or less, by what they lack."""
    drawn = card.drawn
    assert drawn is not None
    join, height, colour = [], [], []
    for cut, high, full, a, b in zip(drawn.join, drawn.height, drawn.colour, mine, real, strict=True):
        thin, low, pale = (0.0 if math.isnan(lack) else TURN * lack / FOLLOWS for lack in _lacks(a, b))
        lean = math.log(cut / (1 - cut)) - thin
        join.append(round(min(max(1 / (1 + math.exp(-lean)), EDGE), 1 - EDGE), 4))
        colour.append(round(min(max(full * math.exp(pale), COLOUR[0]), COLOUR[1]), 3))
        height.append(round(min(max(high + low, -FARTHEST), FARTHEST), 3))
    return replace(card, drawn=drawn._replace(join=tuple(join), height=tuple(height), colour=tuple(colour)))


def _lacks(mine: Habit, real: Habit) -> tuple[float, float, float]:
    """How many notes together a part lacks, as a logarithm, how many octaves of height, and how many pitch
    classes, as a logarithm."""
    return real.together - mine.together, real.height - mine.height, math.log(real.classes / mine.classes)


def _widened(spread: float, mine: float, real: float, follows: float, widest: float) -> float:
    """A spread whose square is moved by what the deviation lacks, squared; as it is where nobody knows."""
    if math.isnan(mine) or math.isnan(real) or not follows:
        return spread
    square = spread**2 + WIDENED * (real**2 - mine**2) / follows**2
    return round(math.sqrt(min(max(square, 0.0), widest**2)), 3)


def _widest(drum: Drum) -> float:
    return WIDEST_BACKBONE if drum.pitch in BACKBONE else WIDEST_DRUM


def _unlike(mine: Habit, real: Habit) -> list[tuple[float, float]]:
    means = (mine.together, real.together), (mine.height, real.height), (mine.repeats, real.repeats)
    classes = math.log(mine.classes / real.classes), 0.0
    pairs = zip(mine.kit.spread, real.kit.spread, strict=True)
    spreads = zip(mine.spread, real.spread, strict=True)
    return [*means, classes, *spreads, *((float(x), float(y)) for x, y in pairs)]
