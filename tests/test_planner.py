"""When decisions are due, and what is committed."""

from __future__ import annotations

import numpy as np
import pytest

from bandmate.daemon.answering.request import Answer
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.engine.planner import Commitment, Planner
from bandmate.daemon.hearing.memory import Memory
from bandmate.models.decoding import Score
from bandmate.models.harmony import NONE

FOUR, THREE, SEVEN, NINE = Metre(), Metre(3, 4), Metre(7, 8), Metre(9, 4)


def score(steps: int, pitch: int) -> Score:
    """Four parts that strike a pitch on every step."""
    planes = np.zeros((4, steps, 128), bool)
    planes[:, :, pitch] = True
    return Score(planes, planes, planes.astype(np.float32))


def answer(first: int, pitch: int, until: int = 32, preset: str = "pop") -> Answer:
    """An answer that plays one pitch, which also numbers its chord."""
    steps = until - first
    return Answer(0, 0, preset, first, score(steps, pitch), np.full(steps, pitch % 12), 0.0)


def heard(commitment: Commitment | None) -> tuple[int, int, int | None] | None:
    """First step, steps, and the pitch played (None: rest)."""
    if commitment is None:
        return None
    steps, pitches = np.nonzero(commitment.score.onset[0])
    assert len(commitment.chords) == commitment.score.steps
    if not len(steps):
        assert (commitment.chords == NONE).all()
        return commitment.first, commitment.score.steps, None
    assert steps.tolist() == list(range(commitment.score.steps))
    return commitment.first, commitment.score.steps, int(pitches[0])


def boundary(planner: Planner) -> tuple[int, int, int | None] | None:
    return heard(planner.boundary(Memory(), freeze=False))


@pytest.mark.parametrize(
    ("hop", "metre", "expected"),
    [
        (1, FOUR, [0, 1, 2, 3, 4]),
        (2, FOUR, [0, 2, 4, 6, 8]),
        (4, FOUR, [0, 4, 8, 12, 16]),
        (8, FOUR, [0, 8, 16, 24, 32]),
        (16, FOUR, [0, 16, 32, 48, 64]),
        (1, THREE, [0, 1, 2, 3, 4]),
        (2, THREE, [0, 2, 4, 6, 8]),
        (4, THREE, [0, 4, 8, 16, 20]),
        (8, THREE, [0, 8, 16, 24, 32]),
        (16, THREE, [0, 16, 32, 48, 64]),
        (4, SEVEN, [0, 4, 8, 12, 16, 20]),
        (16, NINE, [0, 16, 32, 48, 64]),
        (1, Metre(6, 8), [0, 1, 2, 4, 5, 6, 8]),
    ],
)
def test_hops_are_counted_from_each_bar_line_and_none_takes_no_time(
    hop: int, metre: Metre, expected: list[int]
) -> None:
    planner = Planner(hop, metre)
    begins = []
    for _ in expected:
        begins.append(planner.committed)
        assert planner.next_ask() == planner.committed
        planner.ask(planner.committed)
        planner.rest()
    assert begins == expected


@pytest.mark.parametrize(("step", "hop", "first"), [(0, 4, 0), (1, 4, 4), (4, 4, 4), (5, 8, 8), (9, 16, 16)])
def test_after_a_jump_the_next_hop_is_the_first_to_be_decided(step: int, hop: int, first: int) -> None:
    planner = Planner(hop, FOUR)
    planner.receive(answer(0, 60), -1)
    planner.begin(step)
    assert (planner.committed, planner.next_ask()) == (first, first)
    assert boundary(planner) == (first, hop, None), "older answers are void"


def test_an_answer_in_time_commits_a_hop() -> None:
    planner = Planner(4, FOUR)
    assert heard(planner.receive(answer(0, 60), -1)) == (0, 4, 60)
    assert heard(planner.receive(answer(4, 62), 3)) == (4, 4, 62)
    assert (planner.committed, planner.late) == (8, 0)


