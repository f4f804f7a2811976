"""The routes of a studio, asked in this process: what works beside the loop, and sounds handed over."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import pytest
from starlette.applications import Starlette

from bandmate.daemon.studio import counter, digest, parcel, workshop
from bandmate.daemon.studio.api import Api
from bandmate.daemon.studio.bounce import BounceError
from bandmate.daemon.studio.counter import Counter
from bandmate.daemon.studio.library import Library
from bandmate.daemon.studio.teach import Teach
from bandmate.daemon.studio.workshop import Workshop
from bandmate.daemon.tuition.classroom import Classroom
from bandmate.daemon.tuition.places import Places

DAEMON = Path(__file__).resolve().parent.parent / "daemon"
MELODIES, FONT = DAEMON / "melodies", DAEMON / "studio" / "sounds" / "band.sf3"
TWINKLE = (MELODIES / "twinkle.mid").read_bytes()
ORDER = {"preset": "pop", "seed": 5, "mode": "live"}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workshop:
    """A workshop whose band plays the melody and nothing else."""

    async def render(melody: Path, out: Path, order: Any) -> str:
        shutil.copyfile(melody, out)
        return ""

    monkeypatch.setattr(workshop, "_render", render)
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path / "home"))
    (tmp_path / "work").mkdir()
    return Workshop(tmp_path / "work", MELODIES, digest.digest)


@pytest.fixture
def app(shop: Workshop, tmp_path: Path) -> Starlette:
    """All routes, with a take and a sample of a run."""
    home = tmp_path / "home"
    for path in (home / "takes" / "mine.mid", home / "runs" / "walk" / "samples" / "real" / "1-blue.mid"):
        path.parent.mkdir(parents=True)
        path.write_bytes(TWINKLE)
    (home / "runs" / "walk" / "run.json").write_text('{"technique": "band", "state": "stopped"}')
    classroom = Classroom(home, Places([home], False), lambda: (), lambda: "")
    routes = [
        *Api(shop, Library(home / "takes")).routes(),
        *Counter(shop, FONT, digest.digests).routes(),
        *Teach(classroom).routes(),
    ]
    return Starlette(routes=routes)


def test_files_are_read_on_other_threads_than_the_loop_that_carries_the_keys(
    app: Starlette, studiohouse: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    where: list[bool] = []

    def spied(what: Any) -> Any:
        def told(*args: Any, **kwargs: Any) -> Any:
            where.append(threading.current_thread() is threading.main_thread())
            return what(*args, **kwargs)

        return told

    monkeypatch.setattr(Path, "read_bytes", spied(Path.read_bytes))
    monkeypatch.setattr(mido, "MidiFile", spied(mido.MidiFile))
    monkeypatch.setattr(digest, "Shelf", spied(digest.Shelf))

    async def use() -> None:
        async def ask(path: str, method: str = "GET", body: Any = b"") -> Any:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            before = len(where)
            status, answer = await studiohouse.visit(app, path, method, data)
            assert (status, where[before:] != []) == (200, True), (path, answer)
            return json.loads(answer) if answer.startswith(b"{") else answer

        await ask("/api/melodies/twinkle")
        melody = (await ask("/api/melodies", "POST", TWINKLE))["id"]
        version = (await ask("/api/compositions", "POST", {"melody": melody, **ORDER}))["id"]
        await ask(f"/api/compositions/{version}/file")
        await ask(f"/api/compositions/{version}/parts")
        told = {"id": version, "programs": [None], "muted": []}
        shared = await ask("/api/shares/new", "POST", {"melody": melody, "versions": [told]})
        assert (await ask("/api/shares", "POST", shared))["said"] == []
        for kept in ("/api/takes/mine", "/api/teach/runs/walk/samples/real/0"):
            await ask(kept)
            await ask(f"{kept}/file")

    asyncio.run(use())
    assert True not in where


@pytest.fixture
def sounding(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> tuple[str, Path]:
    """The address of a composition's sound, which is made without a synthesiser, and where it lies."""

    async def bounce(midi: Path, wav: Path, seconds: float, font: Path) -> None:
        wav.write_bytes(b"RIFF" + bytes(1 << 18))

    monkeypatch.setattr(counter, "bounce", bounce)
    monkeypatch.setattr(counter, "synth", lambda font: None)
    number, _ = shop.sample("twinkle")
    return f"/api/compositions/{number}/sound", shop.folder


@pytest.mark.parametrize("wanted", ["", "bytes=0-3", "bytes=x", "bytes=9999999-"])
def test_a_sound_is_gone_when_it_was_handed_over_or_refused(
    app: Starlette, sounding: tuple[str, Path], studiohouse: ModuleType, wanted: str
) -> None:
    address, folder = sounding
    headers = {"range": wanted} if wanted else {}

    async def use() -> None:
        for _ in range(2):
            status, sound = await studiohouse.visit(app, address, **headers)
            assert status in (200, 206) if wanted in ("", "bytes=0-3") else status in (400, 416)
            assert sound.startswith(b"RIFF") == (status in (200, 206))
            assert list(folder.iterdir()) == []

    asyncio.run(use())


def test_who_does_not_read_a_sound_holds_up_others_for_a_while_only(
    app: Starlette, sounding: tuple[str, Path], studiohouse: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = sounding
    monkeypatch.setattr(counter, "PATIENCE", 0)

    async def use() -> None:
        begun = asyncio.Event()

        async def never(message: Any) -> None:
            begun.set()
            await asyncio.Event().wait()

        async def stays() -> Any:
            await asyncio.Event().wait()

        scope = {"type": "http", "method": "GET", "path": address, "query_string": b"", "headers": []}
        monkeypatch.setattr(parcel, "LONGEST", 60)
        slow = asyncio.create_task(app(scope, stays, never))
        await begun.wait()
        assert len(list(folder.iterdir())) == 1
        status, said = await studiohouse.visit(app, address)
        assert (status, b"still being fetched" in said) == (503, True)
        slow.cancel()
        await asyncio.wait([slow])
        assert list(folder.iterdir()) == []
        monkeypatch.setattr(parcel, "LONGEST", 0)
        await app(scope, stays, never)
        assert list(folder.iterdir()) == []
        monkeypatch.setattr(parcel, "LONGEST", 60)
        assert (await studiohouse.visit(app, address))[0] == 200

    asyncio.run(use())


def test_a_sound_that_cannot_be_made_leaves_nothing_and_holds_up_nobody(
    app: Starlette, sounding: tuple[str, Path], studiohouse: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, folder = sounding

    async def fails(midi: Path, wav: Path, seconds: float, font: Path) -> None:
        wav.write_bytes(b"RIFF")
        raise BounceError("it can't be made sound")

    monkeypatch.setattr(counter, "bounce", fails)
    monkeypatch.setattr(counter, "PATIENCE", 0.1)
    for _ in range(2):
        assert asyncio.run(studiohouse.visit(app, address))[0] == 422
        assert list(folder.iterdir()) == []
