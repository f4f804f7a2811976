"""The command line as a user meets it: what it writes, and one sentence for each thing that goes wrong."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import pytest
from click.testing import CliRunner, Result

from bandmate.bridge.events import Control, Event
from bandmate.bridge.loopback import Output
from bandmate.bridge.names import PortError, Ports
from bandmate.daemon.cli import main
from bandmate.daemon.progress import progress


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def ok(*arguments: str | Path) -> str:
    """What a command says that ends well."""
    done = run(*arguments)
    assert done.exit_code == 0, done.output
    return done.output


def refused(*arguments: str | Path, status: int = 1) -> str:
    """What a command says that ends badly, without the word Error: a sentence, and no traceback."""
    done = run(*arguments)
    assert done.exit_code == status, done.output
    assert isinstance(done.exception, SystemExit)
    assert "Traceback" not in done.output
    return done.output.rpartition("Error: ")[2].strip()


@pytest.fixture
def tune(tmp_path: Path) -> Path:
    """Two bars in 3/4 at 90 bpm, a note a beat."""
    file = mido.MidiFile(ticks_per_beat=96)
    track = file.add_track("tune")
    track.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(90)))
    track.append(mido.MetaMessage("time_signature", numerator=3, denominator=4))
    for pitch in (72, 74, 76, 77, 79, 72):
        track.append(mido.Message("note_on", note=pitch, velocity=90, time=0))
        track.append(mido.Message("note_off", note=pitch, time=96))
    path = tmp_path / "tune.mid"
    file.save(path)
    return path


class Midi:
    """Stands in for the machine's MIDI system."""

    ports = Ports(("Keys",), ("DAW", "Synth"))
    sent: list[Event]

    def __init__(self) -> None:
        Midi.sent = []

    def names(self) -> Ports:
        return self.ports

    def own(self, name: str) -> bool:
        return name.startswith("bandmate")

    def open_output(self, name: str | None, virtual: str = "bandmate out") -> Output:
        if name == "Synth":
            raise PortError("Synth is busy")
        port = Output(lambda event, now: Midi.sent.append(event), lambda: 0.0, name or virtual)
        port.peer = name
        return port

    def close(self) -> None:
        pass


@pytest.fixture
def midi(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bandmate.bridge.ports.Midi", Midi)
    monkeypatch.setattr("bandmate.daemon.stage.play.Midi", Midi)
    monkeypatch.setattr("signal.signal", lambda *_: None)


def test_help_names_every_command() -> None:
    said = ok("--help")
    for command in (
        "demo",
        "render",
        "play",
        "ports",
        "presets",
        "models",
        "panic",
        "learn",
        "selftest",
        "service",
    ):
        assert f"  {command} " in said
        assert ok(command, "--help") == ok(command, "-h")


def test_version_is_the_packages() -> None:
    assert ok("--version") == f"bandmate, version {version('bandmate')}\n"


def test_a_command_is_needed_and_must_be_known() -> None:
    assert run().exit_code != 0
    assert refused("sing", status=2) == "No such command 'sing'."


def test_render_keeps_tempo_and_metre_and_adds_four_parts(home: Path, tune: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.mid"
    assert ok("render", tune, "--out", out) == f"{out}: 2 bars of 'tune' with pop\n"
    file = mido.MidiFile(out)
    assert [track.name for track in file.tracks] == ["tune", "melody", "drums", "bass", "keys", "strings"]
    metas = {message.type: message for message in file.tracks[0]}
    assert metas["set_tempo"].tempo == mido.bpm2tempo(90)
    assert metas["time_signature"].numerator == 3
    channels = [{message.channel + 1 for message in track if not message.is_meta} for track in file.tracks]
    assert channels == [set(), {1}, {10}, {2}, {3}, {4}]


@pytest.mark.parametrize("mode", ["live", "respond", "offline"])
def test_the_same_seed_gives_the_same_bytes(home: Path, tune: Path, tmp_path: Path, mode: str) -> None:
    files = [tmp_path / f"{k}.mid" for k in range(2)]
    for file in files:
        ok("render", tune, "--out", file, "--mode", mode, "--seed", "3", "--preset", "symphony")
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_tempo_is_played_in_place_of_the_files(home: Path, tune: Path, tmp_path: Path) -> None:
    ok("render", tune, "--out", tmp_path / "out.mid", "--tempo", "150")
    tempos = [message.tempo for message in mido.MidiFile(tmp_path / "out.mid") if message.type == "set_tempo"]
    assert tempos == [mido.bpm2tempo(150)]


def test_config_chooses_the_preset_and_whether_programs_are_sent(
    home: Path, tune: Path, tmp_path: Path
) -> None:
    (home / "config.yaml").write_text("preset: symphony\nprogram_changes: false\n")
    assert "with symphony" in ok("render", tune, "--out", tmp_path / "out.mid")
    assert "with pop" in ok("render", tune, "--out", tmp_path / "out.mid", "--preset", "pop")


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--preset", "pup"], "there is no preset 'pup'; did you mean 'pop'?"),
        (["--track", "2"], "has no track 2 with notes; choose one of 1 (tune)"),
    ],
)
def test_render_refuses(home: Path, tune: Path, tmp_path: Path, options: list[str], sentence: str) -> None:
    said = refused("render", tune, "--out", tmp_path / "out.mid", *options)
    assert sentence in said
    assert "\n" not in said
    assert not (tmp_path / "out.mid").exists()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--tempo", "0"], "0.0 is not in the range 20<=x<=400."),
        (["--tempo", "1e99"], "1e+99 is not in the range 20<=x<=400."),
        (["--tempo", "nan"], "nan is no number."),
        (["--tempo", "allegro"], "'allegro' is not a valid float range."),
        (["--seed", "-1"], "-1 is not in the range x>=0."),
        (["--track", "0"], "0 is not in the range x>=1."),
        (["--mode", "loud"], "'loud' is not one of 'live', 'respond', 'offline'."),
    ],
)
def test_render_refuses_what_no_option_can_be(tune: Path, options: list[str], sentence: str) -> None:
    said = refused("render", tune, "--out", "out.mid", *options, status=2)
    assert said == f"Invalid value for '{options[0]}': {sentence}"


