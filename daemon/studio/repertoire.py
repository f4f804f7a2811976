"""The presets that pages can choose from: told when a performance begins, and when their files change."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from bandmate.daemon.studio.news import News
from bandmate.presets.load import Shelf

Seen = frozenset[tuple[str, int, int]]


class Repertoire:
    """Looks at the user's folder of presets."""

    def __init__(self, folder: Path) -> None:
        """folder: it need not exist."""
        self._folder, self._seen = folder, _seen(folder)
        self._names: list[str] | None = None

    def changed(self) -> bool:
        """Whether a file of it came, went or was written since this was asked last."""
        seen = _seen(self._folder)
        before, self._seen = self._seen, seen
        return seen != before

    def names(self) -> list[str]:
        """The names of the presets there are; files are read only when one was changed."""
        if self.changed() or self._names is None:
            self._names = Shelf(self._folder).names()
        return self._names

    def news(self) -> News:
        """The presets there are, by program."""
        shelf = Shelf(self._folder)
        presets = sorted((shelf.get(name) for name in shelf.names()), key=lambda preset: preset.program)
        told = [
            {
                "name": p.name,
                "program": p.program,
                "parts": [part.name for part in p.parts],
                "variation": p.variation,
            }
            for p in presets
        ]
        return {"is": "presets", "presets": told}


def _seen(folder: Path) -> Seen:
    """The files there are; one that can't be looked at, as a link that leads nowhere, costs itself only."""
    seen = set()
    with suppress(OSError):
        for path in folder.iterdir():
            if path.suffix in (".yaml", ".yml"):
                with suppress(OSError):
                    stat = path.stat()
                    seen.add((path.name, stat.st_mtime_ns, stat.st_size))
    return frozenset(seen)
