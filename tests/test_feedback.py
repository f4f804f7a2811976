"""What goes back to a controller with lamps and motors: where things stand in, controllers out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.bridge.events import Control, NoteOn
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap, Controls, SelectPreset
from bandmate.daemon.leading.feedback import EVERY, HOLD, MOST, Display, Feedback, value
from bandmate.daemon.leading.panel import Lamp, Panel
from bandmate.daemon.learn.lesson import SLOTS, Lesson
from bandmate.daemon.stage.surface import CLEAR, Surface

STILL = Panel(1, None, 0, 0, True, 0.5, 0.2, 0.5, (1.0, 0.9, 0.7, 0.6), (False,) * 4)
MAP = ControlMap(density=20, choose=(30, 31, 33))


def feedback(numbers: ControlMap = MAP, **channels: int) -> Feedback:
    return Feedback(numbers, Display(), {getattr(numbers, name): n for name, n in channels.items()})


def settled(ours: Feedback, panel: Panel, now: float = 0.0) -> dict[int, int]:
    """Shows until nothing is left to be shown: what was sent, by controller."""
    sent: dict[int, int] = {}
    while shown := ours.show(panel, now):
        assert len(shown) <= MOST
        sent |= {each.number: each.value for each in shown}
        now += EVERY
    return sent


def test_all_is_told_once_a_few_at_a_time() -> None:
    sent = settled(ours := feedback(), STILL)
    assert {20, 85, 87, 89, 102, 109, 110, 118, 119, 9, 30, 31, 33} <= set(sent)
    assert (sent[20], sent[87], sent[103], sent[106], sent[85]) == (64, 25, 114, 0, 0)
    assert (sent[30], sent[31]) == (127, 0)
    assert 90 not in sent
    assert settled(ours, STILL, 5) == {}


def test_what_changes_is_told_and_nothing_else() -> None:
    ours = feedback()
    settled(ours, STILL)
    assert ours.show(replace(STILL, density=1.0, mute=(False, True, False, False)), 1) == [
        Control(1, 20, 127),
        Control(1, 107, 127),
    ]


def test_a_control_is_told_on_the_channel_that_it_was_learned_or_moved_on() -> None:
    ours = feedback(density=3)
    assert Control(3, 20, 64) in [e for _ in range(9) for e in ours.show(STILL, 0)]
    ours.hear(Control(10, 112, 127), 1)
    assert ours.show(replace(STILL, fill=Lamp.ON), 2) == [Control(10, 112, 127)]


def test_a_fader_in_the_players_hand_is_left_alone() -> None:
    ours = feedback()
    settled(ours, STILL)
    for k in range(20):
        ours.hear(Control(1, 20, 64 + k), 1 + k / 20)
        assert ours.show(replace(STILL, density=(64 + k) / 127), 1 + k / 20) == []
    there = replace(STILL, density=83 / 127)
    assert ours.show(there, 1.95 + HOLD - 0.01) == []
    assert ours.show(there, 1.95 + HOLD) == [Control(1, 20, 83)]


def test_what_another_preset_moved_comes_back_after_the_hand_is_off() -> None:
    ours = feedback()
    settled(ours, STILL)
    ours.hear(Control(1, 102, 40), 1)
    assert ours.show(STILL, 1 + HOLD) == [Control(1, 102, 127)]


def test_a_device_that_sends_back_what_it_is_sent_starts_no_circle() -> None:
    ours, back = feedback(), 0
    sent: list[Control] = []
    for k in range(400):
        for event in sent:
            ours.hear(event, k * EVERY + 0.2)
        sent = ours.show(STILL, k * EVERY)
        back += len(sent)
    assert back == len(settled(feedback(), STILL))


def test_what_has_come_back_is_told_all_again() -> None:
    ours = feedback()
    first = settled(ours, STILL)
    ours.again()
    assert settled(ours, STILL, 1) == first


def test_what_was_called_blinks_and_what_is_there_is_lit() -> None:
    ours = feedback()
    settled(ours, STILL)
    called = replace(STILL, fill=Lamp.BLINKING, armed=2, run=True, bar=1, beat=1)
    assert settled(ours, called) == {112: 127, 9: 127, 31: 127, 85: 1, 116: 127, 117: 127, 118: 1, 119: 1}
    assert settled(ours, replace(called, lit=False)) == {112: 0, 9: 0, 31: 0, 116: 0}
    there = replace(called, preset=2, armed=None, fill=Lamp.ON, lit=False)
    assert settled(ours, there) == {30: 0, 31: 127, 112: 127}


def test_bars_are_counted_to_127_and_on_from_1() -> None:
    bars = {bar: settled(feedback(), replace(STILL, bar=bar))[118] for bar in (0, 1, 127, 128, 255)}
    assert bars == {0: 0, 1: 1, 127: 127, 128: 1, 255: 1}


def test_a_controller_that_moves_something_is_not_used_to_tell_something_else() -> None:
    ours = Feedback(ControlMap(fill=118), Display(beat=None), {})
    sent = settled(ours, replace(STILL, bar=7, beat=3))
    assert sent[118] == 0
    assert 119 not in sent


@given(st.floats(0, 1))
def test_a_share_is_within_a_controllers_range(share: float) -> None:
    assert 0 <= value(share) <= 127


@given(st.integers(0, 127))
def test_a_fader_is_told_exactly_where_it_is(place: int) -> None:
    assert value(place / 127) == place


moves = st.lists(st.tuples(st.floats(0, 0.5), st.integers(0, 127), st.integers(0, 127)), max_size=40)


@settings(deadline=None)
@given(moves)
def test_the_controller_shows_what_is_so_whatever_was_moved(moved: list[tuple[float, int, int]]) -> None:
    ours, device, now = feedback(), {}, 0.0
    for wait, number, place in moved:
        device |= {event.number: event.value for event in ours.show(STILL, now)}
        now += wait
        ours.hear(Control(1, number, place), now)
        device[number] = place
    device |= settled(ours, STILL, now + HOLD + 0.01)
    assert {number: device[number] for number in settled(feedback(), STILL)} == settled(feedback(), STILL)


def test_a_pad_chooses_the_preset_of_its_program_when_it_is_pressed() -> None:
    controls = Controls(MAP)
    assert controls.command(Control(1, 31, 127)) == SelectPreset(2)
    assert controls.command(Control(1, 31, 0)) is None


class Port:
    def __init__(self) -> None:
        self.sent: list[Control] = []

    def send(self, event: Any) -> None:
        self.sent.append(event)

    def close(self) -> None:
        pass


def test_nothing_is_shown_just_before_a_note_is_due() -> None:
    surface, port = Surface(feedback()), Port()
    surface.plug(port)
    assert surface.show(STILL, 1.0) == port.sent != []
    assert surface.due(None) == 1 + EVERY
    assert surface.due(1 + EVERY + CLEAR / 2) == 1 + EVERY + CLEAR / 2
    assert surface.due(1 + EVERY + 2 * CLEAR) == 1 + EVERY


Looks = dict[float, Panel]


def watched(stage: Any, score: Any, beats: list[float], until: float, **how: Any) -> Looks:
    """Where things stand on some beats of a performance."""
    found: Looks = {}

    def look(engine: Engine, now: float) -> None:
        found[round(2 * now, 3)] = engine.panel(now)

    stage.play(score, until, calls=[(beat, look) for beat in beats], **how)
    return found


@pytest.mark.parametrize(("name", "number"), [("fill", 112), ("tacet", 113), ("ending", 114)])
def test_a_call_blinks_until_its_place_and_is_lit_there(
    stage: Any, scores: ModuleType, name: str, number: int
) -> None:
    score = scores.tune([72] * 16) + scores.control(4.2, number, 127)
    seen = watched(stage, score, [4.1, 4.3, 6.5, 9, 13], 16)
    lamps = [getattr(panel, name) for panel in seen.values()]
    off, blinking, on = Lamp.OFF, Lamp.BLINKING, Lamp.ON
    wanted = {
        "fill": [off, blinking, on, off, off],
        "tacet": [off, blinking, on, off, off],
        "ending": [off, blinking, blinking, on, on],
    }
    assert lamps == wanted[name]


def test_the_panel_tells_what_was_moved_and_where_the_music_is(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 12)
    for beat, number, place in ((1.3, 86, 127), (1.4, 103, 20), (1.5, 107, 127), (1.6, 115, 127)):
        score += scores.control(beat, number, place)
    seen = watched(stage, score, [0.9, 5.1, 5.6], 8)
    before, after = seen[0.9], seen[5.1]
    assert (before.density, before.mute[1], before.hold, before.run) == (0.5, False, False, True)
    assert (after.density, after.mute[1], after.hold) == (1.0, True, True)
    assert value(after.level[1]) == 20
    assert (after.bar, after.beat, after.lit, seen[5.6].lit) == (2, 2, True, False)


def test_a_preset_that_waits_for_its_bar_line_is_armed(stage: Any, scores: ModuleType) -> None:
    rock = scores.preset("rock")
    seen = watched(stage, scores.tune([72] * 12), [4.5, 5.5, 8.5], 12, arms=[(5, rock, "rock")])
    assert [(p.preset, p.armed) for p in seen.values()] == [(1, None), (1, 3), (3, None)]


def test_a_key_lock_blinks_until_a_key_is_found(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([60, 62, 64, 65, 67, 69, 71, 72] * 3) + scores.control(0.5, 111, 127)
    seen = watched(stage, score, [0.4, 0.6, 20], 24)
    assert [p.key_lock for p in seen.values()] == [Lamp.OFF, Lamp.BLINKING, Lamp.ON]


def test_with_pickup_a_fader_takes_hold_where_its_control_stands(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 12)
    for k, place in enumerate((10, 40, 80, 90)):
        score += scores.control(1.1 + k, 86, place)
    seen = watched(stage, score, [1.5, 2.5, 3.5, 4.5], 8, settings=Settings(pickup=True))
    assert [value(p.density) for p in seen.values()] == [64, 64, 80, 90]
    seen = watched(stage, score, [1.5], 8)
    assert value(seen[1.5].density) == 10


def test_with_pickup_a_switch_is_obeyed_at_once(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 4) + scores.control(1.1, 107, 127)
    assert watched(stage, score, [1.5], 4, settings=Settings(pickup=True))[1.5].mute[1]


CUES = ("fill", "tacet", "ending", "hold", "key_lock")


@pytest.mark.parametrize("cue", CUES)
def test_a_cue_that_was_learned_is_obeyed_also_after_the_preset_has_changed(
    stage: Any, scores: ModuleType, cue: str
) -> None:
    """From the pad that is pressed in the lesson to the lamp that is lit at the place of the call."""
    lesson = Lesson(ControlMap())
    for place in range(len(SLOTS)):
        lesson.hear(Control(5, 70 + place, 127))
    number = getattr(lesson.numbers, cue)
    assert number >= 70
    score = scores.tune([60, 64, 67, 72] * 6) + scores.control(13.2, number, 127)
    rock, settings = scores.preset("rock"), Settings(controls=lesson.numbers)
    seen = watched(stage, score, [13.1, 15.5, 17], 20, settings=settings, arms=[(5, rock, "rock")])
    before, in_bar, after = (getattr(panel, cue) for panel in seen.values())
    assert seen[13.1].preset == 3
    assert before in (False, Lamp.OFF)
    assert (after if cue == "ending" else in_bar) in (True, Lamp.ON)


@pytest.mark.jack
def test_a_controller_on_a_real_port_shows_the_state_and_again_when_it_is_back(
    jack: Any, jackclient: ModuleType, home: Path
) -> None:
    (home / "config.yaml").write_text(
        "controls: {density: 20, choose: [29, 30, 31]}\nchannels: {density: 4}\n"
    )
    pads = jackclient.Device("Pads")
    playing = jackclient.Playing("--in", "Pads", "--feedback", "Pads", "--tempo", "150", "--no-record")

    def shows(*events: Control) -> bool:
        return bool(jackclient.until(lambda: all(event in pads.heard for event in events), 10))

    try:
        assert playing.says("is ready"), playing.said
        assert shows(Control(4, 20, 64), Control(1, 29, 127), Control(1, 118, 0))
        pads.heard.clear()
        pads.send(Control(2, 20, 100))
        pads.send(NoteOn(1, 67, 100))
        assert shows(Control(2, 20, 100), Control(1, 118, 1), Control(1, 119, 2), Control(1, 117, 127))
        pads.send(Control(1, 31, 127))
        assert shows(Control(1, 29, 0), Control(1, 85, 2))
        pads.unplug()
        assert playing.says("Pads in' is gone; it shows")
        pads = jackclient.Device("Pads")
        assert shows(Control(2, 20, 100), Control(1, 29, 0), Control(1, 31, 127))
        assert playing.end() == 0
        assert not any("Traceback" in line for line in playing.said)
    finally:
        playing.process.kill()
        pads.unplug()
