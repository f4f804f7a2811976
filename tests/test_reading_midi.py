"""MIDI files of every kind, whole and broken, and that nothing but Rejected comes of the worst of them."""

import contextlib
import io
import random
import struct
from pathlib import Path

import mido
import pytest

from bandmate.training.reading import grid, midi
from bandmate.training.songs import Rejected

TICKS = 480
META = mido.MetaMessage


def note(pitch, channel=0, ticks=TICKS, velocity=80):
    on = mido.Message("note_on", note=pitch, channel=channel, velocity=velocity)
    return [on, mido.Message("note_off", note=pitch, channel=channel, time=ticks)]


def smf(*tracks, kind=1, ticks=TICKS):
    file = mido.MidiFile(type=kind, ticks_per_beat=ticks)
    file.tracks += [mido.MidiTrack(track) for track in tracks]
    data = io.BytesIO()
    file.save(file=data)
    return data.getvalue()


@pytest.fixture
def read(tmp_path):
    def read(data):
        path = tmp_path / "song.mid"
        path.write_bytes(data)
        return midi.read(path)

    return read


def program(number, channel=0):
    return [mido.Message("program_change", program=number, channel=channel)]


def rows(track):
    return track.notes.tolist()


def test_type_0_is_split_by_channel(read):
    both = program(5) + program(33, 1) + note(60) + note(40, 1) + note(38, 9)
    score = read(smf(both, kind=0))
    assert [(t.program, t.drums, rows(t)) for t in score.tracks] == [
        (5, False, [[0, 1, 60, 80]]),
        (33, False, [[1, 2, 40, 80]]),
        (0, True, [[2, 3, 38, 80]]),
    ]


def test_a_track_that_mixes_channels_is_split_and_a_program_change_is_another_instrument(read):
    mixed = [META("track_name", name="Keys"), *program(4), *note(60), *program(19), *note(62), *note(64, 3)]
    tracks = read(smf([META("set_tempo", tempo=500_000)], mixed)).tracks
    assert [(t.name, t.program, len(t.notes)) for t in tracks] == [
        ("Keys", 4, 1),
        ("Keys", 19, 1),
        ("Keys", 0, 1),
    ]


def test_a_file_that_names_no_programs_says_none_and_its_drums_go_by_name(read):
    tracks = read(smf([META("track_name", name="Drum Kit"), *note(36)], note(60), note(36))).tracks
    assert [(t.name, t.program, t.drums) for t in tracks] == [
        ("Drum Kit", 0, True),
        ("", None, False),
        ("", None, False),
    ]


def test_tempos_and_metres_are_in_quarter_notes(read):
    conductor = [
        META("time_signature", numerator=3, denominator=4),
        META("set_tempo", tempo=500_000),
        META("set_tempo", tempo=1_000_000, time=3 * TICKS),
        META("time_signature", numerator=2, denominator=2),
    ]
    score = read(smf(conductor, note(60)))
    assert score.tempos.tolist() == [[0, 120], [3, 60]]
    assert [(m.start, m.numerator, m.denominator) for m in score.metres] == [(0, 3, 4), (3, 2, 2)]


def test_a_file_without_a_time_signature_is_in_four_four(read):
    (metre,) = read(smf(note(60))).metres
    assert (metre.start, metre.numerator, metre.denominator) == (0, 4, 4)


def test_a_key_signature_out_of_range_is_nothing_to_stumble_over(read):
    data = smf([META("key_signature", key="F"), *note(60)])
    assert len(read(data.replace(b"\xff\x59\x02\xff\x00", b"\xff\x59\x02\xff\xff")).tracks) == 1


def test_values_out_of_range_are_put_right(read):
    data = smf([META("set_tempo", tempo=500_000), *note(60)])
    mad = data.replace(b"\x90\x3c\x50", b"\x90\x3c\xd0").replace(
        b"\x51\x03\x07\xa1\x20", b"\x51\x03\x00\x00\x00"
    )
    score = read(mad)
    assert 1 <= score.tracks[0].notes[0, 3] <= 127
    assert score.tempos.tolist() == [[0, 1000]]


