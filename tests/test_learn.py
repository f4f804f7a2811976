"""MIDI learn: what is moved in, the map out; and the command around it."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any, ClassVar

import click
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from bandmate.bridge.events import Control, Event, NoteOn, Program, Pulse
from bandmate.bridge.names import PortError, Ports
from bandmate.daemon.cli import main
from bandmate.daemon.config import load, read
from bandmate.daemon.leading.controls import PADS, TAKEN, ControlMap
from bandmate.daemon.learn.lesson import SLOTS, Lesson

MUTE = next(place for place, slot in enumerate(SLOTS) if slot.field == "mute")
PANIC = next(place for place, slot in enumerate(SLOTS) if slot.field == "panic")


def lesson(skipped: int = 0) -> Lesson:
    new = Lesson(ControlMap())
    for _ in range(skipped):
        new.skip()
    return new


def cc(number: int, value: int = 100) -> Control:
    return Control(1, number, value)


def flat(numbers: ControlMap) -> list[int]:
    values = [getattr(numbers, each.name) for each in fields(numbers)]
    return [n for value in values for n in (value if isinstance(value, tuple) else (value,))]


def test_every_control_is_asked_for_once() -> None:
    asked = [(slot.field, slot.part) for slot in SLOTS]
    wanted = []
    for each in fields(ControlMap):
        whole = getattr(ControlMap(), each.name)
        wanted += (
            [(each.name, p) for p in range(len(whole) or PADS)]
            if isinstance(whole, tuple)
            else [(each.name, None)]
        )
    assert sorted(asked, key=str) == sorted(wanted, key=str)


def test_the_first_controller_moved_is_taken() -> None:
    ours = lesson()
    assert ours.hear(cc(20, 3)) == ["CC 20"]
    assert ours.numbers == ControlMap(preset=20)
    assert ours.prompt == "2/29  density: how much the band plays: move a fader or knob (now CC 86)"


def test_controls_are_given_one_after_the_other() -> None:
    ours = lesson()
    for place in range(len(SLOTS)):
        ours.hear(cc(70 + place))
    assert ours.done
    assert ours.numbers.level == (74, 75, 76, 77)
    assert ours.numbers.panic == 70 + PANIC
    assert ours.hear(cc(90)) == []


@pytest.mark.parametrize("event", [cc(64), cc(120), cc(127), NoteOn(1, 60, 80), Program(1, 3), Pulse()])
def test_what_is_no_controller_of_the_users_is_not_even_mentioned(event: Event) -> None:
    ours = lesson()
    assert ours.hear(event) == []
    assert ours.numbers == ControlMap()


def test_what_means_something_else_to_everybody_is_refused_once() -> None:
    ours = lesson()
    said = [ours.hear(cc(1, value)) for value in range(5)]
    assert said == [["CC 1 is the modulation wheel; move another"], [], [], [], []]
    ours.skip()
    assert ours.hear(cc(1)) != []


def test_a_fader_that_still_moves_is_not_taken_for_the_next_control_nor_refused() -> None:
    ours = lesson()
    said = [ours.hear(cc(20, value)) for value in range(60, 90)]
    assert [each for each in said if each] == [["CC 20"]]
    ours.rest()
    assert ours.hear(cc(20)) == [
        "CC 20 is 'choose a preset (Program Change does it, too)' already; move another"
    ]
    assert ours.hear(cc(21)) == ["CC 21"]


def test_a_pad_is_taken_when_it_is_pressed() -> None:
    ours = lesson(MUTE)
    assert ours.hear(cc(40, 0)) == []
    assert ours.hear(cc(40, 127)) == ["CC 40"]
    assert ours.hear(cc(40, 0)) == []
    assert ours.numbers.mute == (40, 107, 108, 109)


def test_a_control_whose_controller_is_taken_gets_the_other_one() -> None:
    ours = lesson(1)
    said = ours.hear(cc(87))
    assert said[0] == "CC 87"
    assert "'variation: how freely the band plays' is CC 86 now" in said[1]
    assert (ours.numbers.density, ours.numbers.variation) == (87, 86)


def test_what_it_has_may_be_given_again() -> None:
    ours = lesson(1)
    assert ours.hear(cc(86)) == ["CC 86"]
    assert ours.numbers == ControlMap()
    assert ours.learned == 1


moves = st.lists(st.one_of(st.none(), st.tuples(st.integers(0, 127), st.integers(0, 127))), max_size=60)


@given(moves)
def test_the_map_is_sound_whatever_is_moved(moved: list[tuple[int, int] | None]) -> None:
    ours = lesson()
    for move in moved:
        if move is None:
            ours.skip()
        else:
            ours.hear(cc(*move))
    numbers = flat(ours.numbers)
    assert len(set(numbers)) == len(numbers)
    assert not set(numbers) & set(TAKEN)


class Door:
    name = "Keys"
    peer: str | None = "Keys"

    def close(self) -> None:
        pass


class Midi:
    """Stands in for the machine's MIDI system: an open port delivers what `moved` holds at once."""

    moved: ClassVar[list[Event]] = []
    vanished = False

    def open_input(self, name: str | None, deliver: Callable[[Event, float], None], virtual: str) -> Door:
        if name == "Busy":
            raise PortError("Busy is busy")
        for event in self.moved:
            deliver(event, 0.0)
        return Door()

    def names(self) -> Ports:
        return Ports((() if self.vanished else ("Keys",)), ())

    def close(self) -> None:
        pass


