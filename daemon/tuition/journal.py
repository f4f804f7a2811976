"""What the commands of a job print, in a file that whoever does the job holds meanwhile."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO

from bandmate.daemon.locking import held, lock

LATEST = 4096
"""Bytes of its end that are read."""
LONGEST = 300


class Journal:
    """One job's."""

    def __init__(self, folder: Path, number: int) -> None:
        """folder: the ledger's."""
        self.path = folder / "logs" / f"{number}.log"

    def hold(self) -> IO[bytes]:
        """Until what comes back is closed, or the process ends, the job is being done. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("ab")
        lock(file, wait=True)
        return file

    def held(self) -> bool:
        """Whether a process does the job: told without a clock, which may be set meanwhile."""
        try:
            with self.path.open("r+b") as file:
                return held(file)
        except OSError:
            return False

    def last(self) -> str:
        """The last line that was printed; nothing if there is none."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - LATEST))
                lines = file.read().decode("utf-8", "replace").splitlines()
        except OSError:
            return ""
        said = [line.strip() for line in lines if line.strip()]
        return "".join(sign for sign in said[-1] if sign.isprintable())[:LONGEST] if said else ""

    def fault(self, status: int) -> str:
        """The sentence with which a command of this exit status ended."""
        if status < 0:
            return f"the system ended it (signal {-status}); memory may have been short"
        return self.last().removeprefix("Error: ") or f"the command ended with status {status}"
