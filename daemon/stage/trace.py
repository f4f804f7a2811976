"""When every event was due and when it left, and how long decisions took: for measuring.

Lines, parted by tabs: `due sent status data1 data2` of an event, in seconds of the bridge's clock and bytes;
`# decision seconds lead` of a decision, with the lead after it; `# late N`, `# dropped N` at the end.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from bandmate.bridge import codec
from bandmate.bridge.events import Event
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.sending.tape import Tape


class Sent(NamedTuple):
    """When an event was due, when it was sent, and what it was."""

    due: float
    sent: float
    event: Event


class Decision(NamedTuple):
    """Seconds that a decision took, and the lead that was chosen then."""

    seconds: float
    lead: float


@dataclass
class Record:
    """What a trace says; late and dropped count answers and notes."""

    sent: list[Sent] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    late: int = 0
    dropped: int = 0


class Trace:
    """Kept in memory while playing, 20 bytes an event. Two threads may add, each its own kind."""

    def __init__(self) -> None:
        self._due = Tape()
        self._left = array("d")
        self._decisions: list[Decision] = []

    def sent(self, due: Due, meant: float, left: float) -> None:
        """An event left at `left` seconds that was due at `meant`."""
        self._due.add(meant, due.event)
        self._left.append(left)

    def decided(self, seconds: float, lead: float) -> None:
        """A decision took so long; they are asked for `lead` seconds ahead from now on."""
        self._decisions.append(Decision(seconds, lead))

    def write(self, path: Path, late: int = 0, dropped: int = 0) -> None:
        """Write all lines."""
        with path.open("w", encoding="ascii") as file:
            for (meant, event), left in zip(self._due, self._left, strict=True):
                data = "\t".join(map(str, codec.to_bytes(event)))
                file.write(f"{meant:.6f}\t{left:.6f}\t{data}\n")
            for seconds, lead in self._decisions:
                file.write(f"#\tdecision\t{seconds:.6f}\t{lead:.6f}\n")
            file.write(f"#\tlate\t{late}\n#\tdropped\t{dropped}\n")


def read(path: Path) -> Record:
    """What a trace says."""
    record = Record()
    for row in path.read_text(encoding="ascii").splitlines():
        first, second, *data = row.split("\t")
        if first == "#" and second == "decision":
            record.decisions.append(Decision(float(data[0]), float(data[1])))
        elif first == "#" and second == "late":
            record.late = int(data[0])
        elif first == "#":
            record.dropped = int(data[0])
        else:
            status, *values = map(int, data)
            event = codec.from_bytes([status, *values[: 1 if status & 0xF0 == 0xC0 else 2]])
            if event is not None:
                record.sent.append(Sent(float(first), float(second), event))
    return record
