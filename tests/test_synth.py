"""The band's own sound: what FluidSynth is told, and what becomes of the music when it is gone."""

import os
import sys
import wave

import pytest

from bandmate.bridge.events import Control, NoteOff, NoteOn, Program, Pulse, Start
from bandmate.daemon.sound.font import SETTING, Instrument, SoundError, instrument
from bandmate.daemon.sound.synth import Both, Synth, spoken

LISTENS = """import sys, pathlib
pathlib.Path({heard!r}).write_text(" ".join(sys.argv[1:]) + "\\n" + sys.stdin.read())"""


@pytest.fixture
def font(tmp_path):
    path = tmp_path / "my.sf2"
    path.write_bytes(b"RIFF\x00\x00\x00\x00sfbk")
    return path


def program(folder, script):
    path = folder / "fluidsynth"
    path.write_text(f"#!{sys.executable}\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (NoteOn(10, 36, 100), "noteon 9 36 100\n"),
        (NoteOff(2, 40), "noteoff 1 40\n"),
        (Control(3, 123, 0), "cc 2 123 0\n"),
        (Program(4, 49), "prog 3 48\n"),
        (Pulse(), None),
        (Start(), None),
    ],
)
def test_fluidsynth_counts_from_nought(event, words):
    assert spoken(event) == words


def test_it_is_told_what_is_played_and_ends_with_us(font, tmp_path):
    heard, remarks = tmp_path / "heard", []
    synth = Synth(
        Instrument(program(tmp_path, LISTENS.format(heard=str(heard))), font), remarks.append, ("-a", "x")
    )
    for event in (Program(2, 34), NoteOn(2, 40, 90), Pulse(), NoteOff(2, 40)):
        synth.send(event)
    synth.close()
    synth.close()
    flags, *words = heard.read_text().splitlines()
    assert flags.split()[-3:] == ["-a", "x", str(font)]
    assert words == ["prog 1 33", "noteon 1 40 90", "noteoff 1 40"]
    assert remarks == []


def test_one_that_ends_or_does_not_listen_is_given_up_once(font, tmp_path):
    remarks = []
    deaf = program(tmp_path, "import sys, time\nsys.stdin.close()\ntime.sleep(60)")
    synth = Synth(Instrument(deaf, font), remarks.append)
    for _ in range(20_000):  # more than a pipe holds, should it not have closed its end yet
        synth.send(NoteOn(2, 40, 90))
    synth._process.kill()
    synth.close()
    assert len(remarks) == 1
    assert "FluidSynth" in remarks[0]


def test_what_is_missing_is_one_sentence(font, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    with pytest.raises(SoundError, match="FluidSynth is not installed"):
        instrument()
    program(tmp_path, "")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv(SETTING, str(font))
    assert instrument().font == font
    with pytest.raises(SoundError, match="no SoundFont"):
        instrument(str(tmp_path / "fluidsynth"))


def test_both_hear_everything():
    class Kept(list):
        send, close = list.append, list.clear

    first, second = Kept(), Kept()
    both = Both(first, second)
    both.send(Pulse())
    assert first == second == [Pulse()]
    both.close()
    assert first == second == []


def installed():
    try:
        return instrument()
    except SoundError as error:
        if os.environ.get("CI"):
            pytest.fail(str(error))
        pytest.skip(str(error))


def test_a_note_sounds(jackclient, tmp_path):
    path = tmp_path / "band.wav"
    synth = Synth(installed(), print, ("-a", "file", "-o", f"audio.file.name={path}"))
    synth.send(Program(2, 34))
    synth.send(NoteOn(2, 40, 100))
    assert jackclient.until(lambda: path.exists() and path.stat().st_size > 100_000, 30)
    synth.close()
    with wave.open(str(path)) as file:
        samples = memoryview(file.readframes(file.getnframes())).cast("h")
    assert max(samples) > 500


@pytest.mark.jack
def test_the_band_is_heard_without_a_daw(jack, jackclient, tmp_path, monkeypatch):
    found = installed()
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    playing = jackclient.Playing("--clock", "internal", "--no-record", "--sound", str(found.font))
    assert playing.says("is ready"), playing.said
    assert playing.says(found.font.name)
    assert jackclient.until(lambda: "bandmate sound" in jack.clients(), 20)
    assert playing.end() == 0, playing.said
    assert jackclient.until(lambda: "bandmate sound" not in jack.clients(), 10)
