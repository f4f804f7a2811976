"""What ends a performance."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator

import pytest

from bandmate.daemon.stage.alarm import Alarm

LIMIT = 20


@pytest.fixture
def alarm() -> Iterator[Alarm]:
    numbers = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = [(number, signal.getsignal(number)) for number in numbers]
    yield Alarm()
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_raises_it_without_a_reason(alarm: Alarm, name: str) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    alarm.listen()
    assert not alarm.wait(0)
    os.kill(os.getpid(), getattr(signal, name))
    assert alarm.wait(LIMIT)
    assert alarm.reason is None


@pytest.mark.skipif(not hasattr(signal, "SIGHUP"), reason="Windows has no such signals")
def test_under_nohup_the_terminal_may_be_closed(alarm: Alarm) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    alarm.listen()
    os.kill(os.getpid(), signal.SIGHUP)
    assert not alarm.wait(0.01)


@pytest.mark.usefixtures("alarm")
def test_a_handler_does_not_wait_for_what_it_interrupted() -> None:
    """The main thread may have been looking at the very event, which then can't be set before it goes on."""
    looked = threading.Lock()

    class Raised(threading.Event):
        def set(self) -> None:
            with looked:
                super().set()

    busy = Alarm(Raised())
    busy.listen()
    handler = signal.getsignal(signal.SIGTERM)
    assert callable(handler)
    with looked:
        handled = threading.Thread(target=handler, args=(signal.SIGTERM, None), daemon=True)
        handled.start()
        handled.join(LIMIT)
        assert not handled.is_alive()
        assert not busy.wait(0)
    assert busy.wait(LIMIT)


def test_an_error_in_any_thread_raises_it_and_the_first_one_is_told(alarm: Alarm) -> None:
    def fail(what: str) -> None:
        raise RuntimeError(what)

    before = threading.excepthook
    with alarm.guarding():
        for what in ("first", "second"):
            thread = threading.Thread(target=fail, args=(what,), name=f"bandmate {what}")
            thread.start()
            thread.join()
    assert alarm.wait(0)
    assert alarm.reason == (
        "the thread 'bandmate first' stopped on an error that should not happen: RuntimeError('first'); "
        "please report it"
    )
    assert threading.excepthook is before
