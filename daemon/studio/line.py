"""Frames between the band and the server: a length of four bytes, then JSON, over a pipe."""

from __future__ import annotations

import json
import struct
from typing import IO, Any

LARGEST = 1 << 22
_HEAD = struct.Struct("<I")


def frame(value: Any) -> bytes:
    """A value as a frame."""
    body = json.dumps(value, separators=(",", ":"), allow_nan=False).encode()
    return _HEAD.pack(len(body)) + body


def write(stream: IO[bytes], value: Any) -> None:
    """Send a value; OSError or ValueError where the other side is gone."""
    stream.write(frame(value))
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """The next value. EOFError where the other side is gone, or sends what is no frame."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    (length,) = _HEAD.unpack(head)
    body = stream.read(length) if length <= LARGEST else b""
    if len(body) < length or not length:
        raise EOFError
    try:
        return json.loads(body)
    except ValueError as error:
        raise EOFError from error
