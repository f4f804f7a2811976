"""Compositions: a melody and a band in virtual time, as `bandmate render` has it, in a process of its own."""

from __future__ import annotations

import asyncio
import secrets
import sys
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bandmate.daemon.studio import protocol, sheets
from bandmate.daemon.studio.sheets import Sheet, SheetError

MODES = ("live", "respond", "offline")
KEPT = 40
"""Compositions and melodies that are kept, the newest, until the server ends."""
LONGEST = 180.0
LARGEST = 1 << 19
"""Bytes of a melody's file."""


class WorkError(Exception):
    """It can't be composed; the sentence says why."""


@dataclass(frozen=True)
class Order:
    """What to compose: the number of a melody, a preset's name, a seed, and how the band knows the melody."""

    melody: str
    preset: str
    seed: int
    mode: str

    @classmethod
    def of(cls, given: Any) -> Order:
        """The order in a value that JSON gave. Raises WorkError."""
        if not isinstance(given, dict) or given.keys() != {"melody", "preset", "seed", "mode"}:
            raise WorkError("an order has a melody, a preset, a seed and a mode")
        texts = [given["melody"], given["preset"]]
        if not all(isinstance(each, str) and 0 < len(each) <= 100 and each.isprintable() for each in texts):
            raise WorkError("an order names a melody and a preset")
        seed = given["seed"]
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed < 2**31:
            raise WorkError("a seed is a whole number from 0 to 2147483647")
        if given["mode"] not in MODES:
            raise WorkError(f"a mode is one of {', '.join(MODES)}")
        return cls(given["melody"], given["preset"], seed, given["mode"])


class Workshop:
    """Keeps files under numbers of its own in a folder of its own; one composition at a time is made."""

    def __init__(self, folder: Path, samples: Path, presets: Any) -> None:
        """samples: the folder of the melodies that come along; presets: gives the names of the presets."""
        self._folder, self._samples, self._presets = folder, samples, presets
        self._files: OrderedDict[str, Path] = OrderedDict()
        self._turn = asyncio.Lock()

    def samples(self) -> list[str]:
        """The names of the melodies that come along."""
        return sorted(path.stem for path in self._samples.glob("*.mid"))

    def sample(self, name: str) -> tuple[str, Sheet]:
        """A melody that comes along: its number and its sheet. Raises WorkError."""
        if name not in self.samples():
            raise WorkError("there is no melody of this name")
        return self.bring((self._samples / f"{name}.mid").read_bytes(), name)

    def bring(self, data: bytes, name: str) -> tuple[str, Sheet]:
        """Take in a melody; its number and its sheet. Raises WorkError."""
        if len(data) > LARGEST:
            raise WorkError(f"the file is larger than {LARGEST // 1024} KB; choose a shorter one")
        try:
            sheet = sheets.read(data, name)
        except SheetError as error:
            raise WorkError(str(error)) from error
        number = self._keep()
        self._files[number].write_bytes(data)
        return number, sheet

    def file(self, number: str) -> Path:
        """The file of a composition or melody. Raises WorkError."""
        path = self._files.get(number)
        if path is None:
            raise WorkError("this is not kept any more; compose it again")
        return path

    async def compose(self, order: Order) -> tuple[str, Sheet]:
        """A composition: its number and its sheet. Raises WorkError."""
        melody = self.file(order.melody)
        if order.preset not in self._presets():
            raise WorkError(f"there is no preset {protocol.shown(order.preset)}")
        async with self._turn:
            number = self._keep()
            out = self._files[number]
            said = await _render(melody, out, order)
        if not out.is_file():
            del self._files[number]
            raise WorkError(said)
        return number, sheets.load(out) | {"name": order.preset}

    def _keep(self) -> str:
        """A number for another file; the oldest is let go."""
        while len(self._files) >= KEPT:
            self._files.popitem(last=False)[1].unlink(missing_ok=True)
        number = secrets.token_hex(8)
        self._files[number] = self._folder / f"{number}.mid"
        return number


async def _render(melody: Path, out: Path, order: Order) -> str:
    """Have it rendered; what went wrong, in a sentence, if it did."""
    flags = ["--preset", order.preset, "--seed", str(order.seed), "--mode", order.mode]
    line = [sys.executable, "-m", "bandmate.daemon", "render", str(melody), "--out", str(out), *flags]
    process = await asyncio.create_subprocess_exec(
        *line,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(), LONGEST)
    except TimeoutError:
        process.kill()
        await process.wait()
        return "it took too long; choose a shorter melody"
    except asyncio.CancelledError:
        process.kill()
        raise
    lines = said.decode("utf-8", "replace").strip().splitlines()
    sentence = lines[-1].removeprefix("Error: ") if lines else "the band could not play it"
    return sentence.replace(str(melody), "the melody")