def test_a_pitch_struck_again_while_it_sounds_ends_in_the_order_it_was_struck(read):
    on, off = (
        mido.Message(kind, note=60, velocity=v, time=TICKS) for kind, v in (("note_on", 70), ("note_off", 0))
    )
    again = [mido.Message("note_on", note=60, velocity=80), on, off, off]
    assert rows(read(smf(again)).tracks[0]) == [[0, 2, 60, 80], [1, 3, 60, 70]]


def test_notes_that_never_end_are_left_out(read):
    hanging = [mido.Message("note_on", note=70, velocity=80)]
    assert rows(read(smf(hanging + note(60))).tracks[0]) == [[0, 1, 60, 80]]


def test_a_file_that_breaks_off_is_read_as_far_as_it_goes(read):
    data = smf(note(60), [event for pitch in range(60, 72) for event in note(pitch)])
    score = read(data[: len(data) - 30])
    assert [t.notes[:, 2].tolist() for t in score.tracks] == [[60], list(range(60, 69))]


def test_what_stands_before_the_header_is_passed_over(read):
    data = smf(note(60))
    assert len(read(b"RIFF\x00\x00\x00\x00RMIDdata\x00\x00\x00\x00" + data).tracks) == 1


def changed(data, at, value):
    return data[:at] + value + data[at + len(value) :]


GOOD = smf(note(60))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "an empty file"),
        (b"hello, world", "not a MIDI file"),
        (GOOD[:10], "not a MIDI file"),
        (smf([]), "no notes"),
        (smf(), "no notes"),
        (smf(note(60), kind=2), "a MIDI file of type 2"),
        (changed(GOOD, 12, b"\x00\x00"), "no beats (0 ticks a beat)"),
        (changed(GOOD, 12, b"\xe7\x28"), "no beats (its ticks count seconds)"),
        (changed(GOOD, 22, b"\xff" * 8), "a broken MIDI file"),
        (smf(note(60, ticks=0xFFFFFFF) * 20), "longer than 2 hours"),
        (smf(note(60, ticks=0xFFFFFFF) + note(60)), "longer than 2 hours"),
        (
            smf([META("set_tempo", tempo=16_000_000), *note(60, ticks=2000 * TICKS), *note(60)]),
            "longer than 2 hours",
        ),
    ],
)
def test_what_is_of_no_use_is_refused_with_the_reason(read, data, reason):
    with pytest.raises(Rejected) as refused:
        read(data)
    assert str(refused.value) == reason


def test_a_length_of_gigabytes_is_not_believed(read):
    data = changed(GOOD, 18, struct.pack(">I", 0x7FFFFFFF))
    assert rows(read(data).tracks[0]) == [[0, 1, 60, 80]]


def test_a_file_too_large_is_not_even_opened(tmp_path):
    path = tmp_path / "large.mid"
    with path.open("wb") as file:
        file.truncate(midi.LARGEST + 1)
    with pytest.raises(Rejected, match="larger than 8 MB"):
        midi.read(path)


def test_nothing_but_rejected_comes_of_files_with_flipped_bytes(tmp_path: Path):
    songs = [
        smf([*program(p, c), *(e for b in range(20) for e in note(40 + b, c))], kind=k)
        for k, p, c in ((0, 3, 0), (1, 33, 1), (1, 0, 9))
    ]
    dice = random.Random(7)
    path, sheets = tmp_path / "song.mid", 0
    for _ in range(400):
        data = bytearray(dice.choice(songs))
        for _ in range(dice.choice((1, 2, 20))):
            data[dice.randrange(len(data))] = dice.randrange(256)
        path.write_bytes(data[: dice.randrange(len(data)) if dice.random() < 0.3 else len(data)])
        with contextlib.suppress(Rejected):
            sheets += len(grid.lay(midi.read(path), "song"))
    assert sheets
