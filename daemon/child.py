"""A program that we run and that ends when its input does."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from typing import Any


def end(process: subprocess.Popen[Any], patience: float) -> None:
    """Close its input and wait so many seconds for its end; then it is killed. A second call does nothing."""
    if process.stdin is not None:
        with suppress(OSError):  # what it had not read yet
            process.stdin.close()
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
