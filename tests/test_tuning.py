"""The last touch by ear: densities and cuts move towards what real parts do."""

import math
from dataclasses import replace
from math import nan

import numpy as np
import pytest

pytest.importorskip("torch")

from bandmate.models.contract import Card
from bandmate.models.drawn import Drawn, Drum
from bandmate.training import drumming, habit, lines, songs, tuning
from bandmate.training.drumming import Drumming
from bandmate.training.fitting import windows
from bandmate.training.habit import Habit
from bandmate.training.judging.excerpt import Excerpt

KIT = tuple(Drum(int(drum), 0.5) for drum in windows.KIT)
CARD = Card("generator", parts=("drums", "bass", "keys", "strings"), drawn=Drawn(*((0.5,) * 4,) * 3, kit=KIT))
UNKNOWN = Habit(nan, nan, nan, nan)


def drummed(*hits: float) -> Drumming:
    """A kit of which nothing else is told, the first drums hit so often a bar."""
    all_hits = np.array([*hits, *[0.0] * (len(KIT) - len(hits))])
    return habit.NOBODY._replace(hits=all_hits)


def heard(*notes: tuple[int, int]) -> Excerpt:
    """Two bars of a bass on C2, (step, length) each; both count."""
    bass = np.array([(step, length, 36, 80) for step, length in notes], np.int16).reshape(-1, 4)
    return Excerpt("a", 2, bass, {"bass": bass}, {"bass": np.ones(2, bool)})


def moved(card: Card, mine: list[Habit], real: list[Habit]) -> Drawn:
    """The card's cuts after one round."""
    now = tuning.leans(card), tuning.excess(card, mine, real)
    drawn = tuning.recut(card, now[0] + tuning.step(now, None)).drawn
    assert drawn is not None
    return drawn


def test_a_habit_is_how_many_notes_how_many_crumbs_how_long_the_others_are_and_how_many_rests() -> None:
    song = heard((0, 1), (4, 2), (8, 8), (12, 1))
    assert Habit.of([song], "bass")[:4] == pytest.approx((2.0, 0.5, 4.0, 0.5))
    assert Habit.of([song, heard((0, 1), (16, 1))], "bass")[:4] == pytest.approx((1.5, 0.75, 4.0, 0.25))


def test_drums_are_counted_one_by_one() -> None:
    hits = np.array([(0, 1, 36, 80), (0, 1, 42, 80), (4, 1, 36, 80)], np.int16)
    song = Excerpt("a", 2, hits, {"drums": hits}, {"drums": np.ones(2, bool)})
    found = Habit.of([song], "drums")
    assert (found.rate, found.empty) == (1.5, 0.5)
    assert dict(zip(windows.KIT, found.kit.hits, strict=True)) == dict.fromkeys(windows.KIT, 0.0) | {
        36: 1.0,
        42: 0.5,
    }


def test_where_there_is_too_much_too_short_or_too_long_the_cuts_move_against_it() -> None:
    busy, due = Habit(8, 0.6, 4, 0), Habit(4, 0.3, 2, 0)
    drawn = moved(CARD, [UNKNOWN, busy, due, due], [UNKNOWN, due, due, busy])
    assert drawn.gate[1] > 0.5 > drawn.gate[3]
    assert drawn.second[1] < 0.5 < drawn.second[3]
    assert drawn.hold[1] > 0.5 > drawn.hold[3]
    assert (drawn.gate[2], drawn.second[2], drawn.hold[2]) == pytest.approx((0.5, 0.5, 0.5))


def test_each_drum_has_a_cut_of_its_own() -> None:
    mine = Habit(6, nan, nan, 0, kit=drummed(4, 2))
    real = Habit(6, nan, nan, 0, kit=drummed(2, 4))
    kit = moved(CARD, [mine] + [UNKNOWN] * 3, [real] + [UNKNOWN] * 3).kit
    assert [drum.pitch for drum in kit] == list(windows.KIT)
    assert kit[0].cut > 0.5 > kit[1].cut
    assert kit[2].cut == pytest.approx(0.5)


