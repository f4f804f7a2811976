"""A melody file in, the melody and its band out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import pytest

from bandmate.bridge.events import Event, NoteOn
from bandmate.daemon.engine.mode import Mode
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage.render import Rendering, metre_of, render
from bandmate.daemon.offstage.song import SongError, read
from bandmate.daemon.sending.takes import MELODY

PPQ = 480
DRUMS, KEYS = 1, 3

Notes = list[tuple[float, float, int]]
META = mido.MetaMessage


def tune(beats: int, *pitches: int) -> Notes:
    """A note a beat, the pitches in turn."""
    return [(float(beat), 1.0, (pitches or (72,))[beat % max(len(pitches), 1)]) for beat in range(beats)]


def write(path: Path, notes: Notes, *conduct: tuple[float, mido.MetaMessage]) -> Path:
    """A file of notes (beat, length, pitch) and meta messages (beat, message)."""
    timed: list[tuple[float, int, Any]] = [(beat, 0, message) for beat, message in conduct]
    for beat, length, pitch in notes:
        timed.append((beat, 2, mido.Message("note_on", note=pitch, velocity=80)))
        timed.append((beat + length, 1, mido.Message("note_off", note=pitch)))
    file, now = mido.MidiFile(type=0, ticks_per_beat=PPQ), 0
    track = mido.MidiTrack()
    for beat, _, message in sorted(timed, key=lambda each: each[:2]):
        track.append(message.copy(time=round(beat * PPQ) - now))
        now = round(beat * PPQ)
    file.tracks.append(track)
    file.save(path)
    return path


def conducted(path: Path, kind: str) -> list[tuple[float, Any]]:
    """The (beat, message) of a kind in a file's first track."""
    found, now = [], 0
    file = mido.MidiFile(path)
    for message in file.tracks[0]:
        now += message.time
        if message.type == kind:
            found.append((now / file.ticks_per_beat, message))
    return found


def voice(rendering: Rendering, number: int) -> Notes:
    """A voice of the take as (beat, length, pitch), in order."""
    notes = rendering.take.notes(number)
    return sorted((round(tick / 24, 6), round(length / 24, 6), pitch) for tick, length, pitch, _ in notes)


@pytest.fixture
def rendered(scores: ModuleType, toys: ModuleType) -> Any:
    """Renders a file with toys."""

    def go(
        path: Path, mode: str = "live", seed: int = 0, *, variation: float = 0.0, **more: Any
    ) -> Rendering:
        preset = scores.preset(variation=variation)
        song = read(path)
        how = Settings(mode=Mode(mode), seed=seed, metre=metre_of(song))
        return render(song, preset, scores.accompanist(toys, preset), how, **more)

    return go


def test_the_band_plays_with_the_melody_from_the_second_beat(rendered: Any, tmp_path: Path) -> None:
    notes = tune(8, 72, 76, 79)
    out = rendered(write(tmp_path / "song.mid", notes))
    assert voice(out, MELODY) == notes
    assert [beat for beat, *_ in voice(out, DRUMS)] == [float(beat) for beat in range(1, 16)], (
        "and ends two bars later"
    )
    assert out.bars == 2
    assert len(out.seconds) >= 15


def test_offline_the_band_plays_from_the_first_beat_and_knows_what_comes(
    rendered: Any, tmp_path: Path
) -> None:
    path = write(tmp_path / "song.mid", tune(4, 72) + [(beat + 4, 1, 67) for beat, *_ in tune(4)])
    out = rendered(path, "offline")
    assert [n[0] for n in voice(out, DRUMS)][:8] == [float(beat) for beat in range(8)]
    chords = {beat: {p % 12 for b, _, p in voice(out, KEYS) if b == beat} for beat in (0, 3, 4, 7)}
    assert chords == {0: {0, 4, 7}, 3: {0, 4, 7}, 4: {7, 11, 2}, 7: {7, 11, 2}}
    assert voice(out, MELODY)[0][0] == 0
    assert out.bars == 2


def test_respond_is_by_turns(rendered: Any, tmp_path: Path) -> None:
    out = rendered(write(tmp_path / "song.mid", tune(8)), "respond")
    assert [n[0] for n in voice(out, DRUMS)] == [float(beat) for beat in range(8, 16)]


@pytest.mark.parametrize("mode", ["live", "offline"])
def test_tempo_changes_and_metre_are_kept(rendered: Any, tmp_path: Path, mode: str) -> None:
    conduct = [
        (0.0, META("time_signature", numerator=3, denominator=4)),
        (0.0, META("set_tempo", tempo=mido.bpm2tempo(100))),
        (4.5, META("set_tempo", tempo=mido.bpm2tempo(150))),
        (7.0, META("set_tempo", tempo=mido.bpm2tempo(60))),
    ]
    notes = tune(12, 72, 76)
    out = rendered(write(tmp_path / "song.mid", notes, *conduct), mode)
    out.take.write(tmp_path / "out.mid")
    tempos = [
        (beat, round(mido.tempo2bpm(m.tempo))) for beat, m in conducted(tmp_path / "out.mid", "set_tempo")
    ]
    assert tempos == [(0.0, 100), (4.5, 150), (7.0, 60)]
    metres = [
        (beat, m.numerator, m.denominator) for beat, m in conducted(tmp_path / "out.mid", "time_signature")
    ]
    assert metres == [(0.0, 3, 4)]
    assert voice(out, MELODY) == notes
    first = 0 if mode == "offline" else 1
    assert [n[0] for n in voice(out, DRUMS)][: 12 - first] == [float(beat) for beat in range(first, 12)]
    assert out.bars == 4


