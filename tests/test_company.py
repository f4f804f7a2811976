"""The company that notes keep: what is struck together, what follows what, and how notes end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from bandmate.models import company, decoding
from bandmate.models.chance import Chance
from bandmate.models.company import Company
from bandmate.models.contract import Card
from bandmate.models.decoding import Before, Limits, Score
from bandmate.models.drawing import HOLD_WARMTH, Cuts, Holding
from bandmate.models.drawn import Drawn
from bandmate.models.probabilities import Probabilities

KEYS = 2
SILENT = np.zeros((4, 128), bool)
ALONE = (Company(),) * 4
NEVER = -np.inf


def wishes(*steps: dict[int, float]) -> company.Array:
    """Logits by step and pitch; all else is out of the question."""
    wish = np.full((len(steps), 128), NEVER, np.float32)
    for step, logits in enumerate(steps):
        for pitch, logit in logits.items():
            wish[step, pitch] = logit
    return wish


def chosen(
    wish: company.Array, kept: Company, voices: int = 4, led: Sequence[int] = (), near: float = 1.0
) -> list[list[int]]:
    before = np.zeros(128, bool)
    before[list(led)] = True
    opens = np.ones(len(wish), bool)
    struck = company.chosen(wish, opens, 0.0, voices, kept, before, near)
    return [np.flatnonzero(row).tolist() for row in struck]


def beside(interval: int, logit: float) -> Company:
    return Company(beside=tuple(logit if k == interval else 0.0 for k in range(1, 14)))


def after(distance: int, logit: float) -> Company:
    return Company(after=tuple(logit if k == distance else 0.0 for k in range(13)))


def test_the_most_wished_for_is_struck_and_further_ones_above_the_cut() -> None:
    wish = wishes({60: -3, 64: -5}, {60: 3, 64: 2, 67: 1, 72: -1}, {})
    assert chosen(wish, Company()) == [[60], [60, 64, 67], []]
    assert chosen(wish, Company(), voices=2) == [[60], [60, 64], []]


def test_of_pitches_as_likely_the_highest_is_struck() -> None:
    assert chosen(wishes({60: 1, 62: 1, 64: 1}), Company(), voices=1) == [[64]]


def test_who_would_make_a_second_stays_away() -> None:
    wish = wishes({60: 3, 62: 2, 64: 1})
    assert chosen(wish, beside(2, -3)) == [[60, 64]]
    assert chosen(wishes({60: 3, 62: 2}), beside(2, -3), near=0.5) == [[60, 62]]


def test_an_interval_that_is_liked_brings_in_what_was_not_likely_enough() -> None:
    assert chosen(wishes({60: 3, 72: -1}), beside(12, 2)) == [[60, 72]]


def test_what_follows_is_near_what_was_struck_last() -> None:
    wish = wishes({60: 1}, {60: 1.0, 62: 0.9}, {62: 1.0, 64: 0.9})
    assert chosen(wish, Company(), voices=1) == [[60], [60], [62]]
    assert chosen(wish, after(2, 0.5), voices=1) == [[60], [62], [64]]


def test_the_first_follows_what_was_struck_before() -> None:
    wish = wishes({60: 1.0, 72: 1.1})
    assert chosen(wish, after(0, 0.5), voices=1, led=[60]) == [[60]]
    assert chosen(wish, after(0, 0.5), voices=1) == [[72]]


def test_an_octave_and_more_is_all_the_same() -> None:
    wish = wishes({72: 1.0, 60: 0.9, 90: 1.1})
    assert chosen(wish, after(12, -1.0), voices=1, led=[58]) == [[60]]


def played(kept: Company, sounds: dict[int, float], strikes: Sequence[tuple[int, int]]) -> Score:
    """What keys of such company play: strikes as (step, pitch); sounds: how likely each is held on."""
    onset, sustain = (np.zeros((4, 32, 128), np.float32) for _ in range(2))
    for step, pitch in strikes:
        onset[KEYS, step, pitch] = 0.99
    for pitch, likely in sounds.items():
        sustain[KEYS, :, pitch] = likely
    said = Probabilities(onset, sustain, np.full_like(onset, 0.5), onset.max(2))
    drawn = Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4, company=(*ALONE[:KEYS], kept, ALONE[3]))
    card = Card("generator", parts=("drums", "bass", "keys", "strings"), drawn=drawn)
    still = replace_chance(Chance.none())
    return decoding.decode(said, card, Limits(), Before(SILENT, SILENT, SILENT), 0, still)


def replace_chance(chance: Chance) -> Chance:
    """Drawn in full, though every lot falls in the middle."""
    return chance._replace(variation=0.5)


def lengths(score: Score) -> list[int]:
    """Of the notes of the keys, in their order."""
    found = []
    for step, pitch in np.argwhere(score.onset[KEYS]):
        rest = score.sustain[KEYS, step:, pitch] & ~np.append(False, score.onset[KEYS, step + 1 :, pitch])
        found.append(int((~rest).argmax()) if not rest.all() else len(rest))
    return found


def test_a_note_is_lifted_before_its_pitch_is_struck_again() -> None:
    strikes = [(0, 60), (4, 60), (8, 60)]
    assert lengths(played(Company(), {60: 0.9}, strikes))[:2] == [4, 4]
    assert lengths(played(Company(lift=4.0), {60: 0.9}, strikes))[:2] == [3, 3]


def test_a_note_yields_to_others() -> None:
    strikes = [(0, 60), (4, 72)]
    assert lengths(played(Company(), {60: 0.9}, strikes))[0] == 32
    assert lengths(played(Company(yields=4.0), {60: 0.9}, strikes))[0] == 4


def test_what_was_struck_together_is_let_go_together() -> None:
    strikes = [(0, 60), (0, 64), (0, 67)]
    likely = {60: 0.8, 64: 0.8, 67: 0.3}
    assert lengths(played(Company(), likely, strikes)) == [32, 32, 1]
    assert lengths(played(Company(bound=1.0), likely, strikes)) == [32, 32, 32]
    assert lengths(played(Company(bound=1.0), likely | {64: 0.1}, strikes)) == [1, 1, 1]


def rubbed(kept: Company, struck: int, *, rests: bool = False) -> list[bool]:
    """Steps in which a note of the keys sounds on that was struck so many steps ago, and that the melody, as
    it turns out, lies beside: it wants the note to end."""
    sounding = SILENT.copy()
    sounding[KEYS, 60] = True
    want = np.zeros((4, 8, 128), np.float32)
    want[:, 0] = -20
    hold = np.full((4, 8, 128), 2.0, np.float32)
    drawn = Drawn((0.5,) * 4, (0.01,) * 4, (0.5,) * 4, company=(*ALONE[:KEYS], kept, ALONE[3]))
    card = Card("generator", parts=("drums", "bass", "keys", "strings"), drawn=drawn)
    before = Before(sounding, sounding if struck == 1 else SILENT, sounding)
    drums, holding = np.array([True, False, False, False]), Holding(card, lucky(), 1.0)
    onset = np.zeros((4, 8, 128), bool)
    if rests:
        want[KEYS] = -np.inf
    held = decoding._held(onset, hold, want, drums, Cuts.of(card, drums, 1.0), Limits(), before, holding, 4)
    return held[KEYS, :, 60].tolist()


def test_a_note_that_was_just_struck_may_bear_for_a_step_what_rubs_against_it() -> None:
    ends, eighth = [False] * 8, [True] + [False] * 7
    assert rubbed(Company(), struck=1) == ends
    assert rubbed(Company(bears=0.9), struck=1) == eighth
    assert rubbed(Company(bears=0.9), struck=2) == ends
    assert rubbed(Company(bears=0.5), struck=1) == ends
    assert rubbed(Company(bears=0.9), struck=1, rests=True) == ends


def test_a_third_pitch_may_be_likelier_than_a_second() -> None:
    wish = wishes({60: 1, 64: -1}, {60: 1, 64: 0.5, 67: -1})
    bare = Company(size=(2.0, 0.0, 0.0))
    assert chosen(wish, Company()) == [[60], [60, 64]]
    assert chosen(wish, bare) == [[60], [60, 64, 67]]


def lucky(*steps: float) -> Chance:
    """The chance in how long notes of the keys are held on, of the first steps; none later."""
    still = Chance.none()
    hold = still.hold.copy()
    hold[KEYS, : len(steps)] = steps
    return still._replace(hold=hold, variation=0.5)


def own(kept: Company, luck: Chance, step: int, since: int) -> float:
    """The logit by which a note of the keys is held on, by chance alone."""
    drawn = Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4, company=(*ALONE[:KEYS], kept, ALONE[3]))
    holding = Holding(Card("generator", drawn=drawn), luck, 1.0)
    hold = np.zeros((4, 128), np.float32) + holding.usual(slice(step, step + 1))
    struck, sounding = np.full((4, 128), since), np.zeros((4, 128), bool)
    sounding[KEYS, 60] = True
    return float(holding.own(hold, sounding, struck)[KEYS, 60])


def test_chance_falls_at_each_step_or_as_a_note_is_struck() -> None:
    luck = lucky(5.0, 0.0, -5.0)
    each = [own(Company(), luck, step, since=0) for step in range(3)]
    assert each == pytest.approx([5.0 * HOLD_WARMTH, 0.0, -5.0 * HOLD_WARMTH])
    struck = Company(lasting=1.0)
    assert [own(struck, luck, step, since=0) for step in range(3)] == pytest.approx([5.0 * HOLD_WARMTH] * 3)
    assert own(struck, luck, 2, since=1) == 0
    assert own(struck, luck, 2, since=-9) == pytest.approx(5.0 * HOLD_WARMTH)
    assert own(Company(lasting=0.5), luck, 2, since=1) == pytest.approx(-2.5 * HOLD_WARMTH)


def test_when_what_sounds_was_struck_is_known_of_what_was_played() -> None:
    onset = np.zeros((4, 8, 128), bool)
    onset[KEYS, [1, 6], 60] = onset[KEYS, 7, 64] = True
    before = Before.of(onset, onset)
    assert before.since[KEYS, [60, 64, 67]].tolist() == [-2, -1, -32]


def test_the_mean_is_of_those_that_a_part_struck_at_the_same_step() -> None:
    hold = np.array([1.0, 3.0, -2.0, 9.0], np.float32)
    part, since = np.array([KEYS, KEYS, KEYS, KEYS - 1]), np.array([4, 4, 0, 4])
    whole = np.ones(4, np.float32)
    assert company.together(hold, part, since, whole).tolist() == [2.0, 2.0, -2.0, 9.0]
    assert company.together(hold, part, since, whole / 2).tolist() == [1.5, 2.5, -2.0, 9.0]


def test_a_card_that_is_not_drawn_keeps_no_company() -> None:
    card = Card("generator", parts=("drums", "bass", "keys", "strings"))
    onset = np.zeros((4, 32, 128), np.float32)
    onset[KEYS, 0, [60, 62]] = 0.9
    said = Probabilities(onset, onset, onset, onset.max(2))
    score = decoding.decode(said, card, Limits(), Before(SILENT, SILENT, SILENT), 0, Chance.none())
    assert np.flatnonzero(score.onset[KEYS, 0]).tolist() == [60, 62]
    assert replace(card, drawn=None) == card


@pytest.mark.parametrize("near", [0.0, 1.0])
def test_nobody_strikes_where_nothing_opens(near: float) -> None:
    wish = wishes({60: 9.0})
    struck = company.chosen(wish, np.zeros(1, bool), 0.0, 4, beside(2, 5), np.zeros(128, bool), near)
    assert not struck.any()
