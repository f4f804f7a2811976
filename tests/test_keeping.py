"""What is left of a performance when the power is cut: all but two bars, at any moment and at any byte."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import pytest
from click.testing import CliRunner

from bandmate.bridge.events import NoteOff, NoteOn
from bandmate.daemon.cli import main
from bandmate.daemon.sending.journal import read
from bandmate.daemon.sending.takes import MELODY, Take
from bandmate.daemon.stage import keeping
from bandmate.daemon.stage.keeping import Keeper, Notebook, left, recover

PARTS = [("drums", 10, None), ("bass", 2, None), ("keys", 3, None), ("strings", 4, None)]
BARS = 12
BAR = 96
LATE = 0.5


def a_take(bars: int = 2) -> Take:
    take = Take(PARTS)
    for beat in range(4 * bars):
        take.add(24 * beat, MELODY, NoteOn(1, 60, 80))
        take.add(24 * beat + 20, MELODY, NoteOff(1, 60))
    return take


def noted(take: Take, folder: Path) -> Path:
    """The journal of a process that was killed."""
    notebook = Notebook(take, folder)
    notebook.jot()
    notebook.close()
    assert notebook.path is not None
    return notebook.path


def notes(take: Take, before: float) -> list[list[tuple[float, float, int, int]]]:
    """By voice, the notes that had ended by a tick."""
    return [[n for n in take.notes(voice) if n[0] + n[1] <= before] for voice in range(5)]


def test_the_power_may_be_cut_at_any_moment_and_any_byte(
    stage: Any, scores: ModuleType, tmp_path: Path
) -> None:
    """The disk has what was jotted within half a beat of a bar line, and any part of what is being jotted."""
    take = Take(PARTS)
    notebook = Notebook(take, tmp_path)
    pages: list[tuple[float, int]] = []

    def jot(beat: float, engine: Any, now: float) -> None:
        notebook.jot()
        pages.append((beat, notebook.path.stat().st_size if notebook.path else 0))

    calls = [(4.0 * bar + LATE, partial(jot, 4 * bar + LATE)) for bar in range(1, BARS + 1)]
    tune = scores.tune([60, 62, 64, 65, 67, 65, 64, 62] * 6)
    stage.play(tune, 4.0 * BARS + 1, calls=calls, take=take)
    notebook.close()
    assert notebook.path is not None
    data = notebook.path.read_bytes()
    begin = 0
    for number, (beat, size) in enumerate(pages):
        assert begin < size
        for cut in {begin, size - 1, size, *range(begin, size, 97)}:
            if data[:cut].count(b"\n"):
                # A whole page stands until the next one is written, a torn one was being written.
                until = beat if cut < size else pages[min(number + 1, BARS - 1)][0]
                assert notes(read(data[:cut]), 24 * (until - 8)) == notes(take, 24 * (until - 8))
        begin = size
    assert sum(map(len, notes(take, 24 * 40))) > 100


KILLED = """
import sys
from itertools import count
from pathlib import Path
from bandmate.bridge.events import NoteOff, NoteOn
from bandmate.daemon.sending.takes import Take
from bandmate.daemon.stage.keeping import Notebook
take = Take([("drums", 10, None)])
notebook = Notebook(take, Path(sys.argv[1]))
for bar in count():
    for beat in range(4):
        take.add(96 * bar + 24 * beat, 0, NoteOn(1, 60, 80))
        take.add(96 * bar + 24 * beat + 12, 1, NoteOn(10, 36, 80))
        take.add(96 * bar + 24 * beat + 20, 0, NoteOff(1, 60))
    notebook.jot()
    print(bar, flush=True)