def test_an_answer_that_comes_early_waits_for_its_hop() -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    assert planner.receive(answer(8, 64), 1) is None
    assert boundary(planner) == (4, 4, 60), "the one before it plays on meanwhile"
    assert boundary(planner) == (8, 4, 64)


def test_several_early_answers_each_play_in_their_hop() -> None:
    planner = Planner(4, FOUR)
    for first in (8, 12, 4, 0):
        planner.receive(answer(first, 60 + first), -1)
    assert planner.committed == 4
    assert [boundary(planner) for _ in range(3)] == [(4, 4, 64), (8, 4, 68), (12, 4, 72)]


def test_where_no_answer_came_the_tail_of_the_latest_plays_to_its_end() -> None:
    planner = Planner(8, FOUR)
    planner.receive(answer(0, 60), -1)
    assert [boundary(planner) for _ in range(4)] == [(8, 8, 60), (16, 8, 60), (24, 8, 60), (32, 8, None)]


def test_a_late_answer_is_counted_and_serves_from_the_next_hop_on() -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    assert boundary(planner) == (4, 4, 60)
    assert planner.receive(answer(4, 62), 5) is None
    assert planner.late == 1
    assert boundary(planner) == (8, 4, 62)


@pytest.mark.parametrize(("step", "may"), [(3, False), (4, False), (5, True), (7, True), (8, False)])
def test_only_steps_inside_the_committed_hop_can_be_revised(step: int, may: bool) -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    planner.receive(answer(4, 60), 3)
    assert planner.revisable(step) is may


def test_a_revision_replaces_the_rest_of_the_hop_once() -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    planner.revise()
    assert not planner.revisable(2)
    assert heard(planner.receive(answer(2, 65), 1)) == (2, 2, 65)
    assert planner.committed == 4
    assert boundary(planner) == (4, 4, 65), "and is the backup from then on"
    assert planner.revisable(6)


def test_a_late_revision_is_no_late_decision() -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    planner.revise()
    assert planner.receive(answer(2, 65), 2) is None
    assert planner.late == 0


def test_rest_leaves_nothing_to_fall_back_on() -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    assert heard(planner.rest()) == (4, 4, None)
    assert boundary(planner) == (8, 4, None)


@pytest.mark.parametrize(("metre", "loop"), [(FOUR, 32), (THREE, 32), (Metre(5, 4), 64)])
def test_frozen_the_last_two_bars_are_repeated(metre: Metre, loop: int) -> None:
    memory, planner = Memory(), Planner(4, metre)
    for first in range(0, loop, 4):
        memory.write(first, score(4, 60 + first), np.full(4, first % 12))
    planner.begin(loop)
    planner.receive(answer(loop + 4, 30, loop + 32), loop - 1)
    played = [planner.boundary(memory, freeze=True) for _ in range(2)]
    assert [heard(each) for each in played] == [(loop, 4, 60), (loop + 4, 4, 64)]
    assert played[1].chords.tolist() == [4] * 4


def test_a_successor_goes_on_with_its_own_answers_only() -> None:
    old = Planner(4, FOUR)
    old.receive(answer(0, 60), -1)
    for _ in range(3):
        old.boundary(Memory(), freeze=False)
    old.receive(answer(16, 50, 48, "jazz"), 15)
    new = Planner(8, FOUR)
    new.take_over(old, "jazz")
    assert new.committed == 20
    assert boundary(new) == (20, 4, 50)
    assert boundary(new) == (24, 8, 50)


def test_answers_of_a_dismissed_preset_are_not_played() -> None:
    planner = Planner(4, FOUR)
    planner.receive(answer(0, 60), -1)
    planner.receive(answer(8, 50, preset="jazz"), 1)
    planner.dismiss("jazz")
    assert [boundary(planner) for _ in range(2)] == [(4, 4, 60), (8, 4, 60)]
