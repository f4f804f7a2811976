"""Which of several inputs gives the time."""

from __future__ import annotations

import pytest

from bandmate.bridge.events import Continue, Event, NoteOn, Position, Pulse, Start, Stop
from bandmate.daemon.ports.baton import GONE, SILENT, Baton

Score = list[tuple[float, str, Event]]
PERIOD = 60 / 120 / 24


def pulses(who: str, first: float, last: float) -> Score:
    return [(first + k * PERIOD, who, Pulse()) for k in range(round((last - first) / PERIOD))]


def heard(*scores: Score) -> Score:
    """Of what two inputs send, what is heard."""
    baton = Baton()
    events = sorted((each for score in scores for each in score), key=lambda each: each[0])
    return [each for each in events if baton.counts(each[1], each[2], each[0])]


def who(score: Score, first: float = 0, last: float = 1000) -> list[str]:
    """Who is heard between two seconds."""
    return sorted({name for at, name, _ in score if first <= at < last})


def test_of_two_clocks_the_first_is_heard() -> None:
    found = heard(pulses("keys", 0, 4), pulses("drums", 1.001, 4))
    assert found == pulses("keys", 0, 4)


def test_a_song_that_begins_is_followed_whatever_else_ticks() -> None:
    start: Score = [(2.0, "daw", Start())]
    found = heard(pulses("keys", 0, 8), start, pulses("daw", 2.001, 6), [(6.0, "daw", Stop())])
    assert who(found, 0, 2) == ["keys"]
    assert who(found, 2.001, 8) == ["daw"]


def test_a_position_that_another_tells_before_it_goes_on_is_heard() -> None:
    daw: Score = [(2.0, "daw", Position(16)), (2.0, "daw", Continue())]
    assert [event for _, name, event in heard(pulses("keys", 0, 3), daw) if name == "daw"] == [
        Position(16),
        Continue(),
    ]


@pytest.mark.parametrize("event", [Start(), Continue(), Position(8), Stop(), Pulse()])
def test_who_rolls_is_not_disturbed(event: Event) -> None:
    found = heard([(0.0, "daw", Start())], pulses("daw", 0.001, 4), [(2.0, "other", event)])
    assert who(found) == ["daw"]


def test_one_that_stands_and_is_silent_gives_way_to_pulses_and_one_that_rolled_only_when_it_is_gone() -> None:
    rolled: Score = [(0.0, "daw", Start()), *pulses("daw", 0.001, 1)]
    found = heard([*rolled, (1.0, "daw", Stop())], pulses("keys", 0.5, 1 + GONE + 2))
    assert who(found, 1 + SILENT + 0.1) == ["keys"]
    found = heard(rolled, pulses("keys", 0.5, 1 + GONE + 2))
    assert who(found, 1 + SILENT, 1 + GONE - 0.1) == []
    assert who(found, 1 + GONE + 0.1) == ["keys"]
    back = heard(rolled, pulses("keys", 0.5, 6), pulses("daw", 5, 6))
    assert who(back, 5) == ["daw"], "it comes back to its own time"


def test_one_that_is_closed_gives_way_at_once() -> None:
    baton = Baton()
    assert baton.counts("daw", Start(), 0.0)
    baton.drop("keys")
    assert not baton.counts("keys", Pulse(), 0.1)
    baton.drop("daw")
    assert baton.counts("keys", Pulse(), 0.2)


def test_notes_of_all_are_heard() -> None:
    note = NoteOn(1, 60, 80)
    found = heard([(0.0, "daw", Start()), (0.1, "keys", note), (0.1, "daw", note)])
    assert [name for _, name, event in found if event == note] == ["keys", "daw"]
