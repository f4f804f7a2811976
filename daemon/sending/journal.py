"""A take while it is played, as lines that only ever grow: whatever is cut off their end, the rest is a take.

The first line is what the take began as, each further one a row of it: track, tick and, of a voice, the bytes
of the MIDI message in hexadecimal, of the conductor's track, the fields of the meta message. All are JSON. A
line counts once it has its end, so that one cut short is none.
"""

from __future__ import annotations

import json
import math
from typing import Any

import mido

from bandmate.bridge import codec
from bandmate.bridge.events import Program
from bandmate.daemon.sending.takes import Row, Take

FORMAT = 1
LAST_TICK = 1e7
"""More than two days of 120 beats a minute: what is said to come later was not written by us."""
_META = {"set_tempo": ("tempo",), "time_signature": ("numerator", "denominator"), "marker": ("text",)}


class JournalError(Exception):
    """This is no journal of a take."""


class Journal:
    """What is to be written of a take, as it grows."""

    def __init__(self, take: Take) -> None:
        self._take = take
        self._seen = [0] * (1 + len(take.voices))
        self._begun = False

    def news(self) -> bytes:
        """The lines of what the take got since the last call; none before there is a note in it."""
        if not self._begun and self._take.empty:
            return b""
        lines = [] if self._begun else [self._head()]
        self._begun = True
        for row in self._take.rows(self._seen):
            self._seen[row.track] += 1
            lines.append([row.track, row.tick, _told(row)])
        return b"".join(json.dumps(line, separators=(",", ":")).encode() + b"\n" for line in lines)

    def _head(self) -> Any:
        melody, *parts = self._take.voices
        return {"bandmate": FORMAT, "title": self._take.title, "melody": melody.name, "parts": parts}


def read(data: bytes) -> Take:
    """The take of a journal's bytes; what can't be read of it is left out. Raises JournalError where not even
    its first line can."""
    head, *rows = data.split(b"\n")[:-1] or [b""]
    take = _begun(head)
    for line in rows:
        try:
            track, tick, told = json.loads(line)
            if not (isinstance(track, int) and math.isfinite(tick) and abs(tick) < LAST_TICK):
                continue
            take.put(Row(track, tick, _what(track, told)))
        except (ValueError, TypeError, LookupError, RecursionError):
            continue
    return take


def _begun(head: bytes) -> Take:
    try:
        said = json.loads(head)
        if said["bandmate"] != FORMAT:
            raise JournalError(f"it is of format {said['bandmate']}, and this bandmate reads {FORMAT}")
        parts = [(str(name), channel, program) for name, channel, program in said["parts"]]
        for _, channel, program in parts:
            codec.to_bytes(Program(channel, program or 1))
        return Take(parts, title=str(said["title"]), melody=str(said["melody"]), tempos=(), metres=())
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise JournalError("its first line can't be read") from error


def _told(row: Row) -> Any:
    if isinstance(row.what, mido.MetaMessage):
        return {"type": row.what.type} | {name: getattr(row.what, name) for name in _META[row.what.type]}
    return bytes(codec.to_bytes(row.what)).hex()


def _what(track: int, told: Any) -> Any:
    if track == 0:
        return mido.MetaMessage(told["type"], **{name: told[name] for name in _META[told["type"]]})
    event = codec.from_bytes(bytes.fromhex(told))
    if event is None:
        raise ValueError(f"{told} is no event")
    return event
