import os
import shutil
import sys
import wave

import mido
import pytest

from bandmate.daemon.offstage import sound
from bandmate.daemon.sound import font as fonts

FONT = b"RIFF\x00\x00\x00\x00sfbk"


@pytest.fixture
def tune(tmp_path):
    path = tmp_path / "tune.mid"
    file = mido.MidiFile()
    file.tracks.append(
        mido.MidiTrack([mido.Message("note_on", note=60), mido.Message("note_off", note=60, time=240)])
    )
    file.save(path)
    return path


def program(folder, script, monkeypatch):
    """A program called fluidsynth, the only one on the path; it is given the font and the MIDI file last."""
    folder.mkdir()
    path = folder / "fluidsynth"
    path.write_text(f"#!{sys.executable}\nimport sys\nfrom pathlib import Path\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.fixture
def font(tmp_path, monkeypatch):
    path = tmp_path / "my.sf2"
    path.write_bytes(FONT)
    monkeypatch.setenv(fonts.SETTING, str(path))
    return path


@pytest.mark.skipif(
    shutil.which("fluidsynth") is None or fonts.soundfont(os.environ) is None,
    reason="needs FluidSynth and a SoundFont",
)
def test_a_note_sounds(tune, tmp_path):
    assert sound.write(tune, tmp_path / "tune.wav") is None
    with wave.open(str(tmp_path / "tune.wav")) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (44100, 2, 2)
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert max(samples) > 500


def test_without_fluidsynth_one_sentence_says_how_to_get_it(tune, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert sound.write(tune, tmp_path / "demo.wav").startswith("no demo.wav: FluidSynth is not installed; ")
    assert not (tmp_path / "demo.wav").exists()


def test_without_a_soundfont_one_sentence_says_how_to_get_it(tune, tmp_path, monkeypatch):
    program(tmp_path / "bin", "", monkeypatch)
    monkeypatch.setenv(fonts.SETTING, str(tune))
    said = sound.write(tune, tmp_path / "demo.wav")
    assert said.startswith(f"no demo.wav: {tune} (BANDMATE_SOUNDFONT) is no SoundFont; ")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("script", "limit", "sentence"),
    [
        ("sys.exit('no such instrument')", 30, "FluidSynth failed with {font}: no such instrument"),
        ("pass", 30, "FluidSynth failed with {font}: it said nothing"),
        ("Path(sys.argv[-3]).write_text('half')\nwhile True: pass", 0.5, "longer than 0.5 s"),
    ],
)
def test_a_failure_is_one_sentence_and_leaves_no_file(
    tune, tmp_path, monkeypatch, font, script, limit, sentence
):
    program(tmp_path / "bin", script, monkeypatch)
    said = sound.write(tune, tmp_path / "demo.wav", limit=limit)
    assert sentence.format(font=font) in said
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bin", "my.sf2", "tune.mid"]


def test_the_sound_appears_whole_under_its_name(tune, tmp_path, monkeypatch, font):
    program(tmp_path / "bin", "Path(sys.argv[-3]).write_text(' '.join(sys.argv[-2:]))", monkeypatch)
    assert sound.write(tune, tmp_path / "demo.wav") is None
    assert (tmp_path / "demo.wav").read_text() == f"{font} {tune}"


def test_a_well_known_font_is_preferred_and_one_that_is_none_is_passed_over(tmp_path):
    (tmp_path / "a.sf2").write_bytes(FONT)
    places = [str(tmp_path / "nowhere"), str(tmp_path)]
    assert fonts.soundfont({}, places) == tmp_path / "a.sf2"
    (tmp_path / "default.sf2").write_bytes(FONT)
    (tmp_path / "FluidR3_GM.sf2").write_bytes(b"not a font at all")
    assert fonts.soundfont({}, places) == tmp_path / "default.sf2"
    assert fonts.soundfont({}, []) is None
