"""The band's own events, coming back: what was sent and what arrived in, what is heard out."""

from __future__ import annotations

import pytest

from bandmate.bridge.events import (
    Continue,
    Control,
    Event,
    NoteOff,
    NoteOn,
    Position,
    Program,
    Pulse,
    Start,
    Stop,
)
from bandmate.daemon.ports.echo import WINDOW, Echo

Score = list[tuple[float, Event]]


def heard(sent: Score, arrived: Score) -> Score:
    """Of what arrived, at seconds, what is no echo; at the same moment things are sent first."""
    echo, kept = Echo(), []
    times = [(at, 0, event) for at, event in sent] + [(at, 1, event) for at, event in arrived]
    for at, way, event in sorted(times, key=lambda each: each[:2]):
        if way == 0:
            echo.send(event, at)
        elif not echo.explains(event, at):
            kept.append((at, event))
    return kept


BASS: Score = [(0.0, NoteOn(2, 40, 81)), (0.5, NoteOff(2, 40))]


@pytest.mark.parametrize("channel", [1, 2, 9])
@pytest.mark.parametrize("delay", [0.0, 0.02, WINDOW - 0.01])
def test_a_note_that_comes_back_is_not_heard_on_any_channel(channel: int, delay: float) -> None:
    echo: Score = [(delay, NoteOn(channel, 40, 81)), (0.5 + delay, NoteOff(channel, 40))]
    assert heard(BASS, echo) == []


@pytest.mark.parametrize(
    "played",
    [
        [(0.02, NoteOn(1, 40, 80)), (0.52, NoteOff(1, 40))],  # as high, but not as loud
        [(0.02, NoteOn(1, 41, 81)), (0.52, NoteOff(1, 41))],
        [(WINDOW + 0.01, NoteOn(1, 40, 81)), (0.52, NoteOff(1, 40))],
        [(0.02, Control(1, 64, 127)), (0.3, Pulse())],
    ],
)
def test_what_the_player_plays_is_heard_whole(played: Score) -> None:
    assert heard(BASS, played) == played


def test_each_note_sent_explains_one_that_arrives() -> None:
    twice: Score = [(0.01, NoteOn(1, 40, 81)), (0.03, NoteOn(1, 40, 81))]
    assert heard(BASS, twice) == twice[1:]


def test_the_players_key_on_the_pitch_of_an_echo_is_let_go_by_the_player() -> None:
    """Both hold the same pitch on the same channel; the band's note ends first, the player's later."""
    player: Score = [(0.1, NoteOn(1, 40, 99)), (0.9, NoteOff(1, 40))]
    echo: Score = [(0.02, NoteOn(1, 40, 81)), (0.52, NoteOff(1, 40))]
    assert heard(BASS, sorted(player + echo, key=lambda each: each[0])) == player


def test_a_key_that_is_let_go_as_the_band_ends_that_pitch_is_let_go() -> None:
    player: Score = [(0.1, NoteOn(1, 40, 99)), (0.51, NoteOff(1, 40))]
    assert heard(BASS, player) == player


def test_an_echo_whose_end_comes_late_ends_nothing_of_the_players() -> None:
    echo: Score = [(0.02, NoteOn(1, 40, 81)), (0.5 + 2 * WINDOW, NoteOff(1, 40))]
    assert heard(BASS, echo) == []


def test_sounds_and_a_panic_that_come_back_ask_for_nothing() -> None:
    sent: Score = [(0.0, Program(3, 5)), (0.0, Control(3, 123, 0))]
    assert heard(sent, [(0.03, Program(1, 5)), (0.03, Control(1, 123, 0))]) == []
    assert heard(sent, [(0.03, Program(1, 6))]) == [(0.03, Program(1, 6))]


CLOCK: Score = [(0.0, Start()), *((0.02 * k, Pulse()) for k in range(50)), (1.0, Stop())]


@pytest.mark.parametrize("delay", [0.0, 0.03, WINDOW - 0.01])
def test_a_clock_of_ours_that_comes_back_is_not_followed(delay: float) -> None:
    assert heard(CLOCK, [(at + delay, event) for at, event in CLOCK]) == []


@pytest.mark.parametrize("begins", [[Start()], [Position(16), Continue()]])
def test_a_song_that_begins_while_we_lead_is_heard_from_its_first_pulse_on(begins: list[Event]) -> None:
    """We stop sending when it does."""
    daw: Score = [(0.505, event) for event in begins] + [(0.51 + 0.02 * k, Pulse()) for k in range(30)]
    assert heard([each for each in CLOCK if each[0] < 0.505], daw) == daw


def test_an_hour_of_notes_leaves_nothing_behind() -> None:
    echo = Echo()
    for k in range(30_000):
        at, pitch = 0.12 * k, 30 + k % 60
        echo.send(NoteOn(3, pitch, 80), at)
        assert echo.explains(NoteOn(1, pitch, 80), at + 0.01)
        echo.send(NoteOff(3, pitch), at + 0.1)
        assert echo.explains(NoteOff(1, pitch), at + 0.11)
    assert not echo._echoed
    assert not echo._held
    assert len(echo._sent) <= 4
