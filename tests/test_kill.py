"""A run that is killed in the middle of an epoch goes on to the very same curve."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")

TINY = str(Path(__file__).with_name("teach_tiny.py"))


def run(folder: Path, *more: str) -> tuple[int, list[float]]:
    """The exit status, and the losses of the updates that this process did."""
    folder.mkdir(exist_ok=True)
    line = [sys.executable, TINY, str(folder / "losses.json"), *more]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(line, capture_output=True, env=environment, timeout=240)
    written = folder / "losses.json"
    return done.returncode, json.loads(written.read_text())["losses"] if written.exists() else []


def test_a_killed_run_resumes_to_the_same_curve(tmp_path: Path) -> None:
    status, curve = run(tmp_path / "whole")
    assert status == 0
    # 11 updates in 2 epochs, a checkpoint at every third: the kill is in an epoch, and loses two updates.
    assert len(curve) == 11
    assert run(tmp_path / "killed", "5") == (-signal.SIGKILL, [])
    status, rest = run(tmp_path / "killed")
    assert status == 0
    assert rest == pytest.approx(curve[3:], rel=1e-6)
