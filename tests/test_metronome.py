"""Leading: taps, the count-in, the clock that goes out."""

from __future__ import annotations

from itertools import pairwise
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge.events import Event, NoteOff, NoteOn, Pulse, Start, Stop
from bandmate.daemon.clock.metre import Grid, Metre
from bandmate.daemon.clock.tap import Taps
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.sending.metronome import Metronome

MAP = ControlMap()


@pytest.mark.parametrize(
    ("times", "bpm"),
    [
        ([0.0], None),
        ([0.0, 0.5], 120),
        ([0.0, 0.5, 1.02, 1.5, 2.0], 120),
        ([0.0, 0.5, 1.0, 3.5], None),
        ([0.0, 0.5, 1.0, 3.5, 3.9], 150),
        ([0.0, 0.5, 1.0, 1.3], 200),
        ([0.0, 0.5, 1.0, 1.3, 1.6, 1.9], 200),
        ([0.0, 0.01], None),
        ([0.0, 0.0], None),
    ],
)
def test_the_tempo_is_the_median_of_the_last_taps(times: list[float], bpm: float | None) -> None:
    taps = Taps()
    told = [taps.tap(time) for time in times]
    assert told[-1] == (None if bpm is None else pytest.approx(bpm, rel=0.01))


def clicks(metre: Metre, bars: int) -> list[tuple[int, Event]]:
    metronome = Metronome(Grid(metre=metre), clock=False)
    metronome.count_in(384, bars)
    return [(due.tick, due.event) for due in metronome.due(1000, -1000)]


