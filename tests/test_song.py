"""Any Standard MIDI File in; a melody, or one sentence, out."""

from __future__ import annotations

import io
from pathlib import Path

import mido
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.daemon.offstage.song import MelodyFile, SongError, SongNote, parse, read

META = mido.MetaMessage


def track(
    name: str, notes: list[tuple[int, int, int]], channel: int = 1, *metas: mido.MetaMessage
) -> mido.MidiTrack:
    """A track of (tick, length, pitch) at 480 ticks to the beat, velocity 80."""
    timed = [(0, meta) for meta in metas]
    for tick, length, pitch in notes:
        timed.append((tick, mido.Message("note_on", channel=channel - 1, note=pitch, velocity=80)))
        timed.append((tick + length, mido.Message("note_on", channel=channel - 1, note=pitch, velocity=0)))
    result, now = mido.MidiTrack([META("track_name", name=name)] if name else []), 0
    for tick, message in sorted(
        timed, key=lambda pair: (pair[0], pair[1].type == "note_on" and pair[1].velocity > 0)
    ):
        result.append(message.copy(time=tick - now))
        now = tick
    return result


def smf(*tracks: mido.MidiTrack, kind: int = 1, ppq: int = 480) -> bytes:
    file, out = mido.MidiFile(type=kind, ticks_per_beat=ppq), io.BytesIO()
    file.tracks.extend(tracks)
    file.save(file=out)
    return out.getvalue()


LINE = [(480 * beat, 480, 60 + beat) for beat in range(8)]
LONG = [(480 * beat, 480, 72) for beat in range(20)]
LOW = [(480 * beat, 480, 40) for beat in range(30)]
CHORDS = [(960 * beat, 960, pitch) for beat in range(10) for pitch in (60, 64, 67)]
HATS = [(240 * beat, 120, 62) for beat in range(60)]


def test_a_melody_is_read_in_our_ticks() -> None:
    song = parse(smf(track("", [(0, 480, 60), (480, 240, 62), (720, 5, 64)])), "file")
    assert song == MelodyFile(
        notes=(SongNote(0, 24, 60, 80), SongNote(24, 12, 62, 80), SongNote(36, 0.25, 64, 80)),
        tempos=((0, 120),),
        metres=((0, 4, 4),),
        name="channel 1",
    )
    assert song.end == 36.25


@pytest.mark.parametrize(
    ("tracks", "chosen"),
    [
        ([track("piano", LONG), track("Lead Vocal", LINE), track("bass", LOW)], "Lead Vocal"),
        ([track("MELODY", LINE), track("MELODY 2", LONG)], "MELODY 2"),
        ([track("drums", HATS, 10), track("bass", LOW), track("a", LINE), track("b", LONG)], "b"),
        ([track("lead drums", HATS, 10), track("chords", CHORDS), track("a", LINE)], "a"),
        ([track("", []), track("drums", HATS, 10), track("bass", LOW), track("chords", CHORDS)], "bass"),
        ([track("drums", HATS, 10)], "drums"),
    ],
)
def test_the_melody_is_found(tracks: list[mido.MidiTrack], chosen: str) -> None:
    assert parse(smf(*tracks), "file").name == chosen


def test_a_track_can_be_asked_for() -> None:
    data = smf(track("empty", []), track("bass", LOW), track("MELODY", LINE))
    assert [parse(data, "file", number).name for number in (1, 2)] == ["bass", "MELODY"]
    for number in (0, 3):
        with pytest.raises(SongError, match=rf"no track {number} .*1 \(bass\), 2 \(MELODY\)"):
            parse(data, "file", number)


def test_one_track_on_many_channels_is_many_voices() -> None:
    both = mido.merge_tracks([track("", LONG, 3), track("", LOW, 2)])
    song = parse(smf(both, kind=0), "file")
    assert (song.name, {note.pitch for note in song.notes}) == ("channel 3", {72})


def test_tempos_and_metres_are_those_of_the_file() -> None:
    conductor = mido.MidiTrack()
    conductor.append(META("set_tempo", tempo=517_241))
    conductor.append(META("time_signature", numerator=6, denominator=8))
    conductor.append(META("set_tempo", tempo=1_000_000, time=960))
    song = parse(smf(conductor, track("a", LINE)), "file")
    assert (song.tempos, song.metres) == (((0, 116), (48, 60)), ((0, 6, 8),))


