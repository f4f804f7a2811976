"""What may hang ends in time, whatever it holds."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
import sys, threading
from bandmate.bridge.bounded import bounded
print("begun", flush=True)
with bounded({limit}):
    {inside}
print("done", flush=True)
"""
# Compiled code that never lets the interpreter go, as a driver may.
LOCKED = "import re; re.match('(a+)+$', 40 * 'a' + 'b')"


@pytest.mark.parametrize(
    ("inside", "limit", "status", "said"),
    [
        ("pass", 30, 0, "begun\ndone\n"),
        ("threading.Event().wait(60)", 0.2, 1, "begun\n"),
        (LOCKED, 0.2, 1, "begun\n"),
    ],
)
def test_the_process_ends_where_something_hangs(inside: str, limit: float, status: int, said: str) -> None:
    program = PROGRAM.format(inside=inside, limit=limit)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert (ran.returncode, ran.stdout, ran.stderr) == (status, said, "")


def test_an_error_inside_is_an_error_outside() -> None:
    program = PROGRAM.format(inside="raise SystemExit(7)", limit=30)
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert ran.returncode == 7
