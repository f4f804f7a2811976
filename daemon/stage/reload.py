"""Watches the user's presets and models, and says which file changed once it has been left alone.

Editors write a file in several strokes and trainers write for seconds, so a change is told only when a
path has been quiet for a while. Files that are neither presets nor models (an editor's temporary
ones) are not looked at.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from watchdog.events import (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

SUFFIXES = (".yaml", ".yml", ".onnx")
QUIET = 0.3
_WRITES = (
    EVENT_TYPE_CLOSED,
    EVENT_TYPE_CREATED,
    EVENT_TYPE_DELETED,
    EVENT_TYPE_MODIFIED,
    EVENT_TYPE_MOVED,
)


class Quieting:
    """Paths that were touched, each waiting until it has been quiet for so many seconds."""

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._until: dict[Path, float] = {}

    def touch(self, path: Path, now: float) -> None:
        """A path changed; its waiting begins again."""
        self._until[path] = now + self._quiet

    def due(self, now: float) -> list[Path]:
        """The paths that have been quiet long enough, each once."""
        ready = sorted(path for path, until in self._until.items() if until <= now)
        for path in ready:
            del self._until[path]
        return ready

    def deadline(self) -> float | None:
        """When the next path may be due, or None."""
        return min(self._until.values(), default=None)


class Watch(FileSystemEventHandler):
    """Calls `changed(path)`, from a thread of its own, for each preset or model that was written, moved
    or deleted in these folders. Folders that do not exist are made; one that can't be made or watched
    is in `unwatched`. Nothing is called after `stop()` has returned."""

    def __init__(
        self, folders: Iterable[Path], changed: Callable[[Path], None], quiet: float = QUIET
    ) -> None:
        self._changed = changed
        self._quieting = Quieting(quiet)
        self._wake = threading.Condition()
        self._stopped = False
        self.unwatched: list[Path] = []
        self._observer = Observer()
        self._observer.start()
        for folder in folders:
            self._watch(folder)
        self._teller = threading.Thread(target=self._tell, name="bandmate reload", daemon=True)
        self._teller.start()

    def _watch(self, folder: Path) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._observer.schedule(self, str(folder))
        except OSError:
            self.unwatched.append(folder)

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note the paths of a change (watchdog's thread)."""
        if event.is_directory or event.event_type not in _WRITES:
            return
        paths = [Path(str(each)) for each in (event.src_path, event.dest_path) if each]
        with self._wake:
            for path in paths:
                if path.suffix in SUFFIXES and not path.name.startswith("."):
                    self._quieting.touch(path, time.monotonic())
            self._wake.notify()

    def _tell(self) -> None:
        while True:
            with self._wake:
                deadline = self._quieting.deadline()
                self._wake.wait(None if deadline is None else max(0.0, deadline - time.monotonic()))
                if self._stopped:
                    return
                ready = self._quieting.due(time.monotonic())
            for path in ready:
                self._changed(path)

    def stop(self) -> None:
        """End both threads."""
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._observer.stop()
        self._observer.join()
        self._teller.join()
