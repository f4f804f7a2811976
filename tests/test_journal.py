"""A take while it is played: whatever is cut off its journal, the rest is a take."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import mido
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bandmate.bridge.events import Control, Event, NoteOff, NoteOn, Program
from bandmate.daemon.sending.journal import Journal, JournalError, read
from bandmate.daemon.sending.takes import MELODY, Take

PARTS = [("drums", 10, None), ("bass", 2, 33)]
BAR = 96


def a_bar(take: Take, number: int) -> None:
    """A bar of a melody's crotchets, a kick on each and a chord symbol."""
    take.marker(number * BAR, "F♯m" if number % 2 else "B♭")
    for beat in range(4):
        tick = number * BAR + 24 * beat
        take.add(tick + 0.37, MELODY, NoteOn(1, 60 + beat, 80))
        take.add(tick, 1, NoteOn(10, 36, 100))
        take.add(tick + 12, 1, NoteOff(10, 36))
        take.add(tick + 23, MELODY, NoteOff(1, 60 + beat))


def played(bars: int) -> tuple[Take, list[bytes]]:
    """A take of so many bars, and what its journal said after each."""
    take = Take(PARTS, title="jam", melody="flute", tempos=[(0, 97.5)], metres=[(0, 3, 4)])
    journal, pages = Journal(take), []
    for number in range(bars):
        a_bar(take, number)
        pages.append(journal.news())
    return take, pages


def file_of(take: Take, folder: Path) -> bytes:
    take.write(folder / "take.mid")
    return (folder / "take.mid").read_bytes()


def test_a_whole_journal_is_the_same_file(tmp_path: Path) -> None:
    take, pages = played(5)
    take.tempo(200, 61)
    take.metre(288, 6, 8)
    take.add(300, 2, Program(2, 40))
    take.add(-4, 2, Control(2, 7, 99))
    journal = Journal(take)
    assert file_of(read(journal.news()), tmp_path) == file_of(take, tmp_path)
    assert journal.news() == b""
    assert b"".join(pages)[:20] == journal_head(take)[:20]


def journal_head(take: Take) -> bytes:
    return Journal(take).news().split(b"\n")[0]


def test_before_the_first_note_there_is_nothing_to_keep() -> None:
    take = Take(PARTS)
    journal = Journal(take)
    take.add(0, 2, Program(2, 34))
    take.marker(0, "C")
    assert journal.news() == b""
    take.add(24, MELODY, NoteOn(1, 60, 80))
    assert len(journal.news().splitlines()) == 6  # head, metre, tempo, marker, program and note


def test_a_bar_is_a_small_write() -> None:
    _, pages = played(8)
    assert max(map(len, pages[1:])) < 4096


def last_onset(take: Take) -> float:
    """The bar in which the last note of the kick begins; -1 if none does."""
    return max((tick for tick, *_ in take.notes(1)), default=-BAR) // BAR


def test_cut_at_any_byte_it_lacks_no_bar_that_was_written(tmp_path: Path) -> None:
    _, pages = played(3)
    data, ends = b"".join(pages), [len(b"".join(pages[: n + 1])) for n in range(len(pages))]
    head = data.index(b"\n") + 1
    for cut in range(head, len(data) + 1):
        take = read(data[:cut])
        whole = sum(end <= cut for end in ends)
        assert last_onset(take) >= whole - 1
        if cut % 50 == 0:
            mido.MidiFile(file=None, filename=written(take, tmp_path))
    for cut in range(head):
        with pytest.raises(JournalError):
            read(data[:cut])


def written(take: Take, folder: Path) -> Path:
    file_of(take, folder)
    return folder / "take.mid"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda row: [99, *row[1:]],
        lambda row: [-1, *row[1:]],
        lambda row: [True, *row[1:]],
        lambda row: [0, *row[1:]],
        lambda row: [row[0], 1e300, row[2]],
        lambda row: [row[0], None, row[2]],
        lambda row: [row[0], row[1], "f8"],
        lambda row: [row[0], row[1], "zz"],
        lambda row: [row[0], row[1], {"type": "sequencer_specific"}],
        lambda row: [row[0], row[1]],
        lambda row: {"a": row},
    ],
)
def test_a_damaged_row_is_left_out_and_the_rest_is_there(spoil: Callable[[list[object]], object]) -> None:
    _, pages = played(2)
    lines = b"".join(pages).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith(b"[2,"))
    lines[at] = json.dumps(spoil(json.loads(lines[at]))).encode()
    take = read(b"\n".join(lines) + b"\n")
    assert len(take.notes(1)) == 7


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_in_it_it_is_a_take_or_none(tmp_path: Path, data: st.DataObject) -> None:
    _, pages = played(2)
    text = bytearray(b"".join(pages))
    for _ in range(data.draw(st.integers(1, 4))):
        begin = data.draw(st.integers(0, len(text)))
        text[begin : begin + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
    try:
        take = read(bytes(text))
    except JournalError:
        return
    assert mido.MidiFile(written(take, tmp_path)).tracks


EVENTS = st.one_of(
    st.builds(NoteOn, st.integers(1, 16), st.integers(0, 127), st.integers(1, 127)),
    st.builds(NoteOff, st.integers(1, 16), st.integers(0, 127)),
    st.builds(Control, st.integers(1, 16), st.integers(0, 127), st.integers(0, 127)),
    st.builds(Program, st.integers(1, 16), st.integers(1, 128)),
)


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-50, 5000), st.integers(0, 2), EVENTS, st.booleans())))
def test_whatever_is_played_is_read_back(tmp_path: Path, score: list[tuple[float, int, Event, bool]]) -> None:
    take = Take(PARTS)
    take.add(0, MELODY, NoteOn(1, 60, 80))
    journal, kept = Journal(take), b""
    for tick, voice, event, bar in score:
        take.add(tick, voice, event)
        kept += journal.news() if bar else b""
    assert file_of(read(kept + journal.news()), tmp_path) == file_of(take, tmp_path)
