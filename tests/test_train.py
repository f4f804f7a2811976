"""Teaching from end to end: a folder of made MIDI files to a preset that plays."""

import json
from pathlib import Path

import mido
import numpy as np
import pytest
from click.testing import CliRunner, Result

torch = pytest.importorskip("torch")

from bandmate.daemon import cli as player
from bandmate.training import cli

TICKS = 480
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


def file(path: Path, seed: int, bars: int = 16) -> None:
    """A song on C, F and G for five named tracks; the melody is drawn by the seed."""
    rng = np.random.default_rng(seed)
    song = mido.MidiFile(type=1, ticks_per_beat=TICKS)
    song.tracks.append(mido.MidiTrack([mido.MetaMessage("set_tempo", tempo=500_000)]))
    roots = [(0, 5, 7, 0)[bar % 4] for bar in range(bars)]
    tones = [[root, root + 4, root + 7] for root in roots]
    voices = {
        ("Melody", 0, 73): [(4 * b, 4, 72 + int(rng.choice(tones[b // 4]))) for b in range(4 * bars)],
        ("Drums", 9, 0): [(4 * b, 1, (36, 38)[b % 2]) for b in range(4 * bars)]
        + [(2 * b, 1, 42) for b in range(8 * bars)],
        ("Bass", 1, 33): [(8 * b, 8, 36 + roots[b // 2]) for b in range(2 * bars)],
        ("Piano", 2, 0): [(8 * b, 6, 60 + tone) for b in range(2 * bars) for tone in tones[b // 2]],
        ("Strings", 3, 48): [(16 * b, 16, 64 + roots[b]) for b in range(bars)],
    }
    for (name, channel, program), notes in voices.items():
        events = [(step, 1, pitch) for step, _, pitch in notes]
        events += [(step + length, 0, pitch) for step, length, pitch in notes]
        track, now = mido.MidiTrack([mido.MetaMessage("track_name", name=name)]), 0
        track.append(mido.Message("program_change", channel=channel, program=program))
        for step, on, pitch in sorted(events):
            kind = "note_on" if on else "note_off"
            ticks = (step - now) * TICKS // 4
            track.append(mido.Message(kind, channel=channel, note=pitch, velocity=90, time=ticks))
            now = step
        song.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    song.save(path)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for seed in range(6):
        file(tmp_path / "mine" / f"song {seed}.mid", seed)
    (tmp_path / "mine" / "broken.mid").write_bytes(b"MThd\0\0\0\6no")
    return tmp_path / "mine"


def train(*words: str | Path) -> Result:
    return CliRunner().invoke(cli.train, [str(word) for word in words], catch_exceptions=False)


def tiny(**more: object) -> list[str]:
    return [word for key, value in (TINY | more).items() for word in ("--set", f"{key}={value}")]


def test_a_folder_of_midi_becomes_a_preset_that_plays(folder: Path, home: Path, tmp_path: Path) -> None:
    done = train(folder, "--name", "made", "--from", "scratch", "--epochs", "0.5", "--batch", "4", *tiny())
    assert done.exit_code == 0, done.output
    assert "6 songs, 96 bars" in done.output
    assert "rejected: not a MIDI file: 1" in done.output
    assert "melody in harmony on 1 songs" in done.output
    run = home / "runs" / "made"
    assert json.loads((run / "run.json").read_text())["state"] == "done"
    assert {path.name for path in (home / "models").iterdir()} == {"made.onnx", "made-ear.onnx"}
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
