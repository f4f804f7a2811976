"""The key of the terminal that counts while the band plays: Enter, for panic."""

from __future__ import annotations

import os
import select
import sys

if sys.platform == "win32":
    import msvcrt

    def _typed(file: int) -> str:
        typed = ""
        while msvcrt.kbhit():
            typed += msvcrt.getwch()
        return typed

else:

    def _typed(file: int) -> str:
        # Who reads a terminal from its background is stopped.
        if os.tcgetpgrp(file) != os.getpgrp() or not select.select([file], [], [], 0)[0]:
            return ""
        return os.read(file, 1024).decode(errors="replace")


class Keys:
    """Looks at the terminal, if there is one, without ever waiting."""

    def __init__(self, file: int | None = None) -> None:
        """file: of the terminal; by default the standard input's."""
        try:
            self._file = sys.stdin.fileno() if file is None else file
            self.there = os.isatty(self._file)
        except (OSError, ValueError, AttributeError):
            self.there = False

    def entered(self) -> bool:
        """Whether Enter was pressed since the last time. A terminal that is gone is not looked at again."""
        if not self.there:
            return False
        try:
            typed = _typed(self._file)
        except OSError:
            self.there = False
            return False
        return "\n" in typed or "\r" in typed