@pytest.fixture
def learn(home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Run the command: these controllers are moved, then these lines typed."""
    monkeypatch.setattr("bandmate.bridge.ports.Midi", Midi)

    def run(moved: list[Event], typed: str = "", *options: str) -> Result:
        monkeypatch.setattr(Midi, "moved", moved)
        return CliRunner().invoke(main, ["learn", *options], input=typed)

    return run


def test_what_was_learned_is_in_config_beside_all_else(home: Path, learn: Callable[..., Result]) -> None:
    path = home / "config.yaml"
    path.write_text("preset: jazz  # mine\ncontrols:\n  density: 30\n")
    done = learn([cc(20), cc(21)], "\n\nend\n")
    assert done.exit_code == 0, done.output
    assert path.read_text() == "preset: jazz  # mine\ncontrols:\n  density: 21\n  preset: 20\n"
    assert "5/29" in done.output
    assert f"2 controls learned and written into {path}" in done.output
    assert [each.name for each in home.glob(".*")] == []


def test_the_channel_that_a_control_came_on_is_kept(home: Path, learn: Callable[..., Result]) -> None:
    path = home / "config.yaml"
    path.write_text("channels: {density: 3, mute: [1, 1, 7]}\n")
    learn([Control(5, 20, 1), *[cc(21 + k) for k in range(7)], Control(10, 30, 127)], "end\n")
    config = load(path)
    assert (config.controls.preset, config.controls.mute[0]) == (20, 30)
    assert config.channels == {("preset", 0): 5, ("mute", 0): 10, ("mute", 2): 7}


def test_pads_for_presets_are_learned_one_after_the_other_until_one_is_left_out() -> None:
    ours = lesson(PANIC + 1)
    assert ours.prompt == "22/29  a pad for the preset of program 1: press a pad or button (now none)"
    assert ours.hear(cc(86)) == ["CC 86 is 'density: how much the band plays' already; move another"]
    assert ours.hear(cc(41)) == ["CC 41"]
    assert ours.hear(cc(42)) == ["CC 42"]
    ours.skip()
    assert ours.done
    assert ours.numbers.choose == (41, 42)


def test_a_config_is_made_where_there_is_none(home: Path, learn: Callable[..., Result]) -> None:
    learn([cc(70 + k) for k in range(len(SLOTS))])
    assert load(home / "config.yaml").controls.mute == (78, 79, 80, 81)


@pytest.mark.parametrize("typed", ["", "end\n", "\n" * len(SLOTS)])
def test_nothing_learned_is_nothing_written(home: Path, learn: Callable[..., Result], typed: str) -> None:
    done = learn([], typed)
    assert done.exit_code == 0
    assert done.output.endswith("nothing was changed\n")
    assert not (home / "config.yaml").exists()


def test_a_port_that_does_not_open_is_one_sentence(learn: Callable[..., Result]) -> None:
    done = learn([], "", "--in", "Busy")
    assert (done.exit_code, done.output) == (1, "Error: Busy is busy\n")


class Waiting(io.StringIO):
    """A terminal at which nobody types."""

    def __next__(self) -> str:
        threading.Event().wait()
        return ""


def test_a_port_that_is_lost_ends_the_lesson(
    home: Path, learn: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Midi, "moved", [cc(20)])
    monkeypatch.setattr(Midi, "vanished", True)
    monkeypatch.setattr(sys, "stdin", Waiting())
    with pytest.raises(click.ClickException, match="the port 'Keys' is gone and nothing was written"):
        main(["learn"], standalone_mode=False)
    assert not (home / "config.yaml").exists()


def test_a_broken_config_is_not_touched(home: Path, learn: Callable[..., Result]) -> None:
    (home / "config.yaml").write_text("tempo: fast\n")
    assert "config.yaml, line 1" in learn([cc(20)]).output
    assert (home / "config.yaml").read_text() == "tempo: fast\n"


@pytest.mark.jack
def test_it_learns_from_a_real_port(home: Path, daw: Callable[..., Any]) -> None:
    line = [sys.executable, "-m", "bandmate.daemon", "learn"]
    with subprocess.Popen(line, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            box = daw("box")
            box.play_to("bandmate learn", timeout=20)
            assert "Enter leaves a control" in process.stdout.readline()
            assert process.stdout.readline().startswith("1/29")
            box.send(cc(20))
            assert process.stdout.readline().strip() == "CC 20"
            process.stdin.write("end\n")
            process.stdin.flush()
            assert process.wait(20) == 0
        finally:
            process.kill()
    assert read((home / "config.yaml").read_text()).controls == ControlMap(preset=20)