def test_a_part_that_is_never_real_keeps_its_cuts_and_its_rests() -> None:
    known = [Habit(3, 0.2, 4, 0.3, 0.1, (1 / 16,) * 16)] * 4
    assert np.allclose(np.concatenate(moved(CARD, known, [UNKNOWN] * 4)[:3]), 0.5)
    assert tuning.rested(CARD, known, [UNKNOWN] * 4) == CARD


def test_a_silent_part_is_raised_by_a_bounded_step() -> None:
    silent, due = Habit(0, nan, nan, 1), Habit(4, 0.3, 3, 0)
    assert 0.1 < moved(CARD, [UNKNOWN, silent, due, due], [UNKNOWN, due, due, due]).gate[1] < 0.5


def steps(much: float, before: float | None) -> list[float]:
    """How far a cut and a leaning go that were raised by 1 in the round before."""
    size = len(tuning.leans(CARD))
    past = None if before is None else (np.zeros(size), np.full(size, before))
    found = tuning.step((np.ones(size), np.full(size, much)), past)
    return [found[0], found[-1]]


def test_a_cut_that_helped_little_is_turned_farther_a_leaning_is_only_nudged() -> None:
    gentle = tuning.NUDGE * 0.2
    assert steps(0.2, None) == pytest.approx([tuning.TURN * 0.2, gentle])
    assert steps(0.2, 1.0) == pytest.approx([tuning.TURN * 0.2 / 0.8, gentle])
    assert steps(0.2, 0.2) == pytest.approx([tuning.TURN * 0.2 / tuning.FLAT, gentle])
    assert steps(-9.0, None) == [-tuning.FARTHEST] * 2


def test_what_falls_on_the_wrong_places_and_changes_too_little_is_moved() -> None:
    mine = Habit(4, 0.3, 3, 0, 0.1, (0.5, 0.2, 0.2, 0.1, *[0.0] * 12))
    real = Habit(4, 0.3, 3, 0, 0.2, (0.25, 0.2, 0.2, 0.35, *[0.0] * 12))
    new = moved(CARD, [UNKNOWN, mine, real, real], [UNKNOWN, real, real, mine])
    assert new.places[1][0] < 0 < new.places[1][3]
    assert new.places[3][3] < 0 < new.places[3][0]
    assert sum(new.places[1]) == pytest.approx(0)
    assert new.warmth[1] > 1 > new.warmth[3]
    assert (new.places[2], new.warmth[2]) == ((0,) * 16, 1)


def test_the_steps_of_drums_are_moved_once_each_drum_s_or_all_of_theirs() -> None:
    early, late = ((1.0, *[0.0] * 15), (*[0.0] * 15, 1.0))
    mine, real = (Habit(6, nan, nan, 0, places=places, kit=drummed(3)) for places in (early, late))
    habits = [mine] + [UNKNOWN] * 3, [real] + [UNKNOWN] * 3
    assert not tuning.excess(CARD, *habits).any()
    assert moved(CARD, *habits).places[0] == (0,) * 16
    bare = replace(CARD, drawn=CARD.drawn._replace(kit=()))  # type: ignore[union-attr]
    places = moved(bare, *habits).places[0]
    assert places[0] < 0 < places[15]


def test_a_part_with_too_few_pitch_classes_is_left_more_to_chance_and_one_with_too_many_less() -> None:
    pale, rich = (Habit(4, 0.3, 3, 0, classes=classes) for classes in (2.0, 4.0))
    new = tuning.voiced(CARD, [UNKNOWN, pale, rich, rich], [UNKNOWN, rich, pale, rich]).drawn
    assert new is not None
    assert new.colour[1] > 1 > new.colour[2]
    assert (new.colour[0], new.colour[3]) == (1, 1)
    for _ in range(9):
        again = tuning.voiced(
            replace(CARD, drawn=new), [UNKNOWN, pale, rich, rich], [UNKNOWN, rich, pale, rich]
        )
        assert again.drawn is not None
        new = again.drawn
    assert new.colour[1:3] == tuning.COLOUR[::-1]


