"""Takes: what was played and kept, as files in one folder. Names come from pages and never become paths."""

from __future__ import annotations

import os
import re
from datetime import datetime
from pathlib import Path
from typing import Any

SUFFIX = ".mid"
NAME = re.compile(r"[\w][\w .,'()+&-]{0,79}")
MOST = 500


class LibraryError(Exception):
    """It can't be done; the sentence says why."""


class Library:
    """Law: only a file that the folder lists is touched, and only a name that is one file's own is given."""

    def __init__(self, folder: Path) -> None:
        """folder: it need not exist."""
        self._folder = folder

    def list(self) -> list[dict[str, Any]]:
        """The takes, newest first: name, when (ISO 8601) and bytes."""
        found = sorted(self._files().values(), key=lambda path: path.stat().st_mtime, reverse=True)
        return [
            {
                "name": path.stem,
                "when": datetime.fromtimestamp(path.stat().st_mtime).isoformat(timespec="seconds"),
                "bytes": path.stat().st_size,
            }
            for path in found[:MOST]
        ]

    def find(self, name: str) -> Path:
        """The file of a take. Raises LibraryError."""
        path = self._files().get(name)
        if path is None:
            raise LibraryError("there is no take of this name any more")
        return path

    def rename(self, name: str, wanted: str) -> None:
        """Give a take another name. Raises LibraryError."""
        path = self.find(name)
        if not NAME.fullmatch(wanted) or wanted.endswith((" ", ".")):
            raise LibraryError("a name has up to 80 letters, digits, spaces and . , ' ( ) + & -")
        if wanted in self._files():
            raise LibraryError(f"there is a take '{wanted}' already")
        try:
            # A link fails where the name exists, be it since a moment ago; renaming would write over it.
            os.link(path, self._folder / f"{wanted}{SUFFIX}")
            path.unlink()
        except OSError as error:
            raise LibraryError(f"it can't be renamed ({error.strerror})") from error

    def delete(self, name: str) -> None:
        """Delete a take. Raises LibraryError."""
        try:
            self.find(name).unlink()
        except OSError as error:
            raise LibraryError(f"it can't be deleted ({error.strerror})") from error

    def _files(self) -> dict[str, Path]:
        try:
            listed = [entry for entry in os.scandir(self._folder) if entry.is_file(follow_symlinks=False)]
        except OSError:
            return {}
        paths = [Path(entry.path) for entry in listed]
        return {path.stem: path for path in paths if path.suffix == SUFFIX and not path.name.startswith(".")}
