"""A file that a process holds as long as it lives: another one can tell whether its writer is still there."""

from __future__ import annotations

import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def lock(file: IO[bytes], *, wait: bool) -> None:
        """Hold a file open for writing, until it is closed; where another process does, wait for it or
        raise OSError. Its position is left anywhere."""
        # Far behind all that is in it: on Windows nobody else could read what is locked.
        file.seek(1 << 30)
        msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

    def held(file: IO[bytes]) -> bool:
        """Whether another one holds a file; if not, we do until it is closed, which is to be soon."""
        try:
            lock(file, wait=False)
        except OSError:
            return True
        return False

else:
    import fcntl

    def lock(file: IO[bytes], *, wait: bool) -> None:
        """Hold a file open for writing, until it is closed; where another process does, wait for it or
        raise OSError. Its position is left anywhere."""
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))

    def held(file: IO[bytes]) -> bool:
        """Whether another one holds a file; if not, we do until it is closed, which is to be soon."""
        try:
            # Together with others who only ask.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        return False
