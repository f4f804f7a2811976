"""Enter in the terminal."""

from __future__ import annotations

import os
import pty
import sys
from pathlib import Path

import pytest

from bandmate.daemon.stage.keys import Keys

FOREGROUND = """
import os, select, sys
sys.path.insert(0, sys.argv[1])
from bandmate.daemon.stage.keys import Keys
keys = Keys()
print("there" if keys.there else "none", "entered" if keys.entered() else "quiet", flush=True)
select.select([0], [], [], 20)
print("entered" if keys.entered() else "quiet", "entered" if keys.entered() else "quiet", flush=True)
"""


def test_a_line_of_the_terminal_counts_once() -> None:
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.executable, [sys.executable, "-c", FOREGROUND, str(Path.cwd())])
    said = b""
    while b"quiet" not in said:
        said += os.read(terminal, 1024)
    assert b"there quiet" in said
    os.write(terminal, b"\n")
    while said.count(b"quiet") < 2:
        said += os.read(terminal, 1024)
    assert b"entered quiet" in said
    os.close(terminal)
    os.waitpid(child, 0)


def test_what_is_no_terminal_is_not_looked_at() -> None:
    ours, theirs = os.pipe()
    os.write(theirs, b"\n")
    keys = Keys(ours)
    assert not keys.there
    assert not keys.entered()
    os.close(ours)
    os.close(theirs)


def test_a_terminal_of_others_is_left_alone() -> None:
    """We are no job of it: to read it would stop us, or fail."""
    terminal, other = pty.openpty()
    os.write(terminal, b"\n")
    keys = Keys(other)
    assert keys.there
    assert not keys.entered()
    for each in (terminal, other):
        os.close(each)


def test_without_a_standard_input_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert not Keys().there
