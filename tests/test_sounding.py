"""What sounds, on disk: kept by a process, ended by the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.ports.sounding import Remains, Sounding

NOTES = st.sets(st.tuples(st.integers(1, 16), st.integers(0, 127)), max_size=40)


@given(begun=NOTES, ended=NOTES)
def test_a_set_of_notes(begun: set[tuple[int, int]], ended: set[tuple[int, int]]) -> None:
    sounding = Sounding()
    for note in begun:
        sounding.add(*note)
    for note in ended:
        sounding.discard(*note)
    assert set(sounding) == begun - ended
    assert all((note in sounding) == (note in begun - ended) for note in begun | ended)


def killed(folder: Path, *ports: str) -> None:
    """Another process that is killed while 2/40 and 10/36 sound on each of these ports."""
    program = f"""
import os, signal, sys
from pathlib import Path
from bandmate.daemon.ports.sounding import Remains
remains = Remains(Path({str(folder)!r}))
for port in {ports!r}:
    sounding = remains.keep(port)
    for note in ((2, 40), (3, 60), (10, 36)):
        sounding.add(*note)
    sounding.discard(3, 60)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run([sys.executable, "-c", program], timeout=60)
    assert done.returncode == -signal.SIGKILL


def test_the_next_process_learns_what_a_killed_one_left_on_the_same_port(tmp_path: Path) -> None:
    killed(tmp_path, "Synth", "Organ")
    remains = Remains(tmp_path)
    assert list(remains.keep("Piano")) == []
    sounding = remains.keep("Synth")
    assert list(sounding) == [(2, 40), (10, 36)]
    sounding.discard(2, 40)
    sounding.discard(10, 36)
    remains.close()
    later = Remains(tmp_path)
    assert list(later.keep("Synth")) == []
    assert list(later.keep("Organ")) == [(2, 40), (10, 36)]
    later.close()


def test_what_several_left_is_one_and_killed_again_is_left_again(tmp_path: Path) -> None:
    killed(tmp_path, "Synth")
    first = Remains(tmp_path)
    first.keep("Synth").add(4, 70)
    first.close()
    assert set(Remains(tmp_path).keep("Synth")) == {(2, 40), (4, 70), (10, 36)}


def test_what_sounds_in_a_process_that_lives_is_its_own(tmp_path: Path) -> None:
    one, two = Remains(tmp_path), Remains(tmp_path)
    one.keep("Synth").add(2, 40)
    assert list(two.keep("Synth")) == []
    two.close()
    one.close()
    assert list(Remains(tmp_path).keep("Synth")) == [(2, 40)]


def test_silence_leaves_no_file(tmp_path: Path) -> None:
    remains = Remains(tmp_path)
    sounding = remains.keep("Synth")
    sounding.add(2, 40)
    assert len(os.listdir(tmp_path)) == 1
    sounding.discard(2, 40)
    remains.close()
    assert os.listdir(tmp_path) == []


def test_a_file_that_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    for name, data in (("short.notes", b"x"), ("odd.notes", bytes([1]) + bytes(255) + b"\xff\xfe")):
        (tmp_path / name).write_bytes(data)
    remains = Remains(tmp_path)
    assert list(remains.keep("Synth")) == []
    remains.close()
    assert sorted(os.listdir(tmp_path)) == ["odd.notes", "short.notes"]