@pytest.mark.parametrize("mode", ["live", "offline"])
def test_a_long_rest_moves_nothing(rendered: Any, tmp_path: Path, mode: str) -> None:
    notes = [*tune(4), (41.0, 1.0, 72), (42.0, 1.0, 74)]
    out = rendered(write(tmp_path / "song.mid", notes), mode)
    assert voice(out, MELODY) == notes
    struck = [n[0] for n in voice(out, DRUMS)]
    assert not [beat for beat in struck if 24 <= beat < 41]
    assert {42.0, 43.0, 44.0} <= set(struck)


def test_a_melody_that_begins_late_is_waited_for(rendered: Any, tmp_path: Path) -> None:
    out = rendered(write(tmp_path / "song.mid", [(beat + 25, 1, 72) for beat, *_ in tune(4)]))
    assert voice(out, DRUMS)[0][0] == 26.0


def test_notes_off_the_grid_stay_as_they_were_played(rendered: Any, tmp_path: Path) -> None:
    notes = [(0.0, 0.5, 72), (0.98, 0.5, 74), (2.05, 0.25, 76)]
    out = rendered(write(tmp_path / "song.mid", notes))
    assert [n[0] for n in voice(out, MELODY)] == pytest.approx([n[0] for n in notes], abs=0.003)


def test_chords_in_the_melody_are_kept(rendered: Any, tmp_path: Path) -> None:
    notes = sorted((float(beat), 1.0, pitch) for beat in range(8) for pitch in (60, 64, 69))
    out = rendered(write(tmp_path / "song.mid", notes))
    assert voice(out, MELODY) == notes
    assert {p % 12 for b, _, p in voice(out, KEYS) if b == 4} == {9, 1, 4}, "the highest voice is the melody"


def test_the_same_input_and_seed_give_the_same_bytes(rendered: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "song.mid", tune(12, 72, 74, 76))
    for name, seed in (("one", 3), ("two", 3), ("other", 4)):
        rendered(path, seed=seed, variation=1.0).take.write(tmp_path / f"{name}.mid")
    one, two, other = ((tmp_path / f"{name}.mid").read_bytes() for name in ("one", "two", "other"))
    assert one == two
    assert one != other


def test_every_part_is_written_on_its_channel_with_its_program(rendered: Any, tmp_path: Path) -> None:
    rendered(write(tmp_path / "song.mid", tune(8))).take.write(tmp_path / "out.mid")
    _, *tracks = mido.MidiFile(tmp_path / "out.mid").tracks
    assert [track.name for track in tracks] == ["melody", "drums", "bass", "keys", "strings"]
    for track, channel, program in zip(tracks, (1, 10, 2, 3, 4), (None, None, 34, 5, 49), strict=True):
        assert {m.channel + 1 for m in track if not m.is_meta} == {channel}
        assert [m.program + 1 for m in track if m.type == "program_change"] == [program] * (
            program is not None
        )


def test_what_is_sent_is_what_is_written(rendered: Any, scores: ModuleType, tmp_path: Path) -> None:
    sent: list[tuple[Event, float]] = []
    path = write(tmp_path / "song.mid", tune(8))
    out = rendered(path, send=lambda event, now: sent.append((event, now)))
    kicks = [now / 0.5 for event, now in sent if isinstance(event, NoteOn) and event.channel == 10]
    assert kicks == pytest.approx([n[0] for n in voice(out, DRUMS)])
    assert not scores.ledger(event for event, _ in sent)


def test_progress_goes_from_nothing_to_all(rendered: Any, tmp_path: Path) -> None:
    seen: list[float] = []
    rendered(write(tmp_path / "song.mid", tune(8)), progress=seen.append)
    assert seen == sorted(seen)
    assert (0 <= seen[0] < 0.3, seen[-1]) == (True, 1.0)


def test_the_files_tempo_can_be_replaced(
    rendered: Any, scores: ModuleType, toys: ModuleType, tmp_path: Path
) -> None:
    song = replace(read(write(tmp_path / "song.mid", tune(8))), tempos=((0.0, 200.0),))
    chosen = scores.preset()
    sent: list[float] = []
    render(
        song, chosen, scores.accompanist(toys, chosen), Settings(), send=lambda event, now: sent.append(now)
    )
    assert max(sent) < 24 * 0.3 + 0.01


@pytest.mark.parametrize(
    "data",
    [b"", b"no song", b"MThd" + bytes(10), b"MThd\x00\x00\x00\x06\x00\x00\x00\x01\x01\xe0MTrk\x00\x00\x00"],
)
def test_a_file_that_is_no_song_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "thing.mid"
    path.write_bytes(data)
    with pytest.raises(SongError, match=r"thing\.mid"):
        read(path)


def test_a_file_without_notes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SongError, match="no notes"):
        read(write(tmp_path / "empty.mid", []))
