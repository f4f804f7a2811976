"""What a service manager is told: that the band is ready, how it is, and that it is alive.

systemd's protocol (sd_notify(3)): datagrams of `NAME=value` to the socket that NOTIFY_SOCKET names. With
nobody to tell, nothing happens. One thread tells.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

STALLED = 3.0
"""Seconds without a turn of the conductor's thread, which otherwise turns once a second or more, after which
it counts as dead."""
STATUS_EVERY = 2.0
PINGS = 3
"""Pings in the time after which the manager gives us up."""


class Herald:
    """Tells a service manager. What can't be told is not told: the band plays on."""

    def __init__(self, address: str | None = None, patience: float | None = None) -> None:
        """address: a Unix socket's path, or @ and an abstract name; None for nobody. patience: the seconds
        after which the manager gives up one that does not ping; None where it does not wait for pings."""
        self._address = address if hasattr(socket, "AF_UNIX") else None
        self._every = None if patience is None else patience / PINGS
        self._pinged = self._told = float("-inf")
        self._status = ""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ, pid: int | None = None) -> Herald:
        """The herald that the environment asks for; `pid`, by default our own, is whose pings count."""
        mine = environment.get("WATCHDOG_PID", str(pid or os.getpid())) == str(pid or os.getpid())
        patience = environment.get("WATCHDOG_USEC", "")
        waits = mine and patience.isascii() and patience.isdigit() and int(patience) > 0
        return cls(environment.get("NOTIFY_SOCKET") or None, int(patience) / 1e6 if waits else None)

    def ready(self, status: str) -> None:
        """The band can be played with."""
        self._tell("READY=1", f"STATUS={_line(status)}")

    def beat(self, moment: float, turned: float, status: str) -> None:
        """Called often. At `moment` the conductor's last turn was at `turned`: ping while that is recent, and
        tell the status now and then, where it changed."""
        if self._every is not None and moment - self._pinged >= self._every and moment - turned < STALLED:
            self._pinged = moment
            self._tell("WATCHDOG=1")
        if status != self._status and moment - self._told >= STATUS_EVERY:
            self._told, self._status = moment, status
            self._tell(f"STATUS={_line(status)}")

    def stopping(self) -> None:
        """The performance ends."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        abstract = self._address.startswith("@")
        name = "\0" + self._address[1:] if abstract else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.setblocking(False)
                channel.sendto("\n".join(lines).encode(), name)
        except OSError:
            return


def _line(text: str) -> str:
    return " ".join(text.split())
