"""The generator's thread keeps those who may still be asked, and nobody else."""

from __future__ import annotations

import sys
import threading
import weakref
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from queue import SimpleQueue
from types import ModuleType
from typing import Any

import pytest

from bandmate.bridge import loopback
from bandmate.bridge.clock import now
from bandmate.bridge.events import Event, NoteOn
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.stage.casting import Casting
from bandmate.daemon.stage.conductor import Conductor
from bandmate.daemon.stage.worker import Worker

LIMIT = 20
PARTS = ("drums", "bass", "keys", "strings")


class Asked:
    """An accompanist that only says who was asked."""

    def __init__(self, name: str) -> None:
        self.name = name

    def answer(self, request: Any) -> Any:
        return self.name


class Question:
    """A request, as far as the worker looks at it."""

    def __init__(self, preset: str) -> None:
        self.preset = preset


@pytest.fixture
def answers() -> SimpleQueue[Any]:
    return SimpleQueue()


@pytest.fixture
def worker(answers: SimpleQueue[Any]) -> Iterator[Any]:
    worker: Any = Worker(answers.put, lambda request, error: answers.put(error))
    yield worker
    worker.close()


def test_who_was_let_go_is_not_asked_and_that_is_no_failure(worker: Any, answers: SimpleQueue[Any]) -> None:
    for key in ("pop 1", "pop 2"):
        worker.employ(key, Asked(key))
    worker.retain({"pop 2"})
    worker.submit(Question("pop 1"))
    worker.submit(Question("pop 2"))
    assert answers.get(timeout=LIMIT) == "pop 2"
    assert answers.empty()


def test_who_was_let_go_leaves_the_memory(worker: Any, answers: SimpleQueue[Any]) -> None:
    first = Asked("pop 1")
    gone = weakref.ref(first)
    worker.employ("pop 1", first)
    worker.employ("pop 2", Asked("pop 2"))
    worker.submit(Question("pop 1"))
    assert answers.get(timeout=LIMIT) == "pop 1"
    del first
    worker.retain({"pop 2", "pop 3"})
    assert gone() is None


class Performance:
    """A conductor with toys that play a preset, and a casting that may bring others."""

    def __init__(self, home: Path, toys: ModuleType) -> None:
        self.home, self.toys = home, toys
        self.played = threading.Condition()
        self.accompanists: list[weakref.ref[Any]] = []
        self.casting = Casting(home / "presets", home / "models", lambda sentence: None)
        preset, key, accompanist = self.casting.first("pop")
        self.accompanists.append(weakref.ref(accompanist))
        self.conductor = Conductor(
            Engine(preset, Settings(bpm=400), key=key),
            loopback.Output(self._heard, now),
            lambda sentence: None,
        )
        self.conductor.worker.employ(key, accompanist)
        del accompanist
        self.conductor.start(self.casting.wish)
        self.casting.begin(self._ready)

    def _ready(self, preset: Any, key: str, accompanist: Any) -> None:
        self.accompanists.append(weakref.ref(accompanist))
        self.conductor.arm(preset, key, accompanist)

    def _heard(self, event: Event, moment: float) -> None:
        with self.played:
            self.played.notify_all()

    def teach(self, noise: int) -> None:
        """Put another model in the place of the one that plays."""
        (self.home / "models" / "pop.onnx").write_bytes(self.toys.generator(PARTS, noise=noise))

    def until(self, true: Any) -> None:
        """Play on until it is so."""
        with self.played:
            assert self.played.wait_for(true, LIMIT)

    def living(self) -> list[int]:
        return [k for k, each in enumerate(self.accompanists) if each() is not None]


@pytest.fixture
def performance(home: Path, toys: ModuleType) -> Iterator[Performance]:
    interval = sys.getswitchinterval()
    performance = Performance(home, toys)
    yield performance
    performance.casting.close()
    performance.conductor.stop()
    sys.setswitchinterval(interval)


def test_a_model_taught_again_and_again_while_it_plays_leaves_no_old_ones(performance: Performance) -> None:
    performance.conductor.deliver(NoteOn(1, 72, 80), now())
    for time in (1, 2, 3):
        performance.teach(noise=4 + time)
        performance.until(lambda time=time: performance.living() == [time])
    assert len(performance.conductor.worker._accompanists) == 1
    assert len(performance.accompanists) == 4


def test_a_preset_that_changes_leaves_no_old_ones(performance: Performance) -> None:
    text = (resources.files("bandmate.presets") / "pop.yaml").read_text(encoding="utf-8")
    performance.conductor.deliver(NoteOn(1, 72, 80), now())
    for time, hop in enumerate((8, 2, 1), 1):
        (performance.home / "presets" / "pop.yaml").write_text(text.replace("hop: 4 ", f"hop: {hop} "))
        performance.until(lambda time=time: len(performance.accompanists) == time + 1)
        performance.until(lambda time=time: time in performance.living() and len(performance.living()) <= 2)
