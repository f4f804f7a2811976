import pytest

from bandmate.bridge.events import Control, NoteOn, Program, Pulse, Start
from bandmate.daemon.leading.controls import (
    TAKEN,
    ControlMap,
    Controls,
    Ending,
    Fill,
    Freeze,
    HoldChord,
    LockKey,
    Panic,
    Run,
    SelectPreset,
    SetDensity,
    SetEnergy,
    SetLevel,
    SetMute,
    SetVariation,
    Tacet,
    Tap,
)

CONTROLS = Controls(ControlMap())


@pytest.mark.parametrize(
    ("number", "value", "command"),
    [
        (85, 0, SelectPreset(1)),
        (85, 127, SelectPreset(128)),
        (86, 0, SetDensity(0.0)),
        (86, 127, SetDensity(1.0)),
        (87, 127, SetVariation(1.0)),
        (89, 64, Freeze(True)),
        (89, 63, Freeze(False)),
        (90, 127, Panic()),
        (90, 0, None),
        (102, 127, SetLevel(0, 1.0)),
        (105, 0, SetLevel(3, 0.0)),
        (106, 127, SetMute(0, True)),
        (109, 0, SetMute(3, False)),
        (110, 127, SetEnergy(1.0)),
        (111, 64, LockKey(True)),
        (111, 63, LockKey(False)),
        (112, 64, Fill()),
        (112, 0, None),
        (113, 127, Tacet()),
        (113, 63, None),
        (114, 127, Ending()),
        (115, 127, HoldChord(True)),
        (115, 0, HoldChord(False)),
        (116, 127, Tap()),
        (116, 0, None),
        (117, 127, Run(True)),
        (117, 0, Run(False)),
        (88, 127, None),
        (64, 127, None),
        (120, 0, None),
        (123, 0, None),
    ],
)
@pytest.mark.parametrize("channel", [1, 10, 16])
def test_controllers(channel, number, value, command):
    assert CONTROLS.command(Control(channel, number, value), band={2, 3, 4, 10}) == command


def test_a_program_change_selects_but_not_the_bands_own_echo():
    assert CONTROLS.command(Program(1, 34)) == SelectPreset(34)
    assert CONTROLS.command(Program(2, 34), band={2, 3, 4, 10}) is None


@pytest.mark.parametrize("event", [NoteOn(1, 60, 90), Pulse(), Start()])
def test_anything_else_asks_for_nothing(event):
    assert CONTROLS.command(event) is None


def test_a_map_of_ones_own():
    own = Controls(ControlMap(density=20, mute=(30, 31, 32 + 1, 34)))
    assert own.command(Control(1, 20, 127)) == SetDensity(1.0)
    assert own.command(Control(1, 34, 127)) == SetMute(3, True)
    assert own.command(Control(1, 86, 127)) is None


def test_the_default_map_takes_no_number_that_means_something_else():
    numbers = ControlMap()
    used = [numbers.preset, numbers.density, numbers.variation, numbers.freeze, numbers.panic]
    used += [*numbers.level, *numbers.mute]
    assert len(set(used)) == len(used) == 13
    assert not set(used) & set(TAKEN)
    assert set(TAKEN) == {0, 1, 7, 10, 11, 32, 64, *range(120, 128)}
