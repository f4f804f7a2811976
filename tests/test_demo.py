"""`bandmate demo`: a MIDI file, a picture and, where that can be, sound, with nothing plugged in."""

from __future__ import annotations

import io
import re
from pathlib import Path

import mido
import pytest
from PIL import Image

from bandmate.daemon.offstage import demo, sample
from bandmate.presets.load import Shelf

POP = ["drums", "bass", "keys", "strings"]


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """There is no program to be found, so no FluidSynth either."""
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))


def told(preset: str | None, melody: str, out: Path, seed: int = 1) -> list[str]:
    said: list[str] = []
    demo.run(preset, melody, out, seed, said.append)
    return said


def notes(track: mido.MidiTrack) -> int:
    return sum(message.type == "note_on" and message.velocity > 0 for message in track)


def test_the_file_has_the_melody_and_four_parts(home: Path, silent: None, tmp_path: Path) -> None:
    told("pop", "twinkle", tmp_path / "out")
    file = mido.MidiFile(tmp_path / "out" / "demo.mid")
    conductor, *voices = file.tracks
    assert [track.name for track in voices] == ["melody", *POP]
    assert {message.type for message in conductor} >= {"set_tempo", "time_signature", "marker"}
    preset = Shelf(None).get("pop")
    for track, part in zip(voices[1:], preset.parts, strict=True):
        channels = {message.channel + 1 for message in track if not message.is_meta}
        programs = [message.program + 1 for message in track if message.type == "program_change"]
        assert channels == {part.channel}
        assert programs == ([] if part.program is None else [part.program])
    assert all(notes(track) for track in file.tracks[1:])
    assert notes(voices[0]) == len(sample.open("twinkle").notes)


def test_every_note_ends(home: Path, silent: None, tmp_path: Path) -> None:
    told("symphony", "saints", tmp_path)
    for track in mido.MidiFile(tmp_path / "demo.mid").tracks:
        sounding: set[int] = set()
        for message in track:
            if message.type == "note_on" and message.velocity > 0:
                assert message.note not in sounding
                sounding.add(message.note)
            elif message.type in ("note_on", "note_off"):
                sounding.remove(message.note)
        assert not sounding


def test_the_picture_is_a_png(home: Path, silent: None, tmp_path: Path) -> None:
    told("pop", "twinkle", tmp_path)
    with Image.open(io.BytesIO((tmp_path / "demo.png").read_bytes())) as image:
        image.load()
        assert image.format == "PNG"
        assert image.width > 400
        assert len(image.getcolors(1 << 24) or []) > 10


def test_it_says_what_was_played_and_how_to_hear_it(home: Path, silent: None, tmp_path: Path) -> None:
    first, *parts, times, wrote, sound = told("pop", "twinkle", tmp_path)
    assert first == "'Twinkle, Twinkle, Little Star' with pop: 16 bars"
    tracks = {track.name: track for track in mido.MidiFile(tmp_path / "demo.mid").tracks}
    for line, name in zip(parts, POP, strict=True):
        found = re.fullmatch(rf"  {name} +(\d+) notes on channel \d+", line)
        assert found is not None
        assert int(found[1]) == notes(tracks[name])
    assert re.fullmatch(r"  \d+ decisions of [\d.]+ ms \(p95 [\d.]+, longest [\d.]+\)", times)
    assert wrote == f"wrote {tmp_path / 'demo.mid'} and {tmp_path / 'demo.png'}"
    assert sound.startswith("no demo.wav: FluidSynth is not installed; ")
    assert not (tmp_path / "demo.wav").exists()


def test_the_same_seed_plays_the_same(home: Path, silent: None, tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        told("pop", "twinkle", folder, seed=5)
    for name in ("demo.mid", "demo.png"):
        one, two = ((folder / name).read_bytes() for folder in folders)
        assert one == two


def test_the_preset_is_configs_unless_it_is_named(home: Path, silent: None, tmp_path: Path) -> None:
    (home / "config.yaml").write_text("preset: symphony\n")
    assert told(None, "twinkle", tmp_path)[0].endswith("with symphony: 16 bars")
    assert told("pop", "twinkle", tmp_path)[0].endswith("with pop: 16 bars")


@pytest.mark.parametrize("melody", sample.names())
def test_every_melody_plays(home: Path, silent: None, tmp_path: Path, melody: str) -> None:
    assert told("pop", melody, tmp_path)[0].startswith(f"'{sample.open(melody).name}' with pop: ")


@pytest.mark.parametrize("name", Shelf(None).names())
def test_every_packaged_preset_can_play(
    silent: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """With the models that come with the package, so that none is left out of it."""
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "none"))
    said = told(name, "twinkle", tmp_path)
    counts = [int(line.split()[1]) for line in said[1:5]]
    assert sum(counts) > 0, said
