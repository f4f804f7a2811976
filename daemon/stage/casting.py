"""Who can play: presets made ready off stage, and made ready again when their files change."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import SimpleQueue

from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.stage.reload import Watch
from bandmate.models.catalogue import SUFFIX, Catalogue
from bandmate.models.contract import ModelError
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset, PresetError

Ready = Callable[[Preset, str, Accompanist], None]
Say = Callable[[str], None]

PATIENCE = 2.0
"""Seconds after which a wish that is not granted yet is said to take long."""


class Casting:
    """Loads presets on a thread of its own, `bandmate casting`.

    `ready(preset, key, accompanist)` is called when one that was asked for can play, `say` with a sentence
    when it can't. A preset or model that changed on disk is loaded again if it is the one that plays;
    when it is broken, that is said once and the old one plays on, however long it takes and whatever fails.
    """

    def __init__(self, presets: Path, models: Path, say: Say, patience: float = PATIENCE) -> None:
        """patience: seconds for which a preset may be loaded before that is said."""
        self._presets, self._catalogue = presets, Catalogue(models)
        self._say, self._patience = say, patience
        self._complaint: str | None = None
        self._ready: Ready | None = None
        self._made: dict[Preset, tuple[str, Accompanist]] = {}
        self._counts: Counter[str] = Counter()
        self._current: Preset | None = None
        self._jobs: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._watch: Watch | None = None
        self._thread = threading.Thread(target=self._run, name="bandmate casting", daemon=True)

    def first(self, name: str) -> tuple[Preset, str, Accompanist]:
        """The preset to begin with, loaded now. Raises PresetError or ModelError."""
        preset = Shelf(self._presets).get(name)
        self._current = preset
        return preset, *self._make(preset)

    def begin(self, ready: Ready) -> None:
        """From now on load others ahead of their being asked for, and watch the files."""
        self._ready = ready
        self._thread.start()
        for name in Shelf(self._presets).names():
            self._jobs.put(partial(self._prepare, name))
        self._watch = Watch([self._presets, self._catalogue.folder], self._touched)
        for folder in self._watch.unwatched:
            self._say(f"{folder} can't be watched: changes to presets there need a restart")

    def wish(self, program: int) -> None:
        """The player wants the preset of a program number."""
        told = "a preset takes long to load; until it can play, the band plays on as it is"
        timer = threading.Timer(self._patience, self._say, [told])
        timer.daemon = True
        timer.start()
        self._jobs.put(partial(self._want, program, timer))

    def close(self) -> None:
        """End the watching and the thread."""
        if self._watch is not None:
            self._watch.stop()
        self._jobs.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    @property
    def stuck(self) -> bool:
        """Whether something is being loaded even after `close`."""
        return self._thread.is_alive()

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                job()
            except (PresetError, ModelError) as error:
                self._complain(str(error))
            except MemoryError:
                self._complain("there is not enough memory to load another preset; close other programs")
            except Exception as error:  # whoever plays, plays on
                self._complain(f"a preset can't be loaded ({error!r}, which should not happen: report it)")

    def _complain(self, why: str) -> None:
        """Once, however often it is tried: a file that is written slowly is half there for long."""
        if why != self._complaint:
            self._complaint = why
            self._say(f"{why}\nwhat plays is not changed")

    def _make(self, preset: Preset) -> tuple[str, Accompanist]:
        if preset not in self._made:
            accompanist = loading.accompanist(self._catalogue, preset)
            self._counts[preset.name] += 1
            key = f"{preset.name} {self._counts[preset.name]}"
            self._made[preset] = key, accompanist
        return self._made[preset]

    def _prepare(self, name: str) -> None:
        self._make(Shelf(self._presets).get(name))

    def _want(self, program: int, timer: threading.Timer) -> None:
        try:
            shelf = Shelf(self._presets)
            preset = shelf.by_program(program)
            if preset is None:
                self._say(f"no preset has program {program}; 'bandmate presets' lists them")
            elif preset != self._current:
                self._play(preset)
        finally:
            timer.cancel()

    def _play(self, preset: Preset) -> None:
        key, accompanist = self._make(preset)
        self._current, self._complaint = preset, None
        if self._ready is not None:
            self._ready(preset, key, accompanist)

    def _forget(self, shelf: Shelf, model: str | None) -> None:
        """Let go of presets that are no more, the one that plays aside, and of those whose model changed."""
        there = {self._current, *(shelf.get(name) for name in shelf.names())}
        for preset in list(self._made):
            if preset not in there or model in (preset.ear, preset.band):
                del self._made[preset]

    def _touched(self, path: Path) -> None:
        """A file changed (the watching thread)."""
        self._jobs.put(partial(self._changed, path))

    def _changed(self, path: Path) -> None:
        """Read a changed file; if it is of the preset that plays, that plays on as it now is."""
        assert self._current is not None
        shelf, old = Shelf(self._presets), self._current
        model = path.suffix == SUFFIX
        if not model and path.stem in shelf.broken():
            self._complain(shelf.broken()[path.stem])
            return
        self._forget(shelf, path.stem if model else None)
        if old.name not in shelf.names():
            return
        preset = shelf.get(old.name)
        if preset == old and preset in self._made:
            return
        self._play(preset)
        self._say(f"{preset.name} was read again; it plays from the next bar line")
