"""Where the melody has been before."""

from __future__ import annotations

import numpy as np
import pytest

from bandmate.daemon.answering.request import Beats
from bandmate.daemon.hearing.history import phase
from bandmate.daemon.hearing.recall import Place, place
from bandmate.models import listening

TUNE = [60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60]
OTHER = [61, 66, 70, 63, 68, 61, 66, 73, 63, 70, 75, 66, 61, 68, 73, 66]


def heard(*tune: list[int], since: int = 0, known: list[int] | None = None) -> Place | None:
    """Where a line of quarter notes (-1: rest) stands, begun on beat `since` of a bar; known: the pitch of
    each step heard of the beat to decide."""
    line = [pitch for each in tune for pitch in each]
    pitch = np.repeat(line, 4).astype(np.int16)
    onset = np.arange(len(pitch)) % 4 == 0
    phases = np.stack([phase(4 * (beat + since)) for beat in range(len(line) + 1)])
    begun = np.array(known or [], np.int16)
    partial = listening.partial(begun, np.arange(len(begun)) == 0)
    beats = Beats(0, 0, listening.beats(pitch, onset), phases[:-1])
    return place(beats, partial, len(begun), phases[-1])


def test_what_was_never_played_is_no_place() -> None:
    assert heard([]) is None
    assert heard(TUNE) is None
    assert heard(TUNE, OTHER[:8]) is None


@pytest.mark.parametrize("played", [2, 3, 4, 7, 12, 16])
def test_what_is_played_again_is_found_within_two_beats(played: int) -> None:
    found = heard(TUNE, OTHER, TUNE[:played])
    assert found is not None
    assert found.beat == played
    assert found.sure > (0.6 if played < 3 else 0.85 if played < 7 else 0.99)


def test_a_longer_match_makes_surer() -> None:
    sure = [found.sure for n in range(2, 8) if (found := heard(TUNE, OTHER, TUNE[:n])) is not None]
    assert sure == sorted(sure)
    assert len(sure) == 6


def test_where_it_departs_it_is_given_up() -> None:
    there = heard(TUNE, TUNE[:8])
    gone = [heard(TUNE, TUNE[:8], OTHER[8 : 8 + n]) for n in (1, 2, 3)]
    sure = [0.0 if found is None else found.sure for found in (there, *gone)]
    assert sure[0] == 1
    assert sure[1] < 0.8
    assert sure[2:] == [0, 0]


def test_the_beginning_of_the_beat_to_decide_counts_most() -> None:
    same, departs = (heard(TUNE, TUNE[:8], known=[pitch]) for pitch in (TUNE[8], OTHER[8]))
    assert same == Place(8, 1.0)
    assert departs is None or departs.sure < 0.8


def test_a_wrong_note_a_rest_and_another_octave_do_not_hide_it() -> None:
    again = [pitch + 12 for pitch in TUNE[:12]]
    again[3], again[9] = 73, -1
    found = heard(TUNE, OTHER, again)
    assert found is not None
    assert found.beat == 12
    assert found.sure > 0.5


@pytest.mark.parametrize("up", [1, 2, 6, 11])
def test_in_another_key_it_is_found_but_surely_only_after_two_bars(up: int) -> None:
    moved = [pitch + up for pitch in TUNE]
    found = [heard(TUNE, OTHER, moved[:n]) for n in (3, 8, 12)]
    sure = [0.0 if place is None else place.sure for place in found]
    assert sure[0] < 0.2
    assert 0.3 < sure[1] < sure[2]
    assert [(place.beat, place.up) for place in found[1:] if place] == [(8, up), (12, up)]


def test_another_place_in_the_bar_is_another_tune() -> None:
    assert heard(TUNE, [62], TUNE[:8]) is None
    found = heard(TUNE, [62, 62, 62, 62], TUNE[:8], since=1)
    assert found is not None
    assert found.beat == 8


def test_of_two_places_it_is_the_one_with_the_same_past() -> None:
    begin = TUNE[:8] + OTHER[:8]
    varied = TUNE[8:] + OTHER[:8]
    found = heard(begin, TUNE, varied, OTHER, TUNE[8:], OTHER[:6])
    assert found is not None
    assert found.beat == len(begin) + len(TUNE) + 14


def test_what_has_just_been_played_is_no_repetition() -> None:
    assert heard([60, 62, 64, 65] * 3) is None