@pytest.mark.parametrize(
    ("metre", "bars", "beats"),
    [
        (Metre(), 1, [288, 312, 336, 360]),
        (Metre(3, 4), 2, [240, 264, 288, 312, 336, 360]),
        (Metre(6, 8), 1, [312, 348]),
        (Metre(5, 4), 1, [264, 288, 312, 336, 360]),
    ],
)
def test_every_beat_is_clicked_and_the_first_of_a_bar_is_another_click(
    metre: Metre, bars: int, beats: list[int]
) -> None:
    struck = [(tick, event) for tick, event in clicks(metre, bars) if isinstance(event, NoteOn)]
    assert [tick for tick, _ in struck] == beats
    loud = [tick for tick, event in struck if event.velocity > 100]
    assert loud == beats[:: len(beats) // bars]


def test_a_click_that_sounds_ends_when_all_is_halted() -> None:
    metronome = Metronome(Grid(), clock=True)
    metronome.count_in(96, 1)
    metronome.lead(96)
    (click,) = metronome.due(1, 0)
    assert isinstance(click.event, NoteOn)
    assert metronome.halt() == [NoteOff(10, click.event.pitch)]
    assert metronome.halt() == []
    assert metronome.next_tick() is None


def sent(heard: Any, *kinds: type) -> list[float]:
    return [beat for beat, event in heard.sent if isinstance(event, kinds)]


def test_while_we_lead_the_clock_goes_out_on_every_tick(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(1, 72, 6), 6, settings=Settings(send_clock=True))
    assert sent(heard, Start) == [1.0]
    assert sent(heard, Pulse) == pytest.approx([1 + k / 24 for k in range(24 * 5)], abs=1e-3)
    assert sent(heard, Stop) == [6.0]
    assert heard.struck(scores.KICK) == scores.beats(2, 5)


def test_where_a_daw_leads_no_clock_goes_out(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(0, 8) + scores.note(0.1, 72, 6), 8, settings=Settings(send_clock=True))
    assert sent(heard, Start, Pulse, Stop) == []
    assert heard.struck(scores.KICK)


def test_set_running_it_counts_in_and_goes_on_through_rests_until_stopped(
    stage: Any, scores: ModuleType
) -> None:
    switch = scores.control(0, MAP.run, 127) + scores.control(30.5, MAP.run, 0)
    how = Settings(send_clock=True, count_in=1)
    heard = stage.play(switch + scores.note(4, 72, 2), 40, settings=how)
    counted = [beat for beat, e in heard.sent if isinstance(e, NoteOn) and e.pitch in (76, 77)]
    assert counted[:4] == [0.0, 1.0, 2.0, 3.0]
    assert sent(heard, Start) == [4.0]
    assert sent(heard, Pulse)[-1] == pytest.approx(30.5, abs=0.05)
    assert sent(heard, Stop) == [30.5]
    kicks = [beat for beat, e in heard.sent if isinstance(e, NoteOn) and e.pitch == 36]
    assert kicks[0] == 5.0


def test_taps_set_the_tempo_while_the_music_goes_on(stage: Any, scores: ModuleType) -> None:
    taps = [each for k in range(4) for each in scores.control(4 + 0.8 * k, MAP.tap, 127)]
    heard = stage.play(scores.note(0, 72, 14) + taps, 14)
    late = [beat for beat in heard.struck(scores.KICK) if beat > 7.5]
    assert [b - a for a, b in pairwise(late)] == pytest.approx([0.8] * (len(late) - 1), abs=0.01)
    assert heard.engine.transport.bpm == pytest.approx(150, abs=0.5)


def counted(scores: ModuleType, begin: float, every: float, strikes: int = 4, pitch: int = 60) -> Any:
    return [each for k in range(strikes) for each in scores.note(begin + k * every, pitch, 0.2)]


@pytest.mark.parametrize("every", [0.75, 1.0, 1.3])
def test_a_bar_counted_in_with_one_key_sets_tempo_and_downbeat(
    stage: Any, scores: ModuleType, every: float
) -> None:
    score = counted(scores, 0.0, every) + scores.note(4 * every, 72, 6 * every)
    heard = stage.play(score, 12 * every, None, Settings(counted=True))
    downbeat = 4 * every
    kicks = heard.struck(scores.KICK)
    assert kicks[:3] == pytest.approx([downbeat + every * k for k in (1, 2, 3)], abs=0.01)
    assert heard.engine.transport.bpm == pytest.approx(120 / every)
    assert heard.requests[0].beat_in_bar in (0, 1)


def test_what_counts_is_no_music_and_what_does_not_begins_nothing(stage: Any, scores: ModuleType) -> None:
    melody = scores.tune([72, 74, 76, 77, 79, 77], 0.0)
    heard = stage.play(melody, 8, None, Settings(counted=True))
    assert heard.engine.timeline is None
    uneven = [*scores.note(0, 60, 0.2), *scores.note(1, 60, 0.2), *scores.note(2.6, 60, 0.2)]
    heard = stage.play([*uneven, *scores.note(3.6, 60, 0.2)], 8, None, Settings(counted=True))
    assert heard.engine.timeline is None


def test_a_waltz_is_counted_to_three(stage: Any, scores: ModuleType) -> None:
    settings = Settings(counted=True, metre=Metre(3, 4))
    heard = stage.play(counted(scores, 0.0, 1.0, 3) + scores.note(3, 72, 6), 8, None, settings)
    assert heard.struck(scores.KICK)[:2] == pytest.approx([4, 5], abs=0.01)


def test_six_eighths_are_counted_in_two_dotted_beats(stage: Any, scores: ModuleType) -> None:
    settings = Settings(counted=True, metre=Metre(6, 8))
    heard = stage.play(counted(scores, 0.0, 1.5, 2) + scores.note(3, 72, 6), 8, None, settings)
    assert heard.engine.transport.bpm == pytest.approx(120)


def test_under_a_daws_clock_nothing_is_counted(stage: Any, scores: ModuleType) -> None:
    score = scores.pulses(0, 8) + scores.tune([72] * 8, 0.1)
    heard = stage.play(score, 8, None, Settings(counted=True))
    assert heard.struck(scores.KICK)


def test_a_key_taps_the_tempo_and_is_not_heard(stage: Any, scores: ModuleType) -> None:
    taps = [each for k in range(4) for each in scores.note(0.8 * k, 21, 0.1)]
    heard = stage.play(taps, 4, None, Settings(tap_note=21))
    assert heard.engine.timeline is None
    assert heard.engine.transport.bpm == pytest.approx(150)


def test_clicks_that_would_be_late_are_not_struck() -> None:
    metronome = Metronome(Grid(), clock=False)
    metronome.count_in(96, 1)
    late = metronome.due(50, 47)
    assert [(due.tick, type(due.event)) for due in late] == [(48, NoteOn)]
    assert [(due.tick, type(due.event)) for due in metronome.due(71, 71)] == [(52, NoteOff)]
