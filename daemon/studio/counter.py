"""Where compositions are handed over: mixed, as MIDI or sound, and shared; over HTTP."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from bandmate.daemon.studio import mixing, share, sheets
from bandmate.daemon.studio.api import attached, body, disposition, parsed, sentences
from bandmate.daemon.studio.bounce import bounce, synth
from bandmate.daemon.studio.mixing import MOST_PARTS, Mix
from bandmate.daemon.studio.workshop import WorkError, Workshop

SHARED = "bandmate"
"""The ending of a share file."""


class Counter:
    """Law: what can't be done is a sentence, with status 422; a sound that can't be made here, with 501."""

    def __init__(self, workshop: Workshop, font: Path, digest: Callable[[str], str | None]) -> None:
        """font: the SoundFont that comes along; digest: of a preset, None: there is none."""
        self._workshop, self._font, self._digest = workshop, font, digest

    def routes(self) -> list[Route]:
        """For the application."""
        return [
            Route("/api/compositions/{number}/file", sentences(self._whole), methods=["GET"]),
            Route("/api/compositions/{number}/parts", sentences(self._apart), methods=["GET"]),
            Route("/api/compositions/{number}/sound", sentences(self._sound), methods=["GET"]),
            Route("/api/shares", sentences(self._open), methods=["POST"]),
            Route("/api/shares/new", sentences(self._share), methods=["POST"]),
        ]

    async def _whole(self, request: Request) -> Response:
        return attached(mixing.whole(self._data(request), _mix(request)), "bandmate.mid")

    async def _apart(self, request: Request) -> Response:
        packed = mixing.apart(self._data(request), _mix(request))
        return attached(packed, "bandmate parts.zip", "application/zip")

    async def _sound(self, request: Request) -> Response:
        """A WAV file, made in the same turn as compositions, and deleted when it has been sent."""
        synth(self._font)
        midi, wav = (self._workshop.folder / f"{secrets.token_hex(8)}.{kind}" for kind in ("mid", "wav"))
        mixed = mixing.whole(self._data(request), _mix(request))
        try:
            midi.write_bytes(mixed)
            async with self._workshop.turn:
                await bounce(midi, wav, sheets.seconds(mixed), self._font)
        finally:
            midi.unlink(missing_ok=True)
        headers = {"content-disposition": disposition("bandmate.wav")}
        done = BackgroundTask(wav.unlink, missing_ok=True)
        return FileResponse(wav, media_type="audio/wav", headers=headers, background=done)

    async def _share(self, request: Request) -> Response:
        melody, versions = _shared(await parsed(request))
        data = await asyncio.to_thread(self._workshop.share, melody, versions)
        return attached(data, f"composition.{SHARED}", "application/json")

    async def _open(self, request: Request) -> Response:
        data = await body(request, share.LARGEST)
        found = await asyncio.to_thread(share.read, data)
        melody, numbers = self._workshop.open(found)
        tune = found.melody
        return JSONResponse(
            {
                "melody": None if tune is None else {"id": melody, "sheet": tune.sheet | {"name": tune.name}},
                "versions": [
                    _told(number, each) for number, each in zip(numbers, found.versions, strict=True)
                ],
                "said": share.remarks(found, self._digest),
            }
        )

    def _data(self, request: Request) -> bytes:
        return self._workshop.file(request.path_params["number"]).read_bytes()


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
