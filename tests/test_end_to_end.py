"""The daemon as a process on JACK, with a client that stands in for the DAW: it plays, and listens."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import numpy as np
import pytest

from bandmate.bridge.events import NoteOff, NoteOn, Program, Pulse, Start, Stop

pytestmark = pytest.mark.jack

BPM = 150
PULSE = 60 / BPM / 24
LEAD = 0.1
TUNE = (64, 64, 65, 67, 67, 65, 64, 62, 60, 60, 62, 64, 64, 62, 62, 62)

Playing = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def playing(jack: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Playing]:
    """Start `bandmate play` with these flags; what is still running at the end is ended. (Killing a client
    would leave JACK's server waiting for it.)"""
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    started = []

    def start(*flags: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "bandmate.daemon", "play", *flags]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, stdout=pipe, stderr=subprocess.STDOUT, text=True))
        return started[-1]

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=20)


def song(jackclient: ModuleType, beats: int, *others: Any) -> list[Any]:
    """Start, a clock pulse by pulse, a tune of a note a beat on channel 1, and Stop."""
    timed = jackclient.Timed
    score = [timed(LEAD - 0.02, Start())]
    score += [timed(LEAD + i * PULSE, Pulse()) for i in range(24 * beats)]
    for beat in range(beats):
        begin, pitch = LEAD + 24 * beat * PULSE, TUNE[beat % len(TUNE)]
        score += [timed(begin + 0.002, NoteOn(1, pitch, 90)), timed(begin + 20 * PULSE, NoteOff(1, pitch))]
    score += [*others, timed(LEAD + (24 * beats - 1) * PULSE + PULSE / 2, Stop())]
    return sorted(score, key=lambda each: each.at)


def in_beats(captured: list[Any], sent: list[Any]) -> list[tuple[float, Any]]:
    """What was captured, in beats from the first pulse; where that was is told by all of them, since on a
    busy machine single ones leave late."""
    pulses = [each.at for each in sent if isinstance(each.event, Pulse)]
    first = np.median([at - i * PULSE for i, at in enumerate(pulses)])
    return [((each.at - first) / PULSE / 24, each.event) for each in captured]


def struck(heard: list[tuple[float, Any]], first: float, last: float) -> dict[int, int]:
    """How many notes were struck on each channel between two beats."""
    channels = [e.channel for beat, e in heard if isinstance(e, NoteOn) and first <= beat < last]
    return {channel: channels.count(channel) for channel in sorted(set(channels))}


def test_it_follows_the_clock_switches_at_the_bar_and_stops_with_the_daw(
    playing: Playing, daw: Callable[..., Any], jackclient: ModuleType
) -> None:
    process = playing("--seed", "1")
    client = daw()
    client.listen_to("bandmate out", timeout=20)
    client.play_to("bandmate in")
    switch = jackclient.Timed(LEAD + 24 * 14.5 * PULSE, Program(1, 2))
    sent = client.play(song(jackclient, 32, switch))
    client.wait_for(lambda captured: False, timeout=1.0)
    heard = in_beats(client.captured, sent)

    before, after = struck(heard, 0, 15.9), struck(heard, 16.1, 32)
    # A part may lay out, but never more than half of the band.
    assert set(before) <= {10, 2, 3, 4}
    assert set(after) <= {2, 3, 4, 5}
    assert min(len(before), len(after)) >= 2
    assert sum(before.values()) >= 32
    assert sum(after.values()) >= 16

    sounds = [(beat, e) for beat, e in heard if isinstance(e, Program) and beat > 1]
    assert {e.channel for _, e in sounds} == {2, 3, 4, 5}
    assert {round(beat) for beat, _ in sounds} == {16}, sounds
    assert all(abs(beat - 16) < 0.1 for beat, _ in sounds)

    steps = np.array([4 * beat for beat, e in heard if isinstance(e, NoteOn)])
    late = (steps - np.round(steps)) * 6 * PULSE
    assert np.median(np.abs(late)) < 0.010
    assert np.percentile(np.abs(late), 95) < 0.030

    stopped = next(each.at for each in sent if isinstance(each.event, Stop))
    assert not [e for e in client.captured if isinstance(e.event, NoteOn) and e.at > stopped + 0.03]
    assert sounding(client.captured) == set()

    process.send_signal(signal.SIGTERM)
    said, _ = process.communicate(timeout=10)
    assert process.returncode == 0, said
    (take,) = (Path(os.environ["BANDMATE_HOME"]) / "takes").glob("*.mid")
    tracks = {track.name: sum(m.type == "note_on" for m in track) for track in mido.MidiFile(take).tracks}
    melody = next(track for track in mido.MidiFile(take).tracks if track.name == "melody")
    assert [m.note for m in melody if m.type == "note_on"] == [*TUNE, *TUNE], said
    assert sum(tracks[name] for name in ("drums", "bass", "keys", "strings")) >= 32


