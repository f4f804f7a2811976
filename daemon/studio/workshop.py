"""Compositions: a melody and a band in virtual time, as `bandmate render` has it, in a process of its own."""

from __future__ import annotations

import asyncio
import secrets
import sys
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bandmate.daemon.engine.mode import MODES
from bandmate.daemon.studio import protocol, share, sheets
from bandmate.daemon.studio.share import Share, Tune, Version
from bandmate.daemon.studio.sheets import Sheet, SheetError

KEPT = 100
"""Compositions and melodies that are kept until the server ends."""
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


class Kept(NamedTuple):
    """A melody, or a composition: its file, the melody's name, and how it was made, by which preset."""

    path: Path
    name: str
    order: Order | None = None
    digest: str = ""


class Workshop:
    """Keeps files under numbers of its own in a folder of its own; one composition at a time is made.

    Law: what was not asked for longest is let go first; a melody that comes along never, and it is not
    stored, for any website can have a browser ask for it. What is no coroutine reads files and may be called
    on any thread.
    """

    def __init__(self, folder: Path, samples: Path, digest: Callable[[str], str | None]) -> None:
        """samples: the folder of the melodies that come along; digest: of a preset, None: there is none."""
        self.folder = folder
        self.turn = asyncio.Lock()
        """Held by whoever keeps the machine busy."""
        self._digest, self._lock = digest, threading.Lock()
        self._along = {secrets.token_hex(8): Kept(path, path.stem) for path in samples.glob("*.mid")}
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def samples(self) -> list[str]:
        """The names of the melodies that come along."""
        return sorted(kept.name for kept in self._along.values())

    def sample(self, name: str) -> tuple[str, Sheet]:
        """A melody that comes along: its number and its sheet. Raises WorkError."""
        for number, kept in self._along.items():
            if kept.name == name:
                return number, sheets.load(kept.path)
        raise WorkError("there is no melody of this name")

    def bring(self, data: bytes, name: str) -> tuple[str, Sheet]:
        """Take in a melody; its number and its sheet. Raises WorkError."""
        if len(data) > LARGEST:
            raise WorkError(f"the file is larger than {LARGEST // 1024} KB; choose a shorter one")
        try:
            sheet = sheets.read(data, name)
        except SheetError as error:
            raise WorkError(str(error)) from error
        return self._keep(Kept(self._path(), name), data), sheet

    def file(self, number: str) -> Path:
        """The file of a composition or melody. Raises WorkError."""
        return self._find(number).path

    async def compose(self, order: Order) -> tuple[str, Sheet]:
        """A composition: its number and its sheet. Raises WorkError."""
        melody = self._find(order.melody)
        digest = await asyncio.to_thread(self._digest, order.preset)
        if digest is None:
            raise WorkError(f"there is no preset {protocol.shown(order.preset)}")
        out = self._path()
        async with self.turn:
            said = await _render(melody.path, out, order)
        if not out.is_file():
            raise WorkError(said)
        number = self._keep(Kept(out, melody.name, order, digest))
        sheet = await asyncio.to_thread(sheets.load, out)
        return number, sheet | {"name": order.preset}

    def share(
        self, melody: str | None, versions: Sequence[tuple[str, Sequence[int | None], Sequence[int]]]
    ) -> bytes:
        """A share file of a melody and of compositions, (number, programs, mutes). Raises WorkError."""
        told = []
        for number, programs, muted in versions:
            kept = self._find(number)
            if kept.order is None:
                raise WorkError("a version is what a band has made of a melody; this is a melody alone")
            order, midi = kept.order, kept.path.read_bytes()
            made = (order.preset, kept.digest, order.seed, order.mode)
            told.append(Version(kept.name, *made, tuple(programs), tuple(muted), midi, {}))
        tune = None
        if melody is not None:
            found = self._find(melody)
            tune = Tune(found.name, found.path.read_bytes(), {})
        data = share.write(Share(tune, tuple(told)))
        share.read(data)  # what is written opens, or is refused here
        return data

    def open(self, found: Share) -> tuple[str | None, list[str]]:
        """Keep what was shared: the number of its melody, and those of its versions."""
        tune = found.melody
        melody = None
        if tune is not None:
            melody = self._keep(Kept(self._path(), tune.name), tune.midi)
        numbers = []
        for each in found.versions:
            order = Order("", each.preset, each.seed, each.mode)
            numbers.append(self._keep(Kept(self._path(), each.name, order, each.digest), each.midi))
        return melody, numbers

    def _find(self, number: str) -> Kept:
        if number in self._along:
            return self._along[number]
        with self._lock:
            if number not in self._kept:
                raise WorkError("this is not kept any more; compose it again")
            self._kept.move_to_end(number)
            return self._kept[number]

    def _path(self) -> Path:
        return self.folder / f"{secrets.token_hex(8)}.mid"

    def _keep(self, kept: Kept, data: bytes | None = None) -> str:
        """A number for another file, which is written if it is not there yet; the one that was not asked
        for longest is let go."""
        if data is not None:
            kept.path.write_bytes(data)
        with self._lock:
            while len(self._kept) >= KEPT:
                self._kept.popitem(last=False)[1].path.unlink(missing_ok=True)
            self._kept[kept.path.stem] = kept
        return kept.path.stem


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
