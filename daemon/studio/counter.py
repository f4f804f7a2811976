"""Where compositions are handed over: mixed, as MIDI or sound, and shared; over HTTP."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bandmate.daemon.studio import mixing, share, sheets
from bandmate.daemon.studio.api import attached, body, disposition, parsed, route
from bandmate.daemon.studio.bounce import Busy, bounce, synth
from bandmate.daemon.studio.digest import Digests
from bandmate.daemon.studio.mixing import Mix
from bandmate.daemon.studio.parcel import Parcel
from bandmate.daemon.studio.sheets import MOST_PARTS
from bandmate.daemon.studio.workshop import WorkError, Workshop

SHARED = "bandmate"
"""The ending of a share file."""
PATIENCE = 180.0
"""Seconds that a sound file waits for another one."""


class Counter:
    """Law: what can't be done is a sentence, with status 422; a sound that can't be made here, with 501, and
    one that would have to wait too long for another, with 503. Music is read and mixed on threads beside the
    server's loop."""

    def __init__(self, workshop: Workshop, font: Path, digests: Digests) -> None:
        """font: the SoundFont that comes along; digests: of presets by their names."""
        self._workshop, self._font, self._digests = workshop, font, digests
        self._one = asyncio.Lock()

    def routes(self) -> list[Route]:
        """For the application."""
        return [
            route("/api/compositions/{number}/file", self._whole),
            route("/api/compositions/{number}/parts", self._apart),
            route("/api/compositions/{number}/sound", self._sound),
            route("/api/shares", self._open, "POST"),
            route("/api/shares/new", self._share, "POST"),
        ]

    async def _whole(self, request: Request) -> Response:
        return attached(await self._mixed(mixing.whole, request), "bandmate.mid")

    async def _apart(self, request: Request) -> Response:
        packed = await self._mixed(mixing.apart, request)
        return attached(packed, "bandmate parts.zip", "application/zip")

    async def _sound(self, request: Request) -> Response:
        """A WAV file, made in the same turn as compositions. It is large, so there is one at a time, which is
        deleted when it has been sent."""
        synth(self._font)
        mixed = await self._mixed(mixing.whole, request)
        async with AsyncExitStack() as held:
            try:
                async with asyncio.timeout(PATIENCE):
                    await held.enter_async_context(self._one)
            except TimeoutError:
                raise Busy("another sound file is still being fetched; try again in some minutes") from None
            wav = self._workshop.folder / f"{secrets.token_hex(8)}.wav"
            held.callback(wav.unlink, missing_ok=True)
            await self._bounce(mixed, wav)
            return Parcel(wav, "audio/wav", disposition("bandmate.wav"), held.pop_all())

    async def _bounce(self, mixed: bytes, wav: Path) -> None:
        seconds = await asyncio.to_thread(sheets.seconds, mixed)
        midi = wav.with_suffix(".mid")
        try:
            midi.write_bytes(mixed)
            async with self._workshop.turn:
                await bounce(midi, wav, seconds, self._font)
        finally:
            midi.unlink(missing_ok=True)

    async def _share(self, request: Request) -> Response:
        melody, versions = _shared(await parsed(request))
        data = await asyncio.to_thread(self._workshop.share, melody, versions)
        return attached(data, f"composition.{SHARED}", "application/json")

    async def _open(self, request: Request) -> Response:
        data = await body(request, share.LARGEST)
        found = await asyncio.to_thread(share.read, data)
        melody, numbers = await asyncio.to_thread(self._workshop.open, found)
        said = await asyncio.to_thread(share.remarks, found, self._digests)
        tune = found.melody
        return JSONResponse(
            {
                "melody": None if tune is None else {"id": melody, "sheet": tune.sheet | {"name": tune.name}},
                "versions": [
                    _told(number, each) for number, each in zip(numbers, found.versions, strict=True)
                ],
                "said": said,
            }
        )

    async def _mixed(self, how: Callable[[bytes, Mix], bytes], request: Request) -> bytes:
        """A composition, mixed as its address says."""
        path, mix = self._workshop.file(request.path_params["number"]), _mix(request)
        return await asyncio.to_thread(lambda: how(path.read_bytes(), mix))


def _told(number: str, version: share.Version) -> dict[str, Any]:
    kept = ("name", "preset", "seed", "mode", "programs", "muted")
    told = {name: getattr(version, name) for name in kept}
    return {"id": number, "sheet": version.sheet | {"name": version.preset}, **told}


def _mix(request: Request) -> Mix:
    asked = request.query_params
    return Mix.of(asked.get("programs", ""), asked.get("without", ""))


def _shared(given: Any) -> tuple[str | None, list[tuple[str, list[int | None], list[int]]]]:
    """What a page wants to share. Raises WorkError; values are looked at when the file is written."""
    if not isinstance(given, dict) or given.keys() != {"melody", "versions"}:
        raise WorkError("say which melody and which versions to share")
    melody, versions = given["melody"], given["versions"]
    if not (melody is None or isinstance(melody, str)) or not isinstance(versions, list):
        raise WorkError("say which melody and which versions to share")
    if len(versions) > share.MOST:
        raise WorkError(f"a file has {share.MOST} versions at most; remove some")
    found = []
    for each in versions:
        if not isinstance(each, dict) or each.keys() != {"id", "programs", "muted"}:
            raise WorkError("a version to share has an id, programs and mutes")
        number, programs, muted = each["id"], each["programs"], each["muted"]
        lists = isinstance(programs, list) and isinstance(muted, list)
        if not isinstance(number, str) or not lists or max(len(programs), len(muted)) > MOST_PARTS:
            raise WorkError("a version to share has an id, programs and mutes")
        found.append((number, programs, muted))
    if melody is None and not found:
        raise WorkError("there is nothing to share yet: choose a melody first")
    return melody, found
