"""The chord plan: names, rows, and a choice that changes only where it gains more than it costs."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.models import harmony
from bandmate.models.harmony import HORIZON, NONE, TONES, Reluctance

C, G, F, AM, EM = 0, 7, 5, 12 + 9, 12 + 4
PATIENT = Reluctance(first=0.0, middle=0.1, weak=0.3, revise=0.4, revise_weak=0.5)


def wish(*chords: int, by: float = 1.0) -> harmony.Array:
    """A fit float32[8, 24] in which these chords, a beat each (the last to the end), fit so much."""
    fit = np.zeros((HORIZON, NONE), np.float32)
    beats = [*chords, *[chords[-1]] * (HORIZON - len(chords))]
    fit[np.arange(HORIZON), beats] = by
    return fit


def sure(chord: int) -> harmony.Array:
    out = np.zeros((HORIZON, harmony.CHORDS), np.float32)
    out[:, chord] = 1
    return out


def silent() -> harmony.Array:
    return np.zeros((HORIZON, 12), np.float32)


@pytest.mark.parametrize(
    ("chord", "name"),
    [(0, "C"), (6, "F♯"), (10, "B♭"), (12, "Cm"), (18, "F♯m"), (23, "Bm"), (24, "N.C.")],
)
def test_symbols(chord: int, name: str) -> None:
    assert harmony.symbol(chord) == name


def test_every_chord_has_its_own_symbol() -> None:
    assert len({harmony.symbol(chord) for chord in range(25)}) == 25


def test_a_row_is_the_chord_and_its_bass() -> None:
    rows = harmony.rows(np.array([C, AM, NONE]))
    assert [np.flatnonzero(row).tolist() for row in rows] == [[0, 4, 7, 12], [0, 4, 9, 12 + 9], []]


def test_triads_have_three_tones_and_a_third_that_tells_major_from_minor() -> None:
    assert TONES[:NONE].sum(1).tolist() == [3] * 24
    assert not TONES[NONE].any()
    assert all(TONES[root, (root + 4) % 12] and TONES[12 + root, (root + 3) % 12] for root in range(12))


@pytest.mark.parametrize("chord", [C, G, AM])
def test_what_is_sure_fits_best_and_its_relatives_next(chord: int) -> None:
    fit = harmony.utility(sure(chord), silent())
    assert fit.shape == (HORIZON, NONE)
    assert (fit.argmax(1) == chord).all()
    assert fit[0, chord] == pytest.approx(1)
    assert fit[0] == pytest.approx(TONES[:NONE] @ TONES[chord] / 3)


def test_the_melody_expected_counts_by_its_tones() -> None:
    melody = silent()
    melody[:, [5, 9]] = 0.5
    fit = harmony.utility(sure(NONE), melody)
    assert fit[0, F] == 1
    assert fit[0, C] == -harmony.HARM / 2, "F lies beside its third"


@pytest.mark.parametrize("held", [(0, 4, 7), (9, 0, 4), (2, 7, 11)])
def test_a_chord_held_down_wins_over_any_guess(held: tuple[int, ...]) -> None:
    evidence = np.zeros(12, np.float32)
    evidence[list(held)] = 1
    true = int(np.argmax(TONES[:NONE] @ evidence))
    for guess in range(25):
        melody = silent()
        melody[:, (held[0] + 1) % 12] = 1
        fit = harmony.utility(sure(guess), melody, evidence)
        for sounding in (NONE, guess):
            assert set(harmony.plan(fit, sounding, 1, reluctance=PATIENT)) == {true}


@pytest.mark.parametrize("follow", [0.0, 1.0, 4.0])
def test_how_far_the_melody_is_followed_leaves_a_held_chord_and_a_recalled_one_their_weight(
    follow: float,
) -> None:
    melody, evidence, recalled = silent(), np.zeros(12, np.float32), np.zeros((HORIZON, NONE), np.float32)
    melody[:, 5], evidence[[0, 4, 7]], recalled[:, AM] = 0.3, 1, 1
    plain = harmony.utility(sure(G), silent())
    fit = harmony.utility(sure(G), melody, follow=follow)
    assert fit[0, F] - plain[0, F] == pytest.approx(0.3 * follow)
    assert (harmony.utility(sure(G), melody, evidence, follow=follow).argmax(1) == C).all()
    known = harmony.utility(sure(G), melody, None, recalled, follow)
    assert known[0, AM] - fit[0, AM] == pytest.approx(harmony.FAITH * max(follow, 1))


def test_no_evidence_changes_nothing() -> None:
    with_none = harmony.utility(sure(G), silent(), np.zeros(12, np.float32))
    assert np.array_equal(with_none, harmony.utility(sure(G), silent()))


@pytest.mark.parametrize(
    ("gain", "beat", "first"),
    [
        (0.04, 1, C),  # a weak beat: it costs .3 to change, and later is cheaper
        (0.04, 2, C),
        (0.04, 0, G),  # the bar's first beat costs nothing
        (0.5, 1, G),
        (0.5, 2, G),
    ],
)
def test_a_change_must_gain_what_the_beat_asks(gain: float, beat: int, first: int) -> None:
    fit = wish(C, by=0.0)
    fit[:, G] = gain
    assert harmony.plan(fit, C, beat, reluctance=PATIENT)[0] == first


def test_a_chord_is_kept_over_a_beat_where_another_fits_a_little_better() -> None:
    fit = wish(C, by=1.0)
    fit[1] = 0
    fit[1, [C, EM]] = 0.8, 0.9
    assert harmony.plan(fit, C, 0, reluctance=PATIENT).tolist() == [C] * HORIZON


def test_a_change_to_come_is_planned_for_its_beat() -> None:
    planned = harmony.plan(wish(C, C, C, C, G), C, 0, reluctance=PATIENT)
    assert planned.tolist() == [C] * 4 + [G] * 4


def test_a_revision_weighs_what_is_left_of_the_beat() -> None:
    fit = wish(G, C, by=0.7)
    assert harmony.plan(fit, C, 1, reluctance=PATIENT, heard=0.25)[0] == C
    fit = wish(G, by=0.7)
    assert harmony.plan(fit, C, 1, reluctance=PATIENT, heard=0.25)[0] == G
    assert harmony.plan(fit, C, 1, reluctance=Reluctance(weak=0, revise_weak=9), heard=0.25)[0] == C


def test_nothing_sounding_costs_nothing() -> None:
    assert harmony.plan(wish(G, by=0.01), NONE, 1, reluctance=PATIENT)[0] == G


@pytest.mark.parametrize(
    ("beat", "halved", "price", "begun"),
    [
        (0, True, 0.0, 0.4),
        (2, True, 0.1, 0.4),
        (1, True, 0.3, 0.5),
        (0, False, 0.0, 0.4),
        (2, False, 0.3, 0.5),
    ],
)
def test_what_a_beat_asks_and_what_once_it_has_begun(
    beat: int, halved: bool, price: float, begun: float
) -> None:
    assert PATIENT.at(beat, halved) == price
    assert PATIENT.within(beat, halved) == begun


def test_a_chord_that_was_played_here_before_is_preferred_by_as_much_as_it_is_sure() -> None:
    recalled = np.zeros((HORIZON, NONE), np.float32)
    recalled[:, AM] = 0.5
    unsure = harmony.utility((sure(G) + sure(AM)) / 2, silent())
    fit = harmony.utility((sure(G) + sure(AM)) / 2, silent(), recalled=recalled)
    assert (fit - unsure)[:, AM] == pytest.approx(harmony.FAITH / 2)
    assert np.array_equal(np.delete(fit, AM, 1), np.delete(unsure, AM, 1))
    melody = silent()
    melody[:, [2, 7, 11]] = 1 / 3
    assert harmony.plan(fit, G, 0, reluctance=PATIENT)[0] == AM
    fit = harmony.utility(sure(G), melody, recalled=recalled)
    assert harmony.plan(fit, G, 0, reluctance=PATIENT)[0] == G, "but not over the melody"


def worth(fit: harmony.Array, chords: tuple[int, ...], sounding: int, beat: int, heard: float) -> float:
    """What a plan is worth: its fit, less the price of every change."""
    total, last = 0.0, sounding
    for h, chord in enumerate(chords):
        price = PATIENT.within(beat) if heard and h == 0 else PATIENT.at((beat + h) % 4)
        total += float(fit[h, chord]) * (1 - heard if h == 0 else 1)
        total -= price if last not in (chord, NONE) else 0
        last = chord
    return total


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 20), min_size=4, max_size=4), min_size=1, max_size=4),
    st.sampled_from([C, G, AM, NONE]),
    st.integers(0, 3),
    st.sampled_from([0.0, 0.25, 0.75]),
)
def test_no_plan_is_worth_more(table: list[list[int]], sounding: int, beat: int, heard: float) -> None:
    """Against every plan of four chords over up to four beats."""
    chords = [C, G, F, AM]
    fit = np.full((len(table), NONE), -9, np.float32)
    fit[:, chords] = np.array(table, np.float32) / 10
    planned = harmony.plan(fit, sounding, beat, reluctance=PATIENT, heard=heard)
    best = max(worth(fit, each, sounding, beat, heard) for each in product(chords, repeat=len(table)))
    assert worth(fit, tuple(planned.tolist()), sounding, beat, heard) == pytest.approx(best, abs=1e-4)


def test_a_price_below_nothing_invites_a_change() -> None:
    fit = wish(C, by=0.5)
    fit[:, G] = 0.49
    assert harmony.plan(fit, C, 0, reluctance=Reluctance(first=-0.2))[0] == G
    assert harmony.plan(fit, C, 0, reluctance=Reluctance(first=0))[0] == C


def test_what_the_melody_wants_is_told_beside_the_chords_own_tones() -> None:
    melody = np.zeros((2, 12), np.float32)
    melody[:, [0, 4, 5]] = [0.1, 0.5, 0.4]
    found = harmony.wanted(melody, np.array([C, NONE]), C)
    assert found.struck[0, [0, 4, 7]] == pytest.approx([-0.1, 0.3, -0.2])
    assert not found.struck[1].any()
    assert not found.held[1].any()


def test_tones_beside_the_melody_are_not_wanted_least_of_all_those_foreign_to_the_chord() -> None:
    melody = np.zeros((1, 12), np.float32)
    melody[:, [4, 11]] = 0.6, 0.3
    struck, held = (row[0] for row in harmony.wanted(melody, np.array([C]), C))
    assert struck[5] == struck[3] == pytest.approx(-0.2 - harmony.BESIDE * 0.6)
    assert struck[0] == pytest.approx(-0.2), "the chord's own tone stays, beside the melody or not"
    assert held[[5, 3, 0]] == pytest.approx([-0.6, -0.6, -0.3])
    assert not held[[4, 11, 7]].any()


def test_parts_that_lean_further_go_the_more_with_what_is_coming_and_away_from_what_lies_beside() -> None:
    heard, coming = np.zeros((1, 12), np.float32), np.zeros((1, 12), np.float32)
    heard[:, 4], coming[:, [7, 9]] = 0.5, [0.3, 0.2]
    usual = harmony.wanted(heard, np.array([C]), C, coming)
    further = harmony.wanted(heard, np.array([C]), C, coming, 2.0)
    assert usual.struck[0, 7] > usual.struck[0, 4], "what is still to come, not what was heard"
    assert further.struck[0, 7] == pytest.approx(2 * 0.3 - 0.1)
    assert further.struck[0, 0] == usual.struck[0, 0] == pytest.approx(-0.1), "what its tones are on average"
    assert further.struck[0, 3] - usual.struck[0, 3] == pytest.approx(-harmony.BESIDE * 0.5)
    assert np.allclose(further.held, 2 * usual.held)


def test_a_chord_that_is_left_lets_go_of_its_tones_where_the_next_begins() -> None:
    expected = np.repeat(np.array([[0.0], [1e-6]], np.float32), 12, 1)[[0, 0, 1]]
    held = harmony.wanted(expected, np.array([AM, AM, G]), C).held.round(4)
    assert np.flatnonzero(held[0]).tolist() == [7]
    assert not held[1].any()
    assert np.flatnonzero(held[2]).tolist() == [0, 4, 9]
    assert held.min() == pytest.approx(-harmony.LEFT)


def test_of_two_likely_chords_the_one_that_does_not_rub_against_the_melody() -> None:
    """F sharp is in neither chord, and lies beside the fifth of C."""
    melody = silent()
    melody[:, 6] = 1
    fit = harmony.utility((sure(C) + sure(AM)) / 2, melody)
    even = harmony.utility((sure(C) + sure(AM)) / 2, silent())
    assert (fit - even)[0, [C, AM]] == pytest.approx([-harmony.HARM, 0])