def test_render_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    said = refused("render", tmp_path / "none.mid", "--out", tmp_path / "out.mid", status=2)
    assert said == f"Invalid value for 'MELODY': File '{tmp_path / 'none.mid'}' does not exist."


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda data: b"", "is no Standard MIDI File: it does not begin with MThd"),
        (lambda data: b"RIFF" + data, "is no Standard MIDI File: it does not begin with MThd"),
        (lambda data: data[:60], "is a broken MIDI file"),
        (lambda data: data[:8], "is a broken MIDI file"),
    ],
)
def test_render_refuses_a_broken_file(
    home: Path, tune: Path, damage: Callable[[bytes], bytes], sentence: str
) -> None:
    tune.write_bytes(damage(tune.read_bytes()))
    said = refused("render", tune, "--out", tune.with_name("out.mid"))
    assert said.startswith(f"{tune} {sentence}")
    assert "\n" not in said


@pytest.mark.parametrize("command", ["render", "demo"])
def test_a_place_that_cannot_be_written_is_named(home: Path, tune: Path, command: str) -> None:
    inside_a_file = tune / "inside"
    if command == "demo":
        said = refused("demo", "--out", inside_a_file)
        assert said.startswith(f"{inside_a_file / 'demo.mid'} can't be written (")
    else:
        said = refused("render", tune, "--out", inside_a_file)
        assert said.startswith(f"{inside_a_file} can't be written (")
    assert said.endswith("; choose another place")
    assert "\n" not in said


def test_a_folder_is_no_file_to_write(tune: Path, tmp_path: Path) -> None:
    said = refused("render", tune, "--out", tmp_path, status=2)
    assert said == f"Invalid value for '--out': File '{tmp_path}' is a directory."


@pytest.mark.parametrize("command", [["render", "{tune}", "--out", "{tune}"], ["demo"], ["play"]])
def test_a_broken_config_is_told_by_every_command_that_reads_it(
    home: Path, tune: Path, command: list[str]
) -> None:
    (home / "config.yaml").write_text("preset: pop\ntempo: fast\nsplitt: 40\n")
    said = refused(*(word.format(tune=tune) for word in command)).splitlines()
    assert said[0].startswith("config.yaml, line 2: tempo must be a number")
    assert said[1].startswith("config.yaml, line 3:")
    assert "split" in said[1]


@pytest.mark.parametrize("command", [["render", "{tune}", "--out", "{tune}"], ["demo", "--out", "{tune}"]])
def test_a_broken_model_of_the_user_is_named(home: Path, tune: Path, command: list[str]) -> None:
    (home / "models" / "pop.onnx").write_bytes(b"no model")
    tune_or_folder = tune if command[0] == "render" else tune.parent
    said = refused(*(word.format(tune=tune_or_folder) for word in command))
    assert said.startswith("pop.onnx can't be loaded as an ONNX model")
    assert said.endswith("; export or copy it again")
    assert "\n" not in said


def test_a_melody_that_is_not_bundled(home: Path) -> None:
    said = refused("demo", "--melody", "odd")
    assert said.startswith("there is no melody 'odd'; choose one of ")
    assert "twinkle" in said


