"""Folders of songs that a page may have read: which of them are safe depends on who can ask."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from bandmate.daemon.tuition.errors import TuitionError

NOWHERE = "there is no folder of songs there that this page may read; {advice}"
OWN = "write its whole path, as /home/me/songs"
OTHERS = "from other devices, only folders inside your home can be chosen, and no hidden ones"


class Places:
    """Law: from this machine any folder that the user can read, but for their whole home and what is above;
    from others only those inside the homes, not hidden, wherever a link leads. What is refused and what is
    not there sound alike."""

    def __init__(self, homes: Sequence[Path], guarded: bool) -> None:
        """homes: folders that are the user's, the first is their home; guarded: whether others can ask."""
        self._homes = [Path(os.path.realpath(home)) for home in homes]
        # As they are typed: a home may be reached through a link.
        self._named = [*self._homes, *(Path(os.path.abspath(home)) for home in homes)]
        self._guarded = guarded

    def find(self, typed: str) -> Path:
        """The folder that somebody typed. Raises TuitionError."""
        sentence = NOWHERE.format(advice=OTHERS if self._guarded else OWN)
        text = os.path.expanduser(typed) if typed.startswith("~/") or typed == "~" else typed
        # Told from the words alone first: a Windows that looks for a foreign server tells it a password.
        if not os.path.isabs(text) or not self._may(Path(os.path.normpath(text)), self._named):
            raise TuitionError(sentence)
        try:
            path = Path(os.path.realpath(text))
            may = self._may(path, self._homes)
            if not may or not path.is_dir() or not os.access(path, os.R_OK | os.X_OK):
                raise TuitionError(sentence)
        except (OSError, ValueError) as error:
            raise TuitionError(sentence) from error
        if any(home.is_relative_to(path) for home in self._homes):
            raise TuitionError("choose the folder with the songs, not one with all that is yours in it")
        return path

    def _may(self, path: Path, homes: Sequence[Path]) -> bool:
        if not self._guarded:
            return True
        inside = [path.relative_to(home) for home in homes if path.is_relative_to(home)]
        return any(not any(part.startswith(".") for part in each.parts) for each in inside)
