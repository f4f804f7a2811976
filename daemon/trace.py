"""When every event was due and when it left, for measuring."""

from __future__ import annotations

from pathlib import Path

from bandmate.bridge import codec
from bandmate.daemon.schedule import Due


class Trace:
    """Kept in memory while playing; written as lines of `due sent status data1 data2`, seconds of the
    bridge's clock and bytes, parted by tabs."""

    def __init__(self) -> None:
        self._lines: list[tuple[float, float, Due]] = []

    def add(self, due: Due, meant: float, left: float) -> None:
        """An event left at `left` seconds that was due at `meant`."""
        self._lines.append((meant, left, due))

    def write(self, path: Path) -> None:
        """Write all lines."""
        with path.open("w", encoding="ascii") as file:
            for meant, left, due in self._lines:
                data = "\t".join(map(str, codec.to_bytes(due.event)))
                file.write(f"{meant:.6f}\t{left:.6f}\t{data}\n")
