"""What a card asks of chance: its cuts, how much noise leans on each decision, and who lays out.

The warmth says how far a performance is drawn: 0 for not at all, 1 for noise as large as probabilities ask
for. `drums` bool[4] is the part that is a kit.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bandmate.models import company
from bandmate.models.chance import Chance
from bandmate.models.company import Company
from bandmate.models.contract import Card
from bandmate.models.drawn import Drawn
from bandmate.models.roll import BAR, PARTS, PITCHES, WINDOW

MOST_RESTS = 0.9
# Holds are drawn with less noise: a chord whose notes end one by one, each by chance, comes out frayed.
HOLD_WARMTH = 0.6
# Where a part renews its pattern it keeps to what it played by so many logits less, if it is that steady.
LOOSER = 3.0
# What the last bar but one counts, and the last: patterns are of two bars as often as of one.
BEFORE = np.array([2, 1], np.float32) / 3
# What of a part has a temper, in the order of the card's spread.
STRIKES, HOLDS, LAYS_OUT, THICKENS, RISES = range(5)

Mask = NDArray[np.bool_]
Array = NDArray[np.float32]


class Cuts(NamedTuple):
    """Of the four parts, float32[4]: of the gate, further pitches, a note's second step and later ones; and
    of each drum float32[128]."""

    gate: Array
    pitch: Array
    second: Array
    hold: Array
    kit: Array

    @classmethod
    def of(cls, card: Card, drums: Mask, warmth: float) -> Cuts:
        """Between the cuts for none and those for noise of full strength; drums that are not drawn keep
        theirs."""
        cold = [np.array(cut, np.float32) for cut in (card.gate, card.pitch, card.hold, card.hold)]
        kit = np.full(PITCHES, cold[0][drums][0] if drums.any() else 0.5, np.float32)
        if card.drawn is None:
            return cls(cold[0], cold[1], cold[2], cold[3], kit)
        warm = (card.drawn.gate, card.drawn.join, card.drawn.second, card.drawn.hold)
        share = np.where(drums, 0, _near(warmth)).astype(np.float32)
        cuts = [_between(a, np.array(b, np.float32), share) for a, b in zip(cold, warm, strict=True)]
        drawn = [drum.pitch for drum in card.drawn.kit]
        own = np.array([drum.cut for drum in card.drawn.kit], np.float32)
        kit[drawn] = _between(kit[drawn], own, np.full_like(own, _near(warmth)))
        return cls(cuts[0], cuts[1], cuts[2], cuts[3], kit)


def gates(card: Card, drums: Mask, chance: Chance, steps: slice, warmth: float) -> Array:
    """float32[4,n]: what is added to the gates' logits: noise that all of a part's pitches share, and how
    much the part leans to each step of the bar. Of drums that are drawn each has noise of its own."""
    noise = chance.gate[:, steps]
    if card.drawn is None:
        return np.float32(chance.variation) * noise
    own = 0.0 if card.drawn.kit else chance.variation
    scale = np.where(drums, own, warmth * np.array(card.drawn.warmth)).astype(np.float32)
    place = np.arange(steps.start, steps.start + noise.shape[1]) % BAR
    usual = np.array(card.drawn.places, np.float32)[:, place] + _temper(card.drawn, chance, STRIKES)[:, None]
    return scale[:, None] * noise + _near(warmth) * usual


def pitches(card: Card, drums: Mask, middle: Array, chance: Chance, steps: slice, warmth: float) -> Array:
    """float32[4,n,128]: what is added to the pitches' logits, and to those of drums. middle float32[4]: of
    the pitches that each part may play."""
    noise = warmth * chance.pitch[:, steps]
    if card.drawn is None:
        noise[drums] = 0
        return noise
    full = np.array(card.drawn.colour, np.float32)[:, None, None]
    noise = noise * (1 + _near(warmth) * (full - 1))
    octaves = (np.arange(PITCHES) - middle[:, None]) / 12
    thickens, rises = (_temper(card.drawn, chance, what)[:, None] for what in (THICKENS, RISES))
    high = np.array(card.drawn.height, np.float32)[:, None]
    noise = noise + _near(warmth) * ((high + rises) * octaves + thickens)[:, None]
    for part in np.flatnonzero(drums):
        own = warmth * card.drawn.warmth[part] if card.drawn.kit else 0.0
        noise[part] = own * chance.kit[steps] + _near(warmth) * _liking(card.drawn, chance, steps)
    return np.asarray(noise, np.float32)


def steady(card: Card, drums: Mask, recent: Mask, usual: Mask, chance: Chance, steps: slice) -> Array:
    """float32[4,n]: how much likelier each part with pitches strikes at a step, and how much less, for what
    it struck at the same step of the two bars before, bool[4,32,128], where that is as usual, bool[4,32]."""
    again = _again(np.asarray(recent.any(2))[..., None], usual, steps)[..., 0]
    return np.where(drums[:, None], 0, _steadiness(card, drums, chance)[:, steps] * again)


def groove(
    card: Card, drums: Mask, recent: Mask, usual: Mask, chance: Chance, steps: slice, warmth: float
) -> Array:
    """float32[k,n,128]: the same of each drum of k kits; and how much likelier one is hit that is due, since
    it was missed for a bar in which others were hit."""
    played, owed = recent[drums], np.zeros(PITCHES, np.float32)
    for drum in card.drawn.kit if card.drawn else ():
        owed[drum.pitch] = drum.due
    last = np.asarray(played[:, BAR:].any(1))[:, None]
    missed = ~last & np.asarray(last.any(2))[..., None]
    kept = _steadiness(card, drums, chance)[drums, steps, None] * _again(played, usual[drums], steps)
    return np.asarray(kept + _near(warmth) * owed * missed)


def _steadiness(card: Card, drums: Mask, chance: Chance) -> Array:
    """float32[4,32]: the logits by which each part keeps to what it played: in full at a variation of .5, not
    where nothing is left to chance, nor where everything is to vary, nor where something else is asked for.
    """
    if card.drawn is None or not chance.constant:
        return np.zeros((PARTS, WINDOW), np.float32)
    renewed = np.where(drums[:, None], chance.renewed[PARTS], chance.renewed[:PARTS])
    full = np.array(card.drawn.steady, np.float32)[:, None]
    calm = 2 * min(chance.variation, 1 - chance.variation)
    return np.asarray(calm * np.where(renewed, np.maximum(full - LOOSER, 0), full), np.float32)


def _again(recent: Mask, usual: Mask, steps: slice) -> Array:
    """float32[k,n,m], -1..1: of what was struck at the same step of two bars, bool[k,32,m], in how many of
    them. A bar in which nothing was struck tells nothing, nor does a step that is not as usual, bool[k,32].
    """
    bars = recent.reshape(len(recent), 2, BAR, recent.shape[2])
    plays = np.asarray(bars.any((2, 3)))[..., None] & usual.reshape(len(recent), 2, BAR)
    again = (np.where(bars, 1, -1) * plays[..., None] * BEFORE[:, None, None]).sum(1)
    return np.asarray(again[:, np.arange(steps.stop - steps.start) % BAR], np.float32)


def hits(card: Card, wish: Array, cut: Array, warmth: float) -> Mask:
    """bool[n,128]: the drums that are hit, of logits float32[n,128] against cuts float32[128]; one after the
    other as the kit has them, each by what those before it do."""
    wish, struck = wish.copy(), np.zeros(wish.shape, bool)
    if card.drawn is None:
        return np.asarray(wish > cut)
    before: list[int] = []
    for drum in card.drawn.kit:
        if drum.beside:
            beside = struck[:, before] @ np.array(drum.beside, np.float32)
            wish[:, drum.pitch] += _near(warmth) * beside
        struck[:, drum.pitch] = wish[:, drum.pitch] > cut[drum.pitch]
        before.append(drum.pitch)
    return np.asarray(wish > cut)


def chosen(
    card: Card, part: int, wish: Array, opens: Mask, cut: float, voices: int, led: Mask, warmth: float
) -> Mask:
    """bool[n,128]: what a part strikes, in the company that it keeps."""
    kept = card.drawn.company[part] if card.drawn else Company()
    return company.chosen(wish, opens, cut, voices, kept, led, float(_near(warmth)))


def endings(card: Card, onset: Mask, warmth: float) -> Array | float:
    """float32[4,n,128]: what is added to the logits by which notes are held on, for what is struck."""
    return company.endings(onset, card.drawn.company, float(_near(warmth))) if card.drawn else 0.0


class Holding:
    """How long notes of a window are held on, by chance and in the company that they keep."""

    def __init__(self, card: Card, chance: Chance, warmth: float) -> None:
        self._noise = np.asarray(HOLD_WARMTH * warmth * chance.hold, np.float32)
        kept = card.drawn.company if card.drawn else (Company(),) * PARTS
        shares = np.array([(each.lasting, each.bound, each.bears) for each in kept], np.float32)
        self._lasting, self._bound, self._bears = _near(warmth) * shares.T
        temper = _temper(card.drawn, chance, HOLDS) if card.drawn else np.zeros(PARTS)
        self._temper = np.asarray(_near(warmth) * temper, np.float32)

    def usual(self, steps: slice) -> Array:
        """float32[4,n]: what is added to the logits of all notes, whenever they were struck."""
        return np.asarray((1 - self._lasting)[:, None] * self._noise[:, steps] + self._temper[:, None])

    def own(self, hold: Array, sounding: Mask, since: NDArray[np.int64]) -> Array:
        """Logits float32[4,128] of notes bool[4,128], with what is each one's own by when it was struck:
        int64[4,128], in steps of the window, below 0 for earlier ones."""
        part, pitch = np.nonzero(sounding)
        struck = since[part, pitch]
        lean = hold[part, pitch] + self._lasting[part] * self._noise[part, np.maximum(struck, 0)]
        hold = hold.copy()
        hold[part, pitch] = company.together(lean, part, struck, self._bound[part])
        return hold

    def borne(self, want: Array, struck: Mask) -> Array:
        """float32[4,128]: what notes struck a step ago, bool[4,128], bear of all that is wanted of them,
        logits of 0 or less; an end that must be, -inf, they do not."""
        mine = self._bears[:, None] * np.where(np.isfinite(want), want, 0)
        return np.asarray(struck * mine, np.float32)


def rests(card: Card, chords: Mask, chance: Chance, steps: slice, density: Array, warmth: float) -> Mask:
    """bool[4,n]: where a part lays out, more where its density 0..1 is less. Of the parts that play chords,
    bool[4], the one that most wants to does not lay out, and of the others likewise, if they are several; nor
    does more than half of the band."""
    mood = chance.mood[:, steps]
    if card.drawn is None:
        return np.zeros(mood.shape, bool)
    usual = np.array(card.drawn.rests, np.float32)
    tempered = np.where(usual > 0, share(logit(usual) + _temper(card.drawn, chance, LAYS_OUT)), 0)
    asked = _near(warmth) * tempered * 2 * (1 - density)
    lays_out = mood < np.minimum(asked, MOST_RESTS)[:, None]
    for group in (chords, ~chords):
        if group.sum() > 1 or group is chords:
            wants = np.where(group[:, None], mood, -1)
            lays_out &= ~group[:, None] | (wants < wants.max(0))
    least = np.where(lays_out, mood, np.inf).argsort(0).argsort(0)
    return np.asarray(lays_out & (least < len(mood) // 2))


def _temper(drawn: Drawn, chance: Chance, what: int) -> Array:
    """float32[4]: how much more than usual each part does of one thing in this performance, as logits."""
    return np.array(drawn.spread, np.float32)[:, what] * chance.temper.parts[:, what]


def _liking(drawn: Drawn, chance: Chance, steps: slice) -> Array:
    """float32[n,128]: how much likelier each drum is hit than was said, at these steps in this performance,
    as logits."""
    liking = np.zeros((BAR, PITCHES), np.float32)
    for drum in drawn.kit:
        own = drum.spread * chance.temper.kit[drum.pitch]
        liking[:, drum.pitch] = np.array(drum.steps, np.float32) + own
    return np.asarray(liking[np.arange(steps.start, steps.stop) % BAR])


def _near(warmth: float) -> np.float32:
    """How near 0..1 a performance is to one that is drawn in full."""
    return np.float32(min(warmth**2, 1))


def _between(cold: Array, warm: Array, part: Array) -> Array:
    """Cuts that lie, as logits, such a share of the way from the cold ones to the warm ones."""
    return np.where(part > 0, share((1 - part) * logit(cold) + part * logit(warm)), cold)


def logit(probability: NDArray[np.float32] | np.float32) -> Array:
    """The logarithm of the odds."""
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    return np.asarray(np.log(p) - np.log1p(-p), np.float32)


def share(lean: Array) -> Array:
    """The probability of a logit."""
    return np.asarray(1 / (1 + np.exp(-lean)), np.float32)
