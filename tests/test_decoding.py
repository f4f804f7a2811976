"""From probabilities to notes: first whether, then what, then how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.models import decoding, drawing
from bandmate.models.chance import KEPT, ONE_BAR, Chance, Origin, Temper
from bandmate.models.contract import Card
from bandmate.models.decoding import Before, Limits, Score
from bandmate.models.drawn import Drawn, Drum
from bandmate.models.harmony import Wanted
from bandmate.models.probabilities import Probabilities

DRUMS, BASS, KEYS, STRINGS = range(4)
CARD = Card("generator", parts=("drums", "bass", "keys", "strings"))
STILL = Chance.none()
EVEN = Drawn((0.5,) * 4, (0.5,) * 4, (0.5,) * 4)
LOOSE = EVEN._replace(rests=(0.5,) * 4, kit=(Drum(36, 0.5), Drum(38, 0.5)))
SILENT = np.zeros((4, 128), bool)
FREE = Limits()

Cells = Mapping[tuple[int, int, int], float]


def probabilities(onset: Cells, sustain: Cells | None = None) -> Probabilities:
    """Cells by part, step and pitch; the gate is the largest onset; velocities are a half."""
    planes = np.zeros((2, 4, 32, 128), np.float32)
    for plane, cells in zip(planes, (onset, sustain or {}), strict=True):
        for at, value in cells.items():
            plane[at] = value
    return Probabilities(planes[0], planes[1], np.full_like(planes[0], 0.5), planes[0].max(2))


def any_probabilities(seed: int) -> Probabilities:
    """Anything: one cell in four is tied with others at 1, as saturated networks have it."""
    rng = np.random.default_rng(seed)
    onset, sustain, velocity = (rng.random((4, 32, 128), np.float32) for _ in range(3))
    onset[rng.random(onset.shape) < 0.25] = 1
    onset[rng.random(onset.shape) < 0.5] = 0
    return Probabilities(onset, sustain, velocity, rng.random((4, 32), np.float32))


def decoded(
    said: Probabilities,
    card: Card = CARD,
    limits: Limits = FREE,
    sounding: decoding.Mask = SILENT,
    first: int = 0,
    chance: Chance = STILL,
    struck: decoding.Mask = SILENT,
) -> Score:
    return decoding.decode(said, card, limits, Before(sounding, struck, sounding), first, chance)


def struck(score: Score, part: int) -> list[list[int]]:
    return np.argwhere(score.onset[part]).tolist()


def test_a_step_is_struck_where_the_gate_passes_its_cut() -> None:
    card = Card("generator", parts=CARD.parts, gate=(0.5, 0.3, 0.5, 0.5))
    said = probabilities({(BASS, 0, 40): 0.31, (BASS, 4, 41): 0.29, (KEYS, 0, 60): 0.49, (KEYS, 8, 62): 0.51})
    score = decoded(said, card)
    assert struck(score, BASS) == [[0, 40]]
    assert struck(score, KEYS) == [[8, 62]]


def test_the_likeliest_pitch_is_struck_and_others_that_pass_the_cut() -> None:
    card = Card("generator", parts=CARD.parts, pitch=(0.5, 0.5, 0.6, 0.5))
    said = probabilities({(KEYS, 0, 60): 0.8, (KEYS, 0, 64): 0.5, (KEYS, 0, 67): 0.4})
    assert struck(decoded(said, card), KEYS) == [[0, 60], [0, 64]]  # .5 and .4 of a gate of .8: .63 and .5


def test_an_open_gate_strikes_the_likeliest_however_unlikely() -> None:
    said = probabilities({(KEYS, 0, 60): 0.01, (KEYS, 0, 64): 0.02})
    said.gate[KEYS, 0] = 0.9
    assert struck(decoded(said), KEYS) == [[0, 64]]


def test_an_open_gate_strikes_nothing_where_no_pitch_is_possible() -> None:
    said = probabilities({})
    said.gate[:] = 0.99
    assert not decoded(said).onset.any()


@pytest.mark.parametrize(("voices", "kept"), [(1, [67]), (2, [64, 67]), (3, [60, 64, 67])])
def test_no_more_are_struck_than_there_are_voices(voices: int, kept: list[int]) -> None:
    said = probabilities({(KEYS, 0, 60): 0.7, (KEYS, 0, 64): 0.8, (KEYS, 0, 67): 0.9})
    score = decoded(said, limits=Limits(voices=(4, 1, voices, 4)))
    assert [pitch for _, pitch in struck(score, KEYS)] == kept


def test_of_pitches_as_likely_the_highest_are_struck() -> None:
    said = probabilities({(part, 0, pitch): 0.9 for part in (BASS, KEYS) for pitch in (40, 44, 47)})
    score = decoded(said, limits=Limits(voices=(4, 1, 2, 4)))
    assert struck(score, BASS) == [[0, 47]]
    assert struck(score, KEYS) == [[0, 44], [0, 47]]


def test_a_part_plays_within_its_range() -> None:
    said = probabilities({(BASS, 0, 27): 0.9, (BASS, 0, 28): 0.8, (BASS, 0, 55): 0.8, (BASS, 0, 56): 0.9})
    score = decoded(said, limits=Limits(low=(0, 28, 0, 0), high=(127, 55, 127, 127)))
    assert struck(score, BASS) == [[0, 28], [0, 55]]


def test_drums_are_struck_each_by_their_own_cut() -> None:
    card = Card("generator", parts=CARD.parts, gate=(0.4, 0.5, 0.5, 0.5))
    kit = {(DRUMS, 0, pitch): value for pitch, value in ((36, 0.9), (38, 0.41), (42, 0.39), (46, 0.5))}
    score = decoded(probabilities(kit), card, Limits(voices=(1, 1, 1, 1)))
    assert struck(score, DRUMS) == [[0, 36], [0, 38], [0, 46]]


def test_drums_keep_within_their_range_too() -> None:
    said = probabilities({(DRUMS, 0, 36): 0.9, (DRUMS, 0, 90): 0.9})
    assert struck(decoded(said, limits=Limits(high=(60,) * 4)), DRUMS) == [[0, 36]]


def test_a_note_is_held_while_it_is_likely_to_be() -> None:
    card = Card("generator", parts=CARD.parts, hold=(0.5, 0.5, 0.6, 0.5))
    said = probabilities(
        {(KEYS, 0, 60): 0.9},
        {(KEYS, 1, 60): 0.6, (KEYS, 2, 60): 0.59, (KEYS, 3, 60): 0.9, (KEYS, 0, 64): 0.9},
    )
    score = decoded(said, card)
    assert np.argwhere(score.sustain[KEYS]).tolist() == [[0, 60], [1, 60]]


def test_what_sounded_before_is_held_on() -> None:
    sounding = SILENT.copy()
    sounding[[KEYS, DRUMS], [60, 36]] = True
    said = probabilities({}, {(KEYS, 8, 60): 0.9, (DRUMS, 8, 36): 0.9})
    score = decoded(said, sounding=sounding, first=8)
    assert np.argwhere(score.sustain[KEYS]).tolist() == [[0, 60]]
    assert not score.onset.any()


def test_drums_are_not_held() -> None:
    said = probabilities({(DRUMS, 0, 36): 0.9}, {(DRUMS, step, 36): 1.0 for step in range(32)})
    assert np.argwhere(decoded(said).sustain[DRUMS]).tolist() == [[0, 36]]


def test_a_new_note_of_a_single_voice_ends_the_old_one() -> None:
    said = probabilities(
        {(BASS, 0, 40): 0.9, (BASS, 2, 43): 0.9}, {(BASS, s, p): 0.9 for s in range(4) for p in (40, 43)}
    )
    score = decoded(said, limits=Limits(voices=(4, 1, 4, 4)))
    assert np.argwhere(score.sustain[BASS]).tolist() == [[0, 40], [1, 40], [2, 43], [3, 43]]


def test_where_a_new_note_needs_room_the_least_wanted_ends() -> None:
    held = {(KEYS, s, p): hold for s in range(3) for p, hold in ((60, 0.9), (64, 0.7), (67, 0.8))}
    said = probabilities({(KEYS, 0, p): 0.9 for p in (60, 64, 67)} | {(KEYS, 2, 72): 0.9}, held)
    score = decoded(said, limits=Limits(voices=(4, 1, 3, 4)))
    assert np.flatnonzero(score.sustain[KEYS, 2]).tolist() == [60, 67, 72]


def test_a_note_struck_again_is_struck_and_sounds() -> None:
    said = probabilities({(BASS, 0, 40): 0.9, (BASS, 2, 40): 0.9}, {(BASS, 1, 40): 0.9})
    score = decoded(said)
    assert struck(score, BASS) == [[0, 40], [2, 40]]
    assert np.flatnonzero(score.sustain[BASS, :, 40]).tolist() == [0, 1, 2]


def test_only_the_steps_to_come_are_decoded() -> None:
    said = probabilities({(BASS, step, 40): 0.9 for step in (4, 8, 12)})
    score = decoded(said, first=8)
    assert score.steps == 24
    assert struck(score, BASS) == [[0, 40], [4, 40]]
    assert score.velocity.shape == (4, 24, 128)


def leaning(step: int, gate: float = 0, hold: float = 0, variation: float = 0.5) -> Chance:
    """Chance that leans on the gates and holds of one step."""
    noise = Chance.none()
    noise.gate[:, step], noise.hold[:, step] = gate, hold
    return noise._replace(variation=variation)


def test_chance_opens_and_closes_gates_step_by_step() -> None:
    said = probabilities({(part, step, 60): 0.6 for part in (DRUMS, KEYS) for step in (8, 9, 10)})
    score = decoded(said, first=8, chance=leaning(9, -2))
    assert struck(score, KEYS) == [[0, 60], [2, 60]] == struck(score, DRUMS)
    quiet = probabilities({(KEYS, 9, 60): 0.4})
    assert struck(decoded(quiet, chance=leaning(9, 2)), KEYS) == [[9, 60]]


def test_a_step_has_the_same_chance_in_every_window_that_holds_it() -> None:
    for step in (16, 24, 31):
        here, later = Chance.of((1, 2), 0, 0.5), Chance.of((1, 2), step, 0.5)
        both = 32 - step
        assert all((a[:, -both:] == b[:, :both]).all() for a, b in zip(here[:3], later[:3], strict=True))
        assert (here.kit[-both:] == later.kit[:both]).all()
        assert (here.mood[:, -both:] == later.mood[:, :both]).all()


def test_a_part_keeps_its_noise_for_whole_bars_or_changes_it_in_earnest() -> None:
    bars = np.stack([Chance.of((seed,), 16, 0.5).pitch for seed in range(60)]).reshape(60, 4, 2, 16, 128)
    later = np.stack([Chance.of((seed,), 48, 0.5).pitch for seed in range(60)]).reshape(60, 4, 2, 16, 128)
    both_kept = KEPT**2
    same = (bars == later).all((3, 4)).mean()
    assert same == pytest.approx(both_kept, abs=0.08)
    assert (bars[:, :, 0] == bars[:, :, 1]).all((2, 3)).mean() == pytest.approx(ONE_BAR * both_kept, abs=0.08)
    assert (bars == later).mean() < same + 0.25
    assert not (bars[0] == bars[1]).any()


def test_it_is_told_which_bars_have_noise_that_their_pattern_has_not() -> None:
    for seed in range(30):
        one, later = (Chance.of((seed, 3), step, 0.5) for step in (0, 32))
        calm = ~(one.renewed | later.renewed)
        assert (one.gate == later.gate)[calm[:4]].all()
        assert (one.kit == later.kit)[calm[4]].all()
        fresh = one.renewed ^ later.renewed
        assert not (one.pitch == later.pitch).all(2)[fresh[:4]].any()
        assert not (one.kit == later.kit).all(1)[fresh[4]].any()


def shares(card: Card, said: Probabilities, variation: float) -> tuple[float, float, float]:
    """Of a hundred draws: how many steps of the keys are struck, pitches to a strike, and steps held on."""
    struck = pitches = held = could = 0
    for seed in range(100):
        chance = Chance.of((seed,), 0, variation)
        score = decoded(said, card, chance=chance)
        onset, sustain = score.onset[KEYS], score.sustain[KEYS]
        struck, pitches = struck + onset.any(1).sum(), pitches + onset.sum()
        before = sustain[:-1] & ~onset[1:]
        could, held = could + before.sum(), held + (before & sustain[1:]).sum()
    return struck / 3200, pitches / struck, held / could


def test_what_is_drawn_comes_as_often_as_it_is_said_to() -> None:
    said = probabilities({}, {(KEYS, step, p): 0.7 for step in range(32) for p in (60, 64, 67)})
    said.gate[KEYS] = 0.3
    said.onset[KEYS, :, [60, 64, 67]] = 0.3 * np.array([[0.9], [0.5], [0.5]], np.float32)
    card = Card("generator", parts=CARD.parts, gate=(0.9,) * 4, pitch=(0.9,) * 4, hold=(0.5,) * 4, drawn=EVEN)
    played, size, held = shares(card, said, 0.5)
    assert played == pytest.approx(0.3, abs=0.03)
    # .9 + .5 + .5, and where none is drawn (.025 of the time) the likeliest.
    assert size == pytest.approx(1.925, abs=0.05)
    # Less noise on the holds: .7 is exceeded in 1 / (1 + (3 / 7) ** (1 / .6)) of draws.
    assert held == pytest.approx(0.804, abs=0.03)


def test_of_a_part_whose_tones_join_more_easily_chords_are_fuller_and_no_more_of_them_are_struck() -> None:
    said = probabilities({(KEYS, step, p): 0.5 for step in range(32) for p in (60, 64, 67)})
    said.gate[KEYS] = 0.8
    sizes = []
    for join in (0.5, 0.2):
        card = Card("generator", parts=CARD.parts, drawn=EVEN._replace(join=(0.5, 0.5, join, 0.5)))
        played, size, _ = shares(card, said, 0.5)
        assert played == pytest.approx(0.8, abs=0.03)
        sizes.append(size)
    assert sizes[1] > sizes[0] + 0.2


def test_a_part_of_more_colour_strikes_more_pitches_that_are_unlikely_and_no_more_often() -> None:
    said = probabilities({(KEYS, step, p): 0.9 for step in range(32) for p in (60, 64)})
    said.onset[KEYS, :, [61, 66]] = 0.05
    strange = []
    for colour in (1.0, 2.0):
        card = Card("generator", parts=CARD.parts, drawn=EVEN._replace(colour=(1.0, 1.0, colour, 1.0)))
        onsets = np.concatenate(
            [decoded(said, card, chance=Chance.of((seed, 0), 0, 0.5)).onset for seed in range(12)], 1
        )
        strange.append((onsets[KEYS][:, [61, 66]].sum(), onsets[KEYS].any(1).sum()))
    assert strange[1][0] > 1.5 * strange[0][0] > 0
    assert strange[1][1] == strange[0][1]


def test_a_chord_moves_to_what_is_near_to_the_one_that_sounds() -> None:
    said = probabilities({(KEYS, step, p): 0.6 for step in range(32) for p in (48, 52, 72, 76)})
    said.gate[KEYS] = 0.9
    card = Card("generator", parts=CARD.parts, drawn=EVEN)
    high = SILENT.copy()
    high[KEYS, [71, 74]] = True
    shares_low = []
    for sounding in (SILENT, high):
        onsets = np.concatenate(
            [
                decoded(said, card, sounding=sounding, chance=Chance.of((seed, 0), 0, 0.5)).onset
                for seed in range(9)
            ],
            1,
        )[KEYS]
        shares_low.append(onsets[:, :60].sum() / onsets.sum())
    assert shares_low[0] == pytest.approx(0.5, abs=0.05)
    assert shares_low[1] < 0.2


def test_a_part_is_led_from_what_sounds_of_it_or_from_what_sounded_last() -> None:
    onset, sustain = np.zeros((2, 4, 8, 128), bool)
    onset[KEYS, 2, 60] = sustain[KEYS, 2:5, 60] = True
    onset[KEYS, 3, 64] = sustain[KEYS, 3:7, 64] = True
    onset[BASS, 7, 40] = sustain[BASS, 5:, 40] = True
    before = Before.of(onset, sustain)
    assert notes(before.sounding) == notes(before.struck) == [(BASS, 40)]
    assert notes(before.led) == [(BASS, 40), (KEYS, 64)]


def notes(rows: decoding.Mask) -> list[tuple[int, int]]:
    return [(int(part), int(pitch)) for part, pitch in zip(*rows.nonzero(), strict=True)]


def test_without_variation_a_drawn_card_goes_by_its_cuts() -> None:
    said = any_probabilities(2)
    cuts = {"gate": (0.3,) * 4, "pitch": (0.6,) * 4, "hold": (0.4,) * 4}
    chance = Chance.of((1,), 0, 0.0)
    drawn, cut = (
        decoded(said, Card("generator", parts=CARD.parts, drawn=d, **cuts), chance=chance)
        for d in (EVEN, None)
    )
    assert (drawn.onset == cut.onset).all()
    assert (drawn.sustain == cut.sustain).all()


def test_half_way_between_cutting_and_drawing_the_cuts_lie_half_way() -> None:
    said = probabilities({(KEYS, step, 60): 0.5 + 0.01 * step for step in range(32)})
    card = Card(
        "generator", parts=CARD.parts, gate=(0.5,) * 4, drawn=Drawn((0.75,) * 4, (0.5,) * 4, (0.5,) * 4)
    )
    quiet = STILL._replace(variation=0.25)
    middle = 3**0.5 / (1 + 3**0.5)  # half of the logit of .75
    found = struck(decoded(said, card, chance=quiet), KEYS)
    assert len(found) == sum(0.5 + 0.01 * k > middle for k in range(32))


def test_a_drawn_note_has_a_cut_of_its_own_for_its_second_step() -> None:
    card = Card("generator", parts=CARD.parts, drawn=Drawn((0.5,) * 4, (0.8,) * 4, (0.3,) * 4))
    quiet = STILL._replace(variation=0.5)
    said = probabilities({(KEYS, 0, 60): 0.9}, {(KEYS, step, 60): 0.5 for step in range(4)})
    assert decoded(said, card, chance=quiet).sustain[KEYS, :, 60].nonzero()[0].tolist() == [0]
    held = np.zeros((4, 128), bool)
    held[KEYS, 60] = True
    rest = probabilities({}, {(KEYS, step, 60): 0.5 for step in range(4)})
    assert decoded(rest, card, sounding=held, chance=quiet).sustain[KEYS, :, 60].sum() == 4
    assert not decoded(rest, card, sounding=held, struck=held, chance=quiet).sustain[KEYS].any()


def test_drums_keep_to_their_cut_where_the_rest_is_drawn() -> None:
    kit = {(DRUMS, step, 36): 0.4 for step in range(32)}
    card = Card("generator", parts=CARD.parts, gate=(0.2, 0.5, 0.5, 0.5), drawn=EVEN)
    score = decoded(probabilities(kit), card, chance=leaning(0, variation=0.5))
    assert len(struck(score, DRUMS)) == 32


def test_drums_that_have_cuts_are_drawn_each_by_itself() -> None:
    kit = {(DRUMS, step, drum): 0.3 for step in range(32) for drum in (36, 38)}
    card = Card("generator", parts=CARD.parts, gate=(0.9,) * 4, drawn=LOOSE._replace(rests=(0.0,) * 4))
    hit = np.stack(
        [
            decoded(probabilities(kit), card, chance=Chance.of((seed,), 0, 0.5)).onset[DRUMS][:, [36, 38]]
            for seed in range(60)
        ]
    )
    assert hit.mean() == pytest.approx(0.3, abs=0.03)
    assert hit.all(2).mean() == pytest.approx(0.09, abs=0.02)


def test_what_is_fainter_than_a_network_computes_is_not_drawn_whatever_the_chance() -> None:
    """Processors differ in it: one says 0 where another says 3e-8."""
    kit = {(DRUMS, step, drum): value for step in range(32) for drum, value in ((36, 3e-8), (38, 3e-6))}
    card = Card("generator", parts=CARD.parts, drawn=LOOSE._replace(rests=(0.0,) * 4))
    chance = leaning(0, variation=0.5)
    chance = chance._replace(kit=np.full_like(chance.kit, 20))
    hit = decoded(probabilities(kit), card, chance=chance).onset[DRUMS]
    assert not hit[:, 36].any()
    assert hit[:, 38].all()


def test_a_part_that_lays_out_strikes_nothing_and_lets_go() -> None:
    notes = {(part, step, 60): 0.9 for part in (KEYS, STRINGS) for step in (0, 16)}
    held = {(part, step, 60): 0.9 for part in (KEYS, STRINGS) for step in range(32)}
    chance = Chance.none()._replace(variation=0.5)
    chance.mood[KEYS, 16:] = 0.49
    score = decoded(
        probabilities(notes, held), Card("generator", parts=CARD.parts, drawn=LOOSE), chance=chance
    )
    assert struck(score, KEYS) == [[0, 60]]
    assert score.sustain[KEYS].any(1).tolist() == [True] * 16 + [False] * 16
    assert score.sustain[STRINGS].any(1).all()


def test_of_the_parts_that_play_chords_the_one_that_most_wants_to_plays() -> None:
    """Of all four, the drums want to most, and no more than two lay out."""
    notes = {(part, step, 60): 0.9 for part in range(4) for step in range(32)}
    card = Card("generator", parts=CARD.parts, drawn=LOOSE)
    chance = Chance.none()._replace(variation=0.5)
    chance.mood[:] = np.array([0.4, 0.35, 0.3, 0.2], np.float32)[:, None]
    for voices, plays in (((4, 1, 4, 4), KEYS), ((4, 1, 1, 1), BASS), ((4, 1, 1, 2), STRINGS)):
        score = decoded(probabilities(notes), card, Limits(voices=voices), chance=chance)
        assert np.flatnonzero(score.onset.any((1, 2))).tolist() == [DRUMS, plays]


def test_moods_are_evenly_spread_and_last_two_bars_or_longer() -> None:
    moods = np.stack([Chance.of((seed,), 0, 0.5).mood for seed in range(200)])
    assert (moods == moods[:, :, :1]).all()
    assert np.quantile(moods, (0.1, 0.5, 0.9)) == pytest.approx((0.1, 0.5, 0.9), abs=0.05)
    later = np.stack([Chance.of((seed,), 64, 0.5).mood for seed in range(200)])
    alike = np.corrcoef(moods[:, :, 0].ravel(), later[:, :, 0].ravel())[0, 1]
    assert 0.4 < alike < 0.75


def test_no_pitch_is_drawn_that_can_not_be() -> None:
    said = probabilities({(KEYS, 0, 60): 0.01, (KEYS, 0, 90): 0.99})
    card = Card("generator", parts=CARD.parts, drawn=EVEN)
    low = Limits(high=(80,) * 4)
    for seed in range(50):
        score = decoded(said, card, low, chance=Chance.of((seed,), 0, 1.0))
        assert all(pitch == 60 for _, pitch in struck(score, KEYS))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(0, 31))
def test_a_score_keeps_its_limits(seed: int, voices: int, first: int) -> None:
    limits = Limits((voices,) * 4, (30,) * 4, (90,) * 4, (0.7,) * 4)
    card = Card("generator", parts=CARD.parts, drawn=EVEN if seed % 2 else None)
    chance = Chance.of((seed,), 0, 0.5)
    score = decoded(any_probabilities(seed), card, limits, first=first, chance=chance)
    assert score.onset.shape == (4, 32 - first, 128)
    assert not score.onset[:, :, :30].any()
    assert not score.onset[:, :, 91:].any()
    assert not (score.onset & ~score.sustain).any()
    assert score.sustain[BASS:].sum(2).max() <= voices
    before = np.concatenate([SILENT[:, None], score.sustain[:, :-1]], 1)
    assert not (score.sustain & ~score.onset & ~before).any()


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.floats(0, 1), st.floats(0, 1))
def test_more_density_never_strikes_fewer_notes(seed: int, one: float, other: float) -> None:
    said, chance = any_probabilities(seed), Chance.of((seed,), 0, 0.5)
    card = Card("generator", parts=CARD.parts, drawn=(EVEN, LOOSE, None)[seed % 3])
    few, many = (
        decoded(said, card, Limits(density=(d,) * 4), chance=chance).onset for d in sorted((one, other))
    )
    assert not (few & ~many).any()


def test_half_density_is_as_taught() -> None:
    said = any_probabilities(3)
    plain = np.flatnonzero(decoded(said).onset[KEYS].any(1))
    assert plain.tolist() == np.flatnonzero(said.gate[KEYS] > 0.5).tolist()


def test_density_opens_gates_that_were_shut() -> None:
    said = probabilities({(KEYS, 0, 60): 0.3, (DRUMS, 0, 36): 0.3})
    dense = decoded(said, limits=Limits(density=(1.0,) * 4))
    assert struck(dense, KEYS) == [[0, 60]]
    assert struck(dense, DRUMS) == [[0, 36]]
    assert not decoded(said, limits=Limits(density=(0.0,) * 4)).onset.any()


def test_a_chord_leans_to_the_tone_that_the_melody_is_expected_on() -> None:
    said = probabilities({(KEYS, 0, 60): 0.5, (KEYS, 0, 64): 0.4, (BASS, 0, 36): 0.5, (BASS, 0, 40): 0.4})
    said.gate[:] = 0.9
    limits = Limits(voices=(4, 1, 2, 2))
    wanted = Wanted(np.zeros((32, 12), np.float32), np.zeros((32, 12), np.float32))
    wanted.struck[:, 0], wanted.struck[:, 4] = -0.3, 0.3
    for drawn, keys in ((EVEN, 64), (None, 60)):
        card = Card("generator", parts=CARD.parts, pitch=(0.9,) * 4, drawn=drawn)
        score = decoding.decode(said, card, limits, Before(SILENT, SILENT, SILENT), 0, STILL, wanted)
        assert struck(score, KEYS)[0] == [0, keys]
        assert struck(score, BASS)[0] == [0, 36]


def test_what_is_not_wanted_to_sound_on_is_let_go_of_in_every_octave() -> None:
    said = probabilities({(KEYS, 0, pitch): 0.9 for pitch in (53, 60, 65)})
    said.sustain[KEYS][:, [53, 60, 65]] = 0.7
    wanted = Wanted(np.zeros((32, 12), np.float32), np.zeros((32, 12), np.float32))
    wanted.held[8:, 5] = -0.5
    for drawn, end in ((EVEN, 8), (None, 32)):
        card = Card("generator", parts=CARD.parts, pitch=(0.5,) * 4, drawn=drawn)
        score = decoding.decode(said, card, Limits(), Before(SILENT, SILENT, SILENT), 0, STILL, wanted)
        assert score.sustain[KEYS].sum(0)[[53, 60, 65]].tolist() == [end, 32, end]


def test_never_more_than_half_of_the_band_lays_out() -> None:
    """The moods fall from part to part, each below its share of rests; the last plays chords."""
    card = Card("generator", parts=CARD.parts, drawn=LOOSE._replace(rests=(0.4,) * 4))
    mood = np.array([[0.3], [0.2], [0.1], [0.35]], np.float32)
    chords = np.array([False, False, False, True])
    moody, dense = Chance.none()._replace(mood=mood), np.full(4, 0.5, np.float32)
    rests = drawing.rests(card, chords, moody, slice(0, 1), dense, 1.0)
    assert rests[:, 0].tolist() == [False, True, True, False]
    mood[:2] = 0.5
    few = drawing.rests(card, chords, moody, slice(0, 1), dense, 1.0)
    assert few[:, 0].tolist() == [False, False, True, False]


def test_a_temper_lasts_a_performance_and_another_seed_has_another() -> None:
    first, later, other = (Chance.of(*at, 0.5).temper for at in (((1, 0), 0), ((1, 9), 320), ((2, 0), 0)))
    assert all(np.array_equal(a, b) for a, b in zip(first, later, strict=True))
    assert not np.array_equal(first.parts, other.parts)
    again = Chance.again(1, [Origin(3, 12), Origin(3, 13)], 0.5).temper
    assert np.array_equal(again.kit, first.kit)


def test_a_temper_says_how_much_is_struck_held_and_rested_as_far_as_the_card_spreads() -> None:
    said = probabilities({(KEYS, step, 60): 0.4 for step in range(0, 32, 4)})
    said.gate[KEYS, ::4] = 0.4
    said.sustain[KEYS, :, 60] = 0.4
    parts = np.zeros((4, 5), np.float32)
    parts[KEYS, :2] = 1
    keen = Chance.none()._replace(temper=Temper(parts, np.zeros(128, np.float32)), variation=0.5)
    even, wide = EVEN, EVEN._replace(spread=((1.0,) * 5,) * 4)
    plays = [decoded(said, replace(CARD, drawn=drawn), chance=keen) for drawn in (even, wide)]
    assert [score.onset[KEYS].sum() for score in plays] == [0, 8]
    assert plays[1].sustain[KEYS].sum() == 32


def test_a_drum_that_is_liked_is_hit_more() -> None:
    said = probabilities({(DRUMS, step, drum): 0.4 for step in range(0, 32, 4) for drum in (36, 51)})
    liked = np.zeros(128, np.float32)
    liked[51] = 1
    keen = Chance.none()._replace(temper=Temper(np.zeros((4, 5), np.float32), liked), variation=0.5)
    kit = EVEN._replace(kit=(Drum(36, 0.5, 1.0), Drum(51, 0.5, 1.0)))
    onset = decoded(said, replace(CARD, drawn=kit), chance=keen).onset[DRUMS]
    assert (onset[:, 36].sum(), onset[:, 51].sum()) == (0, 8)


def test_a_drum_leans_to_steps_of_the_bar_and_to_what_is_hit_before_it_in_the_kit() -> None:
    said = probabilities({(DRUMS, step, drum): 0.4 for step in range(0, 32, 4) for drum in (36, 42)})
    said.onset[DRUMS, :, 36] = [0.9 if step % 8 == 0 else 0.1 for step in range(32)]
    calm = Chance.none()._replace(variation=0.5)
    beside = EVEN._replace(kit=(Drum(36, 0.5), Drum(42, 0.5, beside=(1.0,))))
    hats = decoded(said, replace(CARD, drawn=beside), chance=calm).onset[DRUMS][:, 42]
    assert np.flatnonzero(hats).tolist() == [0, 8, 16, 24]
    steps = EVEN._replace(kit=(Drum(36, 0.5), Drum(42, 0.5, steps=(0.0,) * 4 + (1.0,) + (0.0,) * 11)))
    hats = decoded(said, replace(CARD, drawn=steps), chance=calm).onset[DRUMS][:, 42]
    assert np.flatnonzero(hats).tolist() == [4, 20]


def test_a_drum_that_was_missed_for_a_bar_is_due() -> None:
    said = probabilities({(DRUMS, step, drum): 0.4 for step in range(0, 32, 4) for drum in (36, 38)})
    calm = Chance.none()._replace(variation=0.5)
    card = replace(CARD, drawn=EVEN._replace(kit=(Drum(36, 0.5), Drum(38, 0.5, due=2.0))))
    played = np.zeros((4, 32, 128), bool)

    def snares() -> int:
        before = Before.of(played, played)
        return int(decoding.decode(said, card, FREE, before, 16, calm).onset[DRUMS, :, 38].sum())

    assert snares() == 0  # nobody has played yet: nothing is due
    played[DRUMS, 28, 36] = True
    assert snares() == 4
    played[DRUMS, 15, 38] = True
    assert snares() == 4
    played[DRUMS, 16, 38] = True
    assert snares() == 0


def after(before: Before, said: Probabilities, cut: float, steady: float, chance: Chance) -> decoding.Mask:
    """What is struck in a bar; cuts of gates and of hi-hats."""
    kit = (Drum(42, cut),)
    drawn = Drawn((cut,) * 4, (0.5,) * 4, (0.5,) * 4, kit=kit, steady=(steady,) * 4)
    card = replace(CARD, drawn=drawn)
    return decoding.decode(said, card, FREE, before, 16, chance).onset


@pytest.mark.parametrize(("part", "pitch"), [(DRUMS, 42), (KEYS, 60)])
def test_a_part_keeps_to_the_steps_of_the_two_bars_before(part: int, pitch: int) -> None:
    said = probabilities({(part, step, pitch): 0.5 for step in range(32)})
    calm = Chance.none()._replace(variation=0.5)
    played = np.zeros((4, 32, 128), bool)
    # A part with pitches keeps its rhythm, not its notes.
    played[part, [0, 4, 16, 20, 24], pitch if part == DRUMS else 55] = True

    def steps(
        steady: float, cut: float, bars: slice = slice(0, 32), chance: Chance = calm, unusual: int = 32
    ) -> list[int]:
        usual = np.ones((4, 32), bool)
        usual[part, unusual:] = False
        before = Before.of(played[:, bars], played[:, bars])._replace(usual=usual)
        return np.flatnonzero(after(before, said, cut, steady, chance)[part, :, pitch]).tolist()

    every = list(range(16))
    assert steps(0.0, 0.45) == every
    # What was struck in both bars is likelier, what in neither less so; the bar before counts for less.
    assert steps(1.0, 0.7) == [0, 4]
    assert steps(1.0, 0.45) == [0, 4]
    assert steps(1.0, 0.4) == [0, 4, 8]
    assert steps(1.0, 0.6, slice(16, 32)) == []
    assert steps(1.0, 0.55, slice(16, 32)) == [0, 4, 8]
    # Silence counts for nothing, nor is anything kept to where something else is asked for.
    assert steps(9.0, 0.45, slice(8, 16)) == every
    assert steps(9.0, 0.45, chance=calm._replace(constant=False)) == every
    # What it was called to is no habit.
    assert steps(1.0, 0.7, unusual=20) == [0]
    # Where a part renews its pattern, only a very steady one keeps to it.
    renewed = calm.renewed.copy()
    renewed[4 if part == DRUMS else part, 20:] = True
    assert steps(3.0, 0.45, chance=calm._replace(renewed=renewed)) == [0, *every[4:]]
    assert steps(4.0, 0.7, chance=calm._replace(renewed=renewed)) == [0, 4]


def test_a_band_without_drums_has_no_groove() -> None:
    said = probabilities({(KEYS, step, 60): 0.6 for step in range(32)})
    card = Card(
        "generator", parts=("cellos", "strings", "keys", "horns"), drawn=EVEN._replace(steady=(1.0,) * 4)
    )
    assert decoded(said, card, chance=Chance.none()._replace(variation=0.5)).onset[KEYS].any()


def test_a_high_and_thick_temper_plays_higher_and_more_together() -> None:
    said = probabilities({(KEYS, 0, pitch): 0.9 - 0.01 * pitch / 12 for pitch in range(36, 96, 12)})
    said.gate[KEYS, 0] = 1
    cool = replace(CARD, pitch=(0.99,) * 4, drawn=EVEN._replace(spread=((0, 0, 0, 4.0, 1.0),) * 4))
    said.onset[KEYS, 0] *= 0.3
    found = []
    for thick, high in ((0, 0), (1, 0), (0, 1), (0, -1)):
        parts = np.zeros((4, 5), np.float32)
        parts[KEYS, 3:] = thick, high
        chance = Chance.none()._replace(temper=Temper(parts, np.zeros(128, np.float32)), variation=0.5)
        found.append(np.flatnonzero(decoded(said, cool, chance=chance).onset[KEYS, 0]))
    assert len(found[1]) > len(found[0])
    assert found[2].max() > found[3].max()