def test_a_part_that_rests_too_little_lays_out_more_and_none_less_than_never() -> None:
    mine, real = Habit(4, 0.3, 3, 0.1), Habit(4, 0.3, 3, 0.3)
    new = tuning.rested(CARD, [UNKNOWN, mine, real, real], [UNKNOWN, real, mine, real]).drawn
    assert new is not None
    assert new.rests == pytest.approx((0, 0.2 * tuning.TURN, 0, 0))


def test_drums_get_cuts_of_their_own_only_where_somebody_plays_them() -> None:
    plain = Card("generator", parts=CARD.parts, drawn=Drawn(*((0.5,) * 4,) * 3))
    played = [Habit(12, nan, nan, 0, kit=drummed(1))] + [UNKNOWN] * 3
    assert tuning.by_drums(plain, played) == CARD
    assert tuning.by_drums(plain, [UNKNOWN] * 4) == plain
    assert tuning.by_drums(Card("generator", parts=CARD.parts), played).drawn is None


def test_a_bass_drum_or_snare_that_is_hit_all_the_time_is_due_after_a_bar_without() -> None:
    plain = Card("generator", parts=CARD.parts, drawn=Drawn(*((0.5,) * 4,) * 3))
    drawn = tuning.by_drums(plain, [Habit(12, nan, nan, 0, kit=drummed(2, 1, 2)), *[UNKNOWN] * 3]).drawn
    assert drawn is not None
    assert {drum.pitch for drum in drawn.kit if drum.due > 0} == {36}


def test_densities_move_within_bounds() -> None:
    assert tuning.moved(0.5, 4, 8) == pytest.approx(0.639)
    assert tuning.moved(0.5, 8, 4) == pytest.approx(0.361)
    assert tuning.moved(0.78, 0, 8) == 0.8
    assert tuning.moved(0.5, 4, nan) == tuning.moved(0.5, 4, 0) == 0.5


def test_a_band_is_amiss_by_what_is_too_much_and_by_the_rests_it_lacks() -> None:
    due = Habit(4, 0.3, 3, 0.2)
    right = [UNKNOWN, due, due, due]
    assert tuning.amiss(tuning.excess(CARD, right, right), right, right) == 0
    busy = [UNKNOWN, due._replace(rate=8), due, due._replace(empty=0.1)]
    wrong = tuning.amiss(tuning.excess(CARD, busy, right), busy, right)
    assert wrong == pytest.approx(math.log(2) + tuning.EMPTINESS * 0.1)


def test_what_a_rule_arranged_counts_only_where_nobody_plays_the_part() -> None:
    bass, keys = ([(0, 2, pitch, 80), (16, 2, pitch, 80), (24, 2, pitch, 80)] for pitch in (36, 60))
    tune = [(0, 32, 72, 80)]
    notes = tuple(lines.as_notes(rows) for rows in (tune, [], bass, keys, []))
    source = np.full((2, 5), songs.REAL, np.uint8)
    source[1, 2] = source[:, 3] = songs.ARRANGED
    song = songs.Song("a", "pop", "valid", notes, np.full(8, 24, np.uint8), source)
    _, low, middle, _ = habit.real_habits([song], CARD.parts, 2)
    assert (low.rate, middle.rate) == (1, 1.5)
    brief = tuple(lines.as_notes([(step, 2, 60, 80) for step in (0, 4, 8)]) for _ in notes)
    short = songs.Song("b", "pop", "valid", brief, song.chords[:4], np.full((1, 5), songs.REAL, np.uint8))
    assert habit.real_habits([song, short], CARD.parts, 2)[1].rate == 1
    assert habit.real_habits([song, short], CARD.parts, 1)[1].rate == 2


