"""What a take writes, read back as a score."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import mido
import pytest

from bandmate.bridge.events import Control, NoteOff, NoteOn, Program, Pulse
from bandmate.daemon.sending.takes import MELODY, Take

PARTS = [("drums", 10, None), ("bass", 2, 33)]
NOON = datetime(2026, 11, 21, 14, 5, 33)


FIELDS = {
    "track_name": ["name"],
    "marker": ["text"],
    "set_tempo": ["tempo"],
    "time_signature": ["numerator", "denominator"],
    "note_on": ["channel", "note", "velocity"],
    "note_off": ["channel", "note", "velocity"],
    "program_change": ["channel", "program"],
    "control_change": ["channel", "control", "value"],
    "end_of_track": [],
}


def score(path: Path) -> list[list[tuple[object, ...]]]:
    """Each track's messages, as (file tick, type, values...)."""
    tracks = []
    for track in mido.MidiFile(path, charset="utf-8").tracks:
        now, rows = 0, []
        for message in track:
            now += message.time
            rows.append((now, message.type, *(getattr(message, field) for field in FIELDS[message.type])))
        tracks.append(rows)
    return tracks


def a_take() -> Take:
    take = Take(PARTS, title="jam")
    take.add(0, MELODY, NoteOn(5, 60, 80))
    take.add(24, MELODY, NoteOff(5, 60))
    take.add(12.5, 1, NoteOn(10, 36, 100))
    take.add(0, 2, NoteOn(2, 40, 90))
    return take


def test_a_track_a_voice(tmp_path: Path) -> None:
    take = a_take()
    take.tempo(12, 60)
    take.metre(24, 3, 4)
    take.marker(0, "F♯m7")
    take.write(tmp_path / "take.mid")
    file = mido.MidiFile(tmp_path / "take.mid")
    assert (file.type, file.ticks_per_beat) == (1, 480)
    assert score(tmp_path / "take.mid") == [
        [
            (0, "track_name", "jam"),
            (0, "time_signature", 4, 4),
            (0, "set_tempo", 500_000),
            (0, "marker", "F♯m7"),
            (240, "set_tempo", 1_000_000),
            (480, "time_signature", 3, 4),
            (480, "end_of_track"),
        ],
        [
            (0, "track_name", "melody"),
            (0, "note_on", 0, 60, 80),
            (480, "note_off", 0, 60, 0),
            (480, "end_of_track"),
        ],
        [
            (0, "track_name", "drums"),
            (250, "note_on", 9, 36, 100),
            (480, "note_off", 9, 36, 0),
            (480, "end_of_track"),
        ],
        [
            (0, "track_name", "bass"),
            (0, "program_change", 1, 32),
            (0, "note_on", 1, 40, 90),
            (480, "note_off", 1, 40, 0),
            (480, "end_of_track"),
        ],
    ]


def test_tempos_and_metres_of_a_file_are_kept(tmp_path: Path) -> None:
    Take(tempos=[(0, 90), (96, 100)], metres=[(0, 6, 8)], melody="flute").write(tmp_path / "take.mid")
    conductor, melody = score(tmp_path / "take.mid")
    assert conductor[:3] == [
        (0, "time_signature", 6, 8),
        (0, "set_tempo", 666_667),
        (1920, "set_tempo", 600_000),
    ]
    assert melody == [(0, "track_name", "flute"), (1920, "end_of_track")]


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (
            [(0, NoteOn(2, 40, 90)), (24, NoteOn(2, 40, 80)), (48, NoteOff(2, 40))],
            [(0, 90), (480, 0), (480, 80), (960, 0)],
        ),
        ([(24, NoteOff(2, 40)), (48, NoteOn(2, 40, 90))], [(960, 90), (960, 0)]),
        ([(24, NoteOff(2, 40)), (0, NoteOn(2, 40, 90))], [(0, 90), (480, 0)]),
        ([(-6, NoteOn(2, 40, 90)), (6, NoteOff(2, 40))], [(0, 90), (120, 0)]),
    ],
)
def test_every_note_is_ended_once(tmp_path: Path, events: list, expected: list[tuple[int, int]]) -> None:
    take = Take([("bass", 2, None)])
    for tick, event in events:
        take.add(tick, 1, event)
    take.write(tmp_path / "take.mid")
    assert [
        (row[0], row[4]) for row in score(tmp_path / "take.mid")[2] if str(row[1]).startswith("note")
    ] == expected


def test_changes_of_a_part_are_kept_and_the_clock_is_not(tmp_path: Path) -> None:
    take = a_take()
    take.add(6, 2, Program(2, 34))
    take.add(6, 2, Control(2, 7, 99))
    take.add(6, 2, Pulse())
    take.write(tmp_path / "take.mid")
    bass = score(tmp_path / "take.mid")[3]
    assert bass[3:5] == [(120, "program_change", 1, 33), (120, "control_change", 1, 7, 99)]
    assert len(bass) == 7


def test_the_same_take_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.mid", "two.mid"):
        a_take().write(tmp_path / name)
    assert (tmp_path / "one.mid").read_bytes() == (tmp_path / "two.mid").read_bytes()


def test_a_take_without_notes_is_empty() -> None:
    take = Take(PARTS)
    take.add(0, 1, Program(10, 1))
    assert take.empty
    assert not a_take().empty


def test_a_take_never_takes_another_ones_name(tmp_path: Path) -> None:
    names = []
    for _ in range(3):
        path = Take.path(tmp_path / "takes", NOON)
        a_take().write(path)
        names.append(path.name)
    assert names == ["2026-11-21 14.05.33.mid", "2026-11-21 14.05.33 2.mid", "2026-11-21 14.05.33 3.mid"]


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "take.mid"
    path.write_bytes(b"the take before")

    def full_disk(self: mido.MidiFile, file: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(mido.MidiFile, "save", full_disk)
    with pytest.raises(OSError, match="no space"):
        a_take().write(path)
    assert path.read_bytes() == b"the take before"
    assert [entry.name for entry in tmp_path.iterdir()] == ["take.mid"]
