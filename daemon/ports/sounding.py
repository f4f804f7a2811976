"""What sounds on a port, as bits that outlive the process: if it is killed, the next one ends what it left.

A file, mapped into memory, holds a bit for each note; to flip one costs less than a
microsecond and waits for no disk, and the system keeps it whatever becomes of the process. A file that its
writer no longer holds locked was left behind.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bandmate.daemon.locking import lock

CHANNELS, PITCHES = 16, 128
SIZE = CHANNELS * PITCHES // 8
SUFFIX = ".notes"

Note = tuple[int, int]


class Sounding:
    """A set of (channel 1..16, pitch 0..127), kept as a bit each in 256 bytes that may be a file's."""

    def __init__(self, bits: bytearray | mmap.mmap | None = None) -> None:
        self._bits = bytearray(SIZE) if bits is None else bits

    def add(self, channel: int, pitch: int) -> None:
        """A note begins."""
        byte, bit = divmod((channel - 1) * PITCHES + pitch, 8)
        self._bits[byte] |= 1 << bit

    def discard(self, channel: int, pitch: int) -> None:
        """A note has ended."""
        byte, bit = divmod((channel - 1) * PITCHES + pitch, 8)
        self._bits[byte] &= ~(1 << bit)

    def __contains__(self, note: Note) -> bool:
        byte, bit = divmod((note[0] - 1) * PITCHES + note[1], 8)
        return bool(self._bits[byte] >> bit & 1)

    def __iter__(self) -> Iterator[Note]:
        for byte in range(SIZE):
            for bit in range(8):
                if self._bits[byte] >> bit & 1:
                    channel, pitch = divmod(8 * byte + bit, PITCHES)
                    yield channel + 1, pitch


class Remains:
    """The files of this process, one for each port that it plays to, and what others left behind."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._kept: list[tuple[Path, BinaryIO, mmap.mmap]] = []

    def keep(self, port: str) -> Sounding:
        """What sounds on a port, as its file will tell; at first, what dead processes left sounding there.

        Raises OSError where no file can be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        left = [(path, notes) for path, name, notes in self._left() if name == port or not notes]
        number, path = tempfile.mkstemp(SUFFIX, dir=self._folder)
        file = os.fdopen(number, "w+b")
        lock(file, wait=True)
        file.seek(0)
        file.write(bytes(SIZE) + port.encode())
        file.flush()
        bits = mmap.mmap(file.fileno(), SIZE)
        self._kept.append((Path(path), file, bits))
        sounding = Sounding(bits)
        for old, notes in left:
            for note in notes:
                sounding.add(*note)
            old.unlink(missing_ok=True)
        return sounding

    def close(self) -> None:
        """Let the files go; those on whose port something still sounds stay for the next process."""
        for path, file, bits in self._kept:
            silent = not any(bits[:])
            bits.close()
            file.close()
            if silent:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
        self._kept.clear()

    def _left(self) -> Iterator[tuple[Path, str, list[Note]]]:
        """Each file that nobody holds: its port and notes. One without a port is only being made."""
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            with suppress(OSError, UnicodeDecodeError), path.open("r+b") as file:
                lock(file, wait=False)
                file.seek(0)
                data = file.read()
                if len(data) > SIZE:
                    yield path, data[SIZE:].decode(), list(Sounding(bytearray(data[:SIZE])))
