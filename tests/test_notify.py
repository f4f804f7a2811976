"""What a service manager hears: a real socket, as systemd opens one."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bandmate.daemon.stage.notify import STALLED, STATUS_EVERY, Herald

if sys.platform == "win32":
    pytest.skip("Windows has no such manager", allow_module_level=True)

Heard = Callable[[], list[str]]


def listening(address: str) -> Iterator[Heard]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(address)
        manager.setblocking(False)

        def heard() -> list[str]:
            said = []
            while True:
                try:
                    said.append(manager.recv(4096).decode())
                except BlockingIOError:
                    return said

        yield heard


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Heard]:
    """What came since one asked last, a string a datagram."""
    yield from listening(str(tmp_path / "notify"))


@pytest.fixture
def herald(manager: Heard, tmp_path: Path) -> Herald:
    """One that pings every second."""
    return Herald(str(tmp_path / "notify"), 3.0)


def test_it_tells_that_it_is_ready_and_that_it_stops(manager: Heard, herald: Herald) -> None:
    herald.ready("pop is ready:\nlistening")
    herald.stopping()
    assert manager() == ["READY=1\nSTATUS=pop is ready: listening", "STOPPING=1"]


def test_it_pings_thrice_in_the_managers_patience(manager: Heard, herald: Herald) -> None:
    for tenth in range(31):
        herald.beat(tenth / 10, tenth / 10, "")
    assert manager() == ["WATCHDOG=1"] * 4


def test_it_pings_only_while_the_conductor_turns(manager: Heard, herald: Herald) -> None:
    herald.beat(100, 100 - STALLED, "")
    assert manager() == []
    herald.beat(100.1, 100, "")
    assert manager() == ["WATCHDOG=1"]


def test_no_pings_for_who_waits_for_none(manager: Heard, tmp_path: Path) -> None:
    Herald(str(tmp_path / "notify")).beat(5, 5, "")
    assert manager() == []


def test_the_status_is_told_where_it_changed_and_not_too_often(manager: Heard, tmp_path: Path) -> None:
    herald = Herald(str(tmp_path / "notify"))
    moments = [
        (0, "bar 1"),
        (STATUS_EVERY / 2, "bar 2"),
        (STATUS_EVERY, "bar 3"),
        (2 * STATUS_EVERY, "bar 3"),
    ]
    for moment, status in moments:
        herald.beat(moment, moment, status)
    assert manager() == ["STATUS=bar 1", "STATUS=bar 3"]


@pytest.mark.skipif(sys.platform != "linux", reason="abstract names are Linux' own")
def test_a_name_may_be_abstract() -> None:
    name = f"bandmate-test-{os.getpid()}"
    for heard in listening(f"\0{name}"):
        Herald.of({"NOTIFY_SOCKET": f"@{name}"}).stopping()
        assert heard() == ["STOPPING=1"]


@pytest.mark.parametrize(
    ("variables", "pings"),
    [
        ({"WATCHDOG_USEC": "3000000"}, True),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "7"}, True),
        ({"WATCHDOG_USEC": "3000000", "WATCHDOG_PID": "8"}, False),
        ({"WATCHDOG_USEC": "0"}, False),
        ({"WATCHDOG_USEC": "soon"}, False),
        ({}, False),
    ],
)
def test_the_environment_says_whether_pings_are_waited_for(
    manager: Heard, tmp_path: Path, variables: dict[str, str], pings: bool
) -> None:
    Herald.of({"NOTIFY_SOCKET": str(tmp_path / "notify"), **variables}, pid=7).beat(1, 1, "")
    assert manager() == (["WATCHDOG=1"] if pings else [])


@pytest.mark.parametrize("address", [None, "/nowhere/notify"])
def test_with_nobody_there_nothing_happens(address: str | None) -> None:
    herald = Herald(address, 1.0)
    herald.ready("ready")
    herald.beat(1, 1, "playing")
    herald.stopping()