def test_nothing_is_imported_while_it_plays(
    jack: Any,
    daw: Callable[..., Any],
    jackclient: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")
    band = jackclient.Playing("--seed", "1")
    client = daw()
    client.listen_to("bandmate out", timeout=20)
    client.play_to("bandmate in")
    assert band.says("is ready"), band.said
    ready = len(band.said)
    assert any(line.startswith("import time:") for line in band.said)
    client.play(song(jackclient, 12))
    late = [line for line in band.said[ready:] if line.startswith("import time:")]
    assert band.end() == 0, band.said
    assert late == []


def sounding(captured: list[Any], *, ending: bool = False) -> set[tuple[int, int]]:
    """What sounds at the end; a note struck twice without an end fails the test, and so does an end without a
    note, unless the band is ending, when it tells all ends twice."""
    now: set[tuple[int, int]] = set()
    for _, event in captured:
        if isinstance(event, NoteOn):
            assert (event.channel, event.pitch) not in now
            now.add((event.channel, event.pitch))
        elif isinstance(event, NoteOff):
            assert ending or (event.channel, event.pitch) in now
            now.discard((event.channel, event.pitch))
    return now


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_releases_every_note(
    playing: Playing, daw: Callable[..., Any], jackclient: ModuleType, ending: signal.Signals
) -> None:
    process = playing("--clock", "internal", "--tempo", str(BPM), "--no-record")
    client = daw()
    client.listen_to("bandmate out", timeout=20)
    client.play_to("bandmate in")
    client.send(NoteOn(1, 67, 100))
    assert client.wait_for(lambda captured: len(sounding(captured)) >= 2, timeout=20)
    process.send_signal(ending)
    said, _ = process.communicate(timeout=10)
    assert process.returncode == 0, said
    assert client.wait_for(lambda captured: sounding(captured, ending=True) == set(), timeout=2)
    assert not (Path(os.environ["BANDMATE_HOME"]) / "takes").exists()


def test_split_opens_a_port_for_each_part(
    playing: Playing, daw: Callable[..., Any], jackclient: ModuleType
) -> None:
    playing("--output", "split", "--clock", "internal", "--tempo", str(BPM), "--no-record", "--seed", "1")
    players = {part: daw(part) for part in ("drums", "bass", "keys", "strings")}
    for part, client in players.items():
        client.listen_to(f"bandmate {part}", timeout=20)
    keyboard = daw("keyboard")
    keyboard.play_to("bandmate in")
    keyboard.play([each for each in song(jackclient, 24) if isinstance(each.event, NoteOn | NoteOff)])
    channels = {
        part: {e.event.channel for e in client.captured if isinstance(e.event, NoteOn)}
        for part, client in players.items()
    }
    assert channels == {"drums": {10}, "bass": {2}, "keys": {3}, "strings": {4}}


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (("--output", "split", "--out", "x"), "leave --out away"),
        (("--preset", "pob"), "pop"),
    ],
)
def test_what_cannot_be_played_is_one_sentence(
    playing: Playing, flags: tuple[str, ...], sentence: str
) -> None:
    process = playing(*flags)
    said, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert sentence in said
    assert "Traceback" not in said