"""


@pytest.mark.parametrize("seed", range(4))
def test_a_process_that_is_killed_leaves_all_bars_that_it_had_written(tmp_path: Path, seed: int) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    for _ in range(random.Random(seed).randrange(1, 60)):
        process.stdout.readline()
    process.kill()
    told = process.stdout.read().split()
    process.wait(10)
    assert process.returncode == -signal.SIGKILL
    (sentence,) = recover(tmp_path)
    (path,) = tmp_path.iterdir()
    assert str(path) in sentence
    melody = mido.MidiFile(path).tracks[1]
    struck = sum(message.type == "note_on" for message in melody)
    assert struck >= 4 * (int(told[-1]) + 1 if told else 1)
    assert sum(message.type == "note_off" for message in melody) == struck


def test_only_what_nobody_writes_any_more_is_recovered(tmp_path: Path) -> None:
    notebook = Notebook(a_take(), tmp_path)
    notebook.jot()
    assert list(left(tmp_path)) == []
    assert list(recover(tmp_path)) == []
    notebook.close()
    assert [path for path, _ in left(tmp_path)] == [notebook.path]


def test_what_is_recovered_is_the_take_and_its_journal_goes(tmp_path: Path) -> None:
    journal = noted(a_take(), tmp_path)
    (sentence,) = recover(tmp_path)
    a_take().write(tmp_path / "wanted")
    take = journal.with_suffix(".mid")
    assert sentence == f"a performance was cut off; its take is kept in {take}"
    assert take.read_bytes() == (tmp_path / "wanted").read_bytes()
    assert not journal.exists()
    assert list(recover(tmp_path)) == []


def test_a_take_that_was_written_in_time_stays_as_it_is(tmp_path: Path) -> None:
    journal = noted(a_take(1), tmp_path)
    a_take(2).write(journal.with_suffix(".mid"))
    whole = journal.with_suffix(".mid").read_bytes()
    assert list(recover(tmp_path)) == []
    assert not journal.exists()
    assert journal.with_suffix(".mid").read_bytes() == whole


@pytest.mark.parametrize("head", [b"what is this\n", b'{"bandmate":2}\n', b"\xff\x00\n", b"[]\n"])
def test_what_is_no_journal_is_put_aside_and_told(tmp_path: Path, head: bytes) -> None:
    journal = noted(a_take(), tmp_path)
    journal.write_bytes(head + journal.read_bytes())
    (sentence,) = recover(tmp_path)
    aside = tmp_path / f"{journal.name}.damaged"
    assert sentence.endswith(f"it is now {aside}")
    assert list(tmp_path.iterdir()) == [aside]
    assert list(recover(tmp_path)) == []


def test_a_journal_without_a_whole_line_is_left_to_who_makes_it(tmp_path: Path) -> None:
    (tmp_path / "new.journal").write_bytes(b'{"bandma')
    assert list(left(tmp_path)) == []
    assert [path.name for path in tmp_path.iterdir()] == ["new.journal"]


def test_the_command_recovers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path))
    monkeypatch.setattr(os, "nice", lambda _: 0)
    noted(a_take(), tmp_path / "takes")
    done = CliRunner().invoke(main, ["recover"])
    assert (done.exit_code, done.output.count("cut off")) == (0, 1)
    assert [path.suffix for path in (tmp_path / "takes").iterdir()] == [".mid"]
    assert CliRunner().invoke(main, ["recover"]).output == ""


def test_a_keeper_writes_once_a_bar_and_nothing_while_nothing_is_played(tmp_path: Path) -> None:
    said: list[str] = []
    take = Take(PARTS)
    keeper = Keeper(take, tmp_path, said.append)
    for bar in (0, 0, 1, 1, 2, 0):
        keeper.turn(bar)
    keeper.keep()
    assert (said, list(tmp_path.iterdir())) == ([], [])


def test_a_keeper_keeps_the_take_and_no_journal(tmp_path: Path) -> None:
    said: list[str] = []
    keeper = Keeper(a_take(), tmp_path, said.append)
    keeper.turn(1)
    keeper.turn(2)
    keeper.keep()
    (path,) = tmp_path.iterdir()
    assert path.suffix == ".mid"
    assert said == [f"the take is kept in {path}"]


def test_what_a_keeper_noted_down_but_did_not_keep_is_recovered(tmp_path: Path) -> None:
    said: list[str] = []
    keeper = Keeper(a_take(), tmp_path, said.append)
    keeper.turn(1)
    keeper.close()
    keeper.close()
    (sentence,) = recover(tmp_path)
    (path,) = tmp_path.iterdir()
    assert sentence == f"a performance was cut off; its take is kept in {path}"
    assert "bandmate keeper" not in {thread.name for thread in threading.enumerate()}


def test_where_no_journal_can_be_written_the_take_is_kept_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(number: int) -> None:
        raise OSError(28, "No space left on device")

    said: list[str] = []
    keeper = Keeper(a_take(), tmp_path, said.append)
    with monkeypatch.context() as patch:
        patch.setattr(keeping.os, "fsync", full)
        keeper.turn(1)
        keeper.turn(2)
        keeper._turns.put(False)
        keeper._thread.join(5)
    keeper.keep()
    assert [sentence.split(" (")[0] for sentence in said] == [
        "the take can't be noted down while it is played",
        f"the take is kept in {next(tmp_path.glob('*.mid'))}",
    ]
    assert list(tmp_path.glob("*.journal")) == []


@pytest.mark.jack
def test_a_killed_band_is_recovered_by_the_next(jackclient: ModuleType, tmp_path: Path) -> None:
    """In a process and on a server of its own: one in sync mode waits 30 s for a client that was killed."""
    if not jackclient.available():
        pytest.skip("jackd or jack_lsp is missing: install jackd2")
    here = Path(__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", KILLED_BAND.format(here=str(here))],
        capture_output=True,
        text=True,
        timeout=90,
        env=os.environ | {"BANDMATE_HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = (tmp_path / "takes").iterdir()
    tracks = {track.name: sum(m.type == "note_on" for m in track) for track in mido.MidiFile(path).tracks}
    # Killed in the sixth bar: four are there at least.
    assert 16 <= tracks["melody"] <= 24
    assert sum(tracks.values()) - tracks["melody"] > 16


KILLED_BAND = """
import os, signal, sys
sys.path.insert(0, {here!r})
from bandmate.bridge.events import NoteOff, NoteOn
from jackclient import Client, Playing, Server, Timed
server = Server(f"bandmate-cut-{{os.getpid()}}", sync=False)
os.environ.update(server.environment)
flags = ("--clock", "internal", "--tempo", "240")
try:
    killed = Playing(*flags)
    assert killed.says("is ready")
    client = Client()
    client.play_to("bandmate in")
    client.play(
        [Timed(beat / 4 + at, event) for beat in range(22)
         for at, event in ((0.05, NoteOn(1, 60 + beat % 8, 90)), (0.2, NoteOff(1, 60 + beat % 8)))]
    )
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    client.close()
    again = Playing(*flags)
    assert again.says("its take is kept in"), again.said
    assert again.end() == 0
finally:
    server.stop()
"""
