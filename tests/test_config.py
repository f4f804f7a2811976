import re
from pathlib import Path

import pytest

from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.config import Config, ConfigError, load, override, read
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.leading.feedback import Display
from bandmate.models.keys import Key
from bandmate.presets.home import folder, runtime


def test_everything_can_be_set():
    config = read("""
preset: symphony
in: Keystation
out: IAC Bus 1
when_lost: pause
output: single
part: 3
clock: midi
tempo: 96.5
metre: 6/8
send_clock: true
count_in: 2
key: F# minor
channel: 2
offset_ms: -12
part_offsets_ms: [0, 5, 0, -40]
clock_speed: half
start: count
tap_note: A0
split: C4
program_changes: false
record: no
controls:
  density: 20
  level: [21, 22, 23, 24]
  fill: 25
  key_lock: 26
  energy: 27
  tacet: 28
  ending: 29
  hold: 30
  tap: 31
  run: 33
  choose: [34, 35]
feedback: Pads
pickup: yes
display: {bar: 15, beat: null}
channels: {density: 4, mute: [1, 10], choose: [10, 1]}
""")
    assert config == Config(
        preset="symphony",
        in_port="Keystation",
        out_port="IAC Bus 1",
        when_lost="pause",
        output="single",
        part=3,
        clock="midi",
        tempo=96.5,
        metre=Metre(6, 8),
        send_clock=True,
        count_in=2,
        key=Key(6, "minor"),
        channel=2,
        offset_ms=-12,
        part_offsets_ms=(0, 5, 0, -40),
        clock_speed="half",
        start="count",
        tap_note=21,
        split=60,
        program_changes=False,
        record=False,
        controls=ControlMap(
            density=20,
            level=(21, 22, 23, 24),
            fill=25,
            key_lock=26,
            energy=27,
            tacet=28,
            ending=29,
            hold=30,
            tap=31,
            run=33,
            choose=(34, 35),
        ),
        feedback="Pads",
        pickup=True,
        display=Display(bar=15, beat=None, armed=9),
        channels={("density", 0): 4, ("mute", 1): 10, ("choose", 0): 10},
    )


@pytest.mark.parametrize("text", ["", "# all as it comes\n", "{}"])
def test_nothing_said_is_the_defaults(text):
    assert read(text) == Config()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("tempo: 900", "config.yaml, line 1: tempo must be a number from 20 to 300, not '900'"),
        ("outptu: split", "config.yaml, line 1: outptu: no such field; did you mean 'output'?"),
        ("output: spilt", "must be one of multichannel, split, single, not 'spilt'; did you mean 'split'?"),
        ("when_lost: cry", "when_lost must be one of carry_on, pause, not 'cry'"),
        ("metre: waltz", "config.yaml, line 1: metre is wrong: 'waltz' is no metre; write one as 3/4"),
        ("metre: 3/5", "config.yaml, line 1: metre is wrong: a bar of 3/5 is no whole number of 16ths"),
        ("key: H7", "config.yaml, line 1: key is wrong: 'H7' is no key; write one as G, F# minor"),
        ("channel: 17", "config.yaml, line 1: channel must be a whole number from 1 to 16, not '17'"),
        ("display: {bar: 86}", "display.bar can't be CC 86, which moves density; give each its own"),
        ("display: {bar: 130}", "display.bar must be a whole number from 0 to 119, not '130'"),
        ("channels: {fill: 17}", "channels.fill must be a whole number from 1 to 16, not '17'"),
        ("channels: {mute: [0]}", "channels.mute must be channels, which count from 1 to 16"),
        ("controls: {choose: 20}", "controls.choose must be a list of 0 to 8 whole numbers, not '20'"),
        ("controls: {choose: [20, 86]}", "controls.choose can't be CC 86, which moves density"),
        ("split: Q4", "config.yaml, line 1: split is wrong: 'Q4' is no note name"),
        ("in: ''", "config.yaml, line 1: in must be a word"),
        ("controls: 85", "config.yaml, line 1: controls must be fields"),
        ("controls: {densty: 3}", "line 1: controls.densty: no such field; did you mean 'density'?"),
        ("controls:\n  level: [1, 2]", "line 2: controls.level must be a list of 4 whole numbers"),
        ("controls:\n  level: 102", "line 2: controls.level must be a list of 4 whole numbers, not '102'"),
        (
            "controls:\n  mute: [20, 21, 22, 200]",
            "controls.mute can't be CC 200; controllers count from 0 to 119",
        ),
        (
            "controls:\n  panic: 86",
            "line 2: controls.panic can't be CC 86, which moves density; give each its own",
        ),
    ],
)
def test_a_mistake_is_named_with_line_and_field(text, sentence):
    with pytest.raises(ConfigError) as caught:
        read(text)
    assert sentence in str(caught.value)


@pytest.mark.parametrize("number", [0, 1, 7, 10, 11, 32, 64, *range(120, 128)])
def test_numbers_with_a_meaning_of_their_own_are_refused(number):
    with pytest.raises(
        ConfigError, match=rf"controls\.panic can't be CC {number}, which is .*; 102-119 are free"
    ):
        read(f"controls: {{panic: {number}}}")
    with pytest.raises(ConfigError, match=rf"controls\.mute can't be CC {number}, which is"):
        read(f"controls: {{mute: [20, 21, 22, {number}]}}")


def test_all_mistakes_are_told_at_once():
    with pytest.raises(ConfigError) as caught:
        read("tempo: fast\nclock: sundial\ncontrols:\n  panic: 7\n  density: x\n")
    assert [line.split(":")[0] for line in str(caught.value).splitlines()] == [
        f"config.yaml, line {line}" for line in (1, 2, 4, 5)
    ]


def test_no_file_is_the_defaults_and_a_folder_in_its_place_is_an_error(tmp_path):
    assert load(tmp_path / "config.yaml") == Config()
    (tmp_path / "config.yaml").mkdir()
    with pytest.raises(ConfigError, match="can't be read"):
        load(tmp_path / "config.yaml")


def test_a_file_is_read(tmp_path):
    (tmp_path / "config.yaml").write_text("tempo: 90\n", encoding="utf-8")
    assert load(tmp_path / "config.yaml") == Config(tempo=90)


def test_the_users_folder_is_where_the_environment_says(monkeypatch):
    monkeypatch.setenv("BANDMATE_HOME", "/somewhere/else")
    assert folder() == Path("/somewhere/else")
    assert folder("presets") == Path("/somewhere/else/presets")
    monkeypatch.delenv("BANDMATE_HOME")
    assert folder("takes").parts[-2:] == ("bandmate", "takes")


def test_what_sounds_is_noted_in_memory_where_there_is_a_folder_for_it(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/user/1000")
    monkeypatch.setenv("BANDMATE_HOME", "/somewhere/else")
    assert runtime("sounding") == Path("/somewhere/else/state/sounding")
    monkeypatch.delenv("BANDMATE_HOME")
    assert runtime("sounding") == Path("/run/user/1000/bandmate/sounding")
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    assert runtime("sounding") == folder("state", "sounding")


def test_a_flag_that_is_given_wins():
    config = override(Config(tempo=90, part=2), tempo=100.0, part=None, record=False)
    assert config == Config(tempo=100, part=2, record=False)


def test_the_example_in_the_guide_is_what_is_so_anyway():
    guide = Path(__file__).parent.parent / "docs" / "controls.md"
    example = re.findall(r"```yaml\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)[-1]
    assert read(example) == Config()