def test_an_odd_tempo_keeps_its_microseconds() -> None:
    song = parse(smf(track("a", LINE, 1, META("set_tempo", tempo=500_003))), "file")
    assert mido.bpm2tempo(song.tempos[0][1]) == 500_003


@pytest.mark.parametrize(("tempo", "bpm"), [(0, 400), (100_000, 400), (0xFFFFFF, 20)])
def test_an_absurd_tempo_is_brought_into_range_with_a_remark(tempo: int, bpm: float) -> None:
    song = parse(smf(track("a", LINE, 1, META("set_tempo", tempo=tempo))), "file")
    assert song.tempos == ((0, bpm),)
    assert song.remarks == (f"a tempo out of range at beat 1 is played at {bpm} bpm",)


def test_a_metre_off_the_grid_is_passed_over_with_a_remark() -> None:
    song = parse(smf(track("a", LINE, 1, META("time_signature", numerator=3, denominator=32))), "file")
    assert song.metres == ((0, 4, 4),)
    assert len(song.remarks) == 1


@pytest.mark.parametrize(
    ("messages", "notes"),
    [
        ("on 60, wait, end", [(0, 24)]),
        ("on 60, wait, on 60, wait, off 60, off 60, end", [(0, 24), (24, 24)]),
        ("off 60, wait, on 60, off 60, end", [(24, 0.05)]),
    ],
)
def test_notes_that_are_badly_ended(messages: str, notes: list[tuple[float, float]]) -> None:
    line, wait = mido.MidiTrack(), 0
    for word in messages.split(", "):
        kind = word.split()[0]
        if kind == "wait":
            wait += 480
        elif kind == "end":
            line.append(META("end_of_track", time=wait))
        else:
            line.append(mido.Message(f"note_{kind}", note=60, time=wait))
            wait = 0
    found = [(note.tick, round(note.length, 6)) for note in parse(smf(line), "file").notes]
    assert found == notes


def test_an_impossible_key_signature_is_no_reason_to_refuse() -> None:
    good = smf(track("a", LINE, 1, META("key_signature", key="C")))
    bad = good.replace(b"\xff\x59\x02\x00\x00", b"\xff\x59\x02\x0f\x00")
    assert bad != good
    assert parse(bad, "file").notes == parse(good, "file").notes


GOOD = smf(track("a", LINE))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no Standard MIDI File"),
        (b"RIFF....", "no Standard MIDI File"),
        (b"MThd", "broken"),
        (GOOD[:40], "broken"),
        (GOOD[:12] + b"\xe7\x28" + GOOD[14:], "SMPTE"),
        (GOOD[:12] + b"\x00\x00" + GOOD[14:], "SMPTE"),
        (smf(track("a", LINE), track("b", LINE), kind=2), "type 2"),
        (smf(track("a", [])), "no notes"),
        (smf(), "no notes"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, why: str) -> None:
    with pytest.raises(SongError, match=rf"^tune\.mid .*{why}"):
        parse(data, "tune.mid")


@settings(max_examples=300)
@given(st.data())
def test_a_spoiled_file_is_read_or_refused(data: st.DataObject) -> None:
    spoiled = bytearray(smf(track("MELODY", LINE, 1, META("key_signature", key="C"), META("set_tempo"))))
    for _ in range(data.draw(st.integers(1, 6))):
        spoiled[data.draw(st.integers(4, len(spoiled) - 1))] = data.draw(st.integers(0, 255))
    spoiled = spoiled[: data.draw(st.integers(4, len(spoiled)))]
    try:
        song = parse(bytes(spoiled), "file")
    except SongError:
        return
    for note in song.notes:
        assert 0 <= note.pitch <= 127
        assert 1 <= note.velocity <= 127
        assert note.length > 0


def test_a_file_is_read_from_its_path(tmp_path: Path) -> None:
    (tmp_path / "tune.mid").write_bytes(GOOD)
    assert len(read(tmp_path / "tune.mid").notes) == 8
    with pytest.raises(SongError, match=r"none\.mid cannot be opened"):
        read(tmp_path / "none.mid")
    with pytest.raises(SongError, match="cannot be opened"):
        read(tmp_path)