def songs_of(*bars: tuple[int, int, int]) -> list[Excerpt]:
    """A song of four bars each: notes in a bar that has any, their length, and how many bars have."""
    out = []
    for notes, length, busy in bars:
        rows = [(16 * bar + 2 * k, length, 40, 80) for bar in range(busy) for k in range(notes)]
        keys = np.array(rows, np.int16)
        out.append(Excerpt("a", 4, keys, {"keys": keys}, {"keys": np.ones(4, bool)}))
    return out


def test_a_habit_tells_how_far_songs_differ() -> None:
    alike = Habit.of(songs_of((4, 2, 3), (4, 2, 3)), "keys").spread
    assert alike == pytest.approx((0, 0, 0, 0, 0))
    apart = Habit.of(songs_of((2, 1, 4), (6, 2, 2)), "keys").spread
    assert apart == pytest.approx((math.log(3) / 2, math.log(2) / 2, 0.25, 0, 0))


def test_performances_that_differ_less_than_songs_are_spread_those_that_differ_more_drawn_together() -> None:
    rests = CARD.drawn._replace(rests=(0.5,) * 4, spread=((0.4,) * 5,) * 4)  # type: ignore[union-attr]
    card = Card("generator", parts=CARD.parts, drawn=rests)
    little = UNKNOWN._replace(spread=(0.1,) * 5, kit=habit.NOBODY._replace(spread=np.full(9, 0.1)))
    much = UNKNOWN._replace(spread=(0.2,) * 5, kit=habit.NOBODY._replace(spread=np.full(9, 0.2)))
    new = tuning.tempered(card, [little, much, UNKNOWN, much], [much, little, much, much]).drawn
    assert new is not None
    assert all(wide > 0.4 for wide in new.spread[0])
    assert all(wide < 0.4 for wide in new.spread[1])
    assert new.spread[2:] == ((0.4,) * 5,) * 2
    assert all(drum.spread > 0 for drum in new.kit)


def beaten(*hits: tuple[int, int]) -> Drumming:
    """Four bars alike, of (step, drum)."""
    rows = [(16 * bar + step, 1, drum, 80) for bar in range(4) for step, drum in hits]
    return Drumming.of([(np.array(rows, np.int16), np.ones(4, bool))])


def test_drums_lean_to_the_steps_and_to_the_company_that_they_lack() -> None:
    mine = beaten((0, 36), (8, 38), (0, 42), (1, 42))
    real = beaten((0, 36), (8, 38), (8, 42), (4, 42))
    new = drumming.grooved(CARD, mine, real, 1).drawn
    assert new is not None
    kick, snare, hat = new.kit[:3]
    assert (kick.steps, snare.beside) == ((0.0,) * 16, (0.0,))
    assert hat.steps[0] < 0 < hat.steps[8]
    assert hat.beside[0] < 0 < hat.beside[1]


def test_drums_go_half_as_far_when_the_other_cuts_do() -> None:
    mine, real = (Habit(6, nan, nan, 0, kit=beaten((0, 36), (step, 42))) for step in (1, 4))
    habits = [mine] + [UNKNOWN] * 3, [real] + [UNKNOWN] * 3
    far, near = (tuning.moved_on(CARD, *habits, calm).drawn for calm in (0.2, 0.1))
    assert far is not None
    assert near is not None
    hats = far.kit[windows.KIT.index(42)], near.kit[windows.KIT.index(42)]
    assert hats[0].steps[4] > 0
    assert hats[1].steps == pytest.approx([step / 2 for step in hats[0].steps], abs=0.001)
    assert hats[1].beside == pytest.approx([pair / 2 for pair in hats[0].beside], abs=0.001)


def test_a_kit_that_nobody_plays_keeps_its_leanings() -> None:
    assert drumming.grooved(CARD, beaten((0, 36)), habit.NOBODY, 1) == CARD
