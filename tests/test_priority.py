"""Real-time priority, where the system allows it."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bandmate.daemon.stage import priority

if sys.platform != "linux":
    pytest.skip("only Linux is asked", allow_module_level=True)


@pytest.fixture
def started() -> Iterator[Callable[[str], threading.Thread]]:
    """Start a thread of a name, which waits until the test is over."""
    ending, threads = threading.Event(), []

    def start(name: str) -> threading.Thread:
        threads.append(threading.Thread(target=ending.wait, name=name))
        threads[-1].start()
        return threads[-1]

    yield start
    ending.set()
    for thread in threads:
        thread.join()


def level(thread: threading.Thread) -> int:
    """Its real-time priority; 0 for none."""
    assert thread.native_id is not None
    return os.sched_getparam(thread.native_id).sched_priority


def test_those_that_play_get_it_where_the_system_allows_it(
    started: Callable[[str], threading.Thread],
) -> None:
    names = ("bandmate conductor", "bandmate worker", "bandmate casting", "another")
    conductor, worker, casting, another = map(started, names)
    given = priority.claim([conductor, worker, casting, another])
    assert priority.claimed(conductor.native_id or 0) is given
    assert (level(conductor) > level(worker) > level(casting) > 0) is given
    assert level(another) == 0
    priority.release([conductor, worker, casting])
    assert level(conductor) == level(worker) == level(casting) == 0


def test_what_the_system_refuses_is_no_error(
    started: Callable[[str], threading.Thread], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    conductor = started("bandmate conductor")
    assert priority.claim([conductor]) is False
    assert priority.claimed(conductor.native_id or 0) is False


def test_every_thread_of_ours_that_works_while_the_band_plays_has_a_level() -> None:
    """Whoever holds the interpreter without one keeps the conductor waiting."""
    rooms = Path(priority.__file__).parents[2]
    named = re.compile(r'name="(bandmate [a-z]+)", daemon=True')
    texts = (
        path.read_text(encoding="utf-8")
        for room in ("daemon", "bridge")
        for path in rooms.glob(f"{room}/**/*.py")
    )
    found = {name for text in texts for name in named.findall(text)}
    assert found >= {"bandmate conductor", "bandmate feeder"}
    assert found - set(priority.LEVELS) <= {"bandmate typed", "bandmate recovery"}
