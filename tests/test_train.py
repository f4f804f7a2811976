"""Teaching from end to end: a folder of made MIDI files to a preset that plays."""

import json
from pathlib import Path
from types import ModuleType

import mido
import pytest
from click.testing import CliRunner, Result

torch = pytest.importorskip("torch")

from bandmate.daemon import cli as player
from bandmate.models.generator import Ear
from bandmate.training import cli

TINY = {
    "channels": [8, 8, 8, 8],
    "code": 4,
    "bank": 4,
    "critic_channels": [4, 4, 4, 4],
    "critic_warmup": 1,
    "critic_epochs": 0.1,
    "ear_updates": 2,
    "ear_batch": 2,
    "ear_beats": 32,
    "save_every": 2,
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(studiosongs: ModuleType, tmp_path: Path) -> Path:
    for seed in range(6):
        studiosongs.song(tmp_path / "mine" / f"song {seed}.mid", seed, bars=16)
    (tmp_path / "mine" / "broken.mid").write_bytes(b"MThd\0\0\0\6no")
    return tmp_path / "mine"


def train(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.train, [str(word) for word in words], catch_exceptions=False)


def tiny(**more: object) -> list[str]:
    return [word for key, value in (TINY | more).items() for word in ("--set", f"{key}={value}")]


def test_a_folder_of_midi_becomes_a_preset_that_plays(folder: Path, home: Path, tmp_path: Path) -> None:
    done = train(
        folder, "--name", "made", "--from", "scratch", "--epochs", "0.5", "--batch", "4", *tiny(ear_lean=1.5)
    )
    assert done.exit_code == 0, done.output
    assert "6 songs, 96 bars" in done.output
    assert "rejected: not a MIDI file: 1" in done.output
    assert "melody in harmony on 1 songs" in done.output
    run = home / "runs" / "made"
    assert json.loads((run / "run.json").read_text())["state"] == "done"
    assert {path.name for path in (home / "models").iterdir()} == {"made.onnx", "made-ear.onnx"}
    assert Ear((home / "models" / "made-ear.onnx").read_bytes(), "made-ear.onnx").card.lean == 1.5
    assert "{name: bass,   channel: 2,  program: 34," in (home / "presets" / "made.yaml").read_text()
    assert (run / "evaluation.md").read_text().startswith("| figure |")
    out = tmp_path / "out.mid"
    said = CliRunner().invoke(
        player.main, ["render", str(folder / "song 1.mid"), "--preset", "made", "--out", str(out)]
    )
    assert said.exit_code == 0, said.output
    channels = {m.channel for m in mido.MidiFile(out) if m.type == "note_on"}
    assert len(channels) > 1

    again = train(folder, "--name", "made", "--epochs", "9")
    assert again.exit_code == 1
    assert "epochs 0.5 to 9.0" in again.output
    assert "--again" in again.output
    samples = train("samples", "made")
    assert samples.exit_code == 0, samples.output
    assert (run / "samples.png").exists()
    assert (run / "samples.gif").exists()
    head, line = train("runs").output.splitlines()
    assert head.split()[:3] == ["run", "technique", "state"]
    assert line.split()[:3] == ["made", "band", "done"]


def test_a_stopped_run_goes_on(folder: Path, home: Path) -> None:
    assert train("prepare", folder, "--name", "made", "--report").exit_code == 0
    words = ["--from", "scratch", "--batch", "4", "--epochs", "0.5", *tiny()]
    stopped = train("fit", "made", "--minutes", "0", *words)
    assert "the same command goes on from there" in stopped.output
    assert json.loads((home / "runs" / "made" / "run.json").read_text())["state"] == "stopped"
    done = train("fit", "made", *words)
    assert "made is taught" in done.output
    assert (home / "runs" / "made" / "report.html").read_text().startswith("<!doctype html>")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere", "--name", "x"], "there is no folder and no command 'nowhere'"),
        (["evalute", "x"], "did you mean 'evaluate'?"),
        (["FOLDER", "--name", "pop"], "'pop' is packaged with bandmate"),
        (["fit", "nothing"], "there is no run 'nothing'"),
        (["FOLDER"], "Missing option '--name'"),
        (["FOLDER", "--name", "a/b"], "'a/b' can't be a run's name"),
        (["FOLDER", "--name", "x", "--parts", "drums,bass"], "must be four different names"),
        (["FOLDER", "--name", "x", "--parts", "drums,bass,banjoo,kazoo"], "kazoo"),
        (["FOLDER", "--name", "x", "--tempo", "fast"], "must be a range such as 80-140"),
        (["FOLDER", "--name", "x", "--set", "lerning_rate=1"], "did you mean 'learning_rate'"),
        (["FOLDER", "--name", "x", "--batch", "0"], "batch is 0 and must be 1 or more"),
        (["FOLDER", "--name", "x", "--from", "polka"], "there are no weights 'polka'"),
        (["FOLDER", "--name", "x", "--metre", "5/4"], "no file in"),
    ],
)
def test_what_can_not_be_done_is_said_in_a_sentence(
    words: list[str], said: str, folder: Path, home: Path
) -> None:
    refused = train(*[str(folder) if word == "FOLDER" else word for word in words])
    assert refused.exit_code != 0
    assert said in " ".join(refused.output.split())
    assert "Traceback" not in refused.output