def test_models_are_listed_with_what_is_wrong(home: Path, toys: ModuleType) -> None:
    (home / "models" / "broken.onnx").write_bytes(b"no model")
    (home / "models" / "later.onnx").write_bytes(toys.ear(format=2))
    lines = {line.split()[0]: line for line in ok("models").splitlines() if line}
    assert lines["pop"].endswith("yours     generator for toy (drums, bass, keys, strings)")
    assert lines["pop-ear"].endswith("yours     ear for toy")
    assert "broken.onnx can't be loaded as an ONNX model" in lines["broken"]
    assert "later.onnx is of format 2" in lines["later"]
    assert lines["Yours"] == f"Yours belong in {home / 'models'}"


def test_presets_are_listed_with_what_is_wrong(home: Path) -> None:
    folder = home / "presets"
    folder.mkdir()
    (folder / "polka.yaml").write_text("name: polka\nprogram: 900\n")
    packaged = Path(sys.modules["bandmate.presets"].__file__ or "").with_name("pop.yaml").read_text()
    (folder / "ska.yaml").write_text(
        packaged.replace("name: pop", "name: ska")
        .replace("program: 1 ", "program: 9 ")
        .replace("band: pop ", "band: ska ")
    )
    said = ok("presets")
    assert "  1  pop              drums (10), bass (2), keys (3), strings (4)" in said
    assert "  9  ska " in said
    assert "polka.yaml, line 2: program must be a whole number from 1 to 128" in said
    assert "ska can't play: there is no model 'ska'" in said
    assert "pop can't play" not in said


def test_ports_are_listed(midi: None) -> None:
    assert ok("ports") == "to listen to (--in):\n  Keys\nto play on (--out):\n  DAW\n  Synth\n"


def test_no_ports_are_said_to_be_none(midi: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Midi, "ports", Ports((), ()))
    assert ok("ports").count("(none)") == 2
    assert ok("panic") == "there is no MIDI output to silence\n"


def test_panic_silences_all_it_can_and_says_what_it_cannot(midi: None) -> None:
    done = run("panic")
    assert done.exit_code == 1
    assert done.output == "silenced DAW\nError: Synth is busy\n"
    silenced = {event.channel for event in Midi.sent if event == Control(event.channel, 123, 0)}
    assert silenced == set(range(1, 17))


def test_panic_tells_a_band_that_plays_what_its_pad_for_panic_would(
    home: Path, midi: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "config.yaml").write_text("controls:\n  panic: 95\n")
    monkeypatch.setattr(Midi, "ports", Ports((), ("bandmate in",)))
    assert ok("panic") == "told bandmate in\n"
    assert Midi.sent == [Control(1, 95, 127), Control(1, 95, 0)]


def test_panic_on_one_port(midi: None) -> None:
    assert ok("panic", "--out", "DAW") == "silenced DAW\n"
    assert refused("panic", "--out", "Synth") == "Synth is busy"


@pytest.mark.parametrize("command", ["ports", "panic", "play"])
def test_without_a_midi_system_one_sentence_says_so(
    home: Path, monkeypatch: pytest.MonkeyPatch, midi: None, command: str
) -> None:
    def none() -> Midi:
        raise PortError("No MIDI system was found.")

    monkeypatch.setattr("bandmate.bridge.ports.Midi", none)
    monkeypatch.setattr("bandmate.daemon.stage.play.Midi", none)
    assert refused(command) == "No MIDI system was found."


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--preset", "pup"], "there is no preset 'pup'; did you mean 'pop'?"),
        (["--output", "split", "--out", "DAW"], "'split' opens four ports of its own"),
        (["--out", "Synth"], "Synth is busy"),
    ],
)
def test_play_refuses(home: Path, midi: None, options: list[str], sentence: str) -> None:
    assert refused("play", *options).startswith(sentence)
    assert not (home / "takes").exists()


def test_play_refuses_a_metre_that_is_none(home: Path, midi: None) -> None:
    said = refused("play", "--metre", "waltz", status=2)
    assert said == "Invalid value for '--metre': 'waltz' is no metre; write one as 3/4."


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_drawn_on_a_terminal_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], terminal: bool
) -> None:
    error: Any = Terminal() if terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", error)
    with progress("rendering") as show:
        assert not error.getvalue()
        for share in (0.0, 0.5, 0.2, 1.0):
            show(share)
    assert ("rendering" in error.getvalue() and "100%" in error.getvalue()) == terminal
    assert bool(error.getvalue()) == terminal
    assert capsys.readouterr().out == ""


def test_the_preset_in_the_documentation_can_be_played(home: Path) -> None:
    text = (Path(__file__).parents[1] / "docs" / "presets.md").read_text(encoding="utf-8")
    example = text.split("```yaml\n")[1].split("```")[0]
    (home / "presets").mkdir(exist_ok=True)
    (home / "presets" / "example.yaml").write_text(example, encoding="utf-8")
    told = CliRunner().invoke(main, ["presets"])
    assert "jazz" in told.output
    assert "example.yaml" not in told.output
    done = CliRunner().invoke(main, ["demo", "--preset", "jazz", "--out", str(home / "out")])
    assert done.exit_code == 0, done.output
