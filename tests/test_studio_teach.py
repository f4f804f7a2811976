"""Teaching from the page: attacks on its routes, and a band taught in a real Chromium, from dropped files
to a preset, while the studio under it ends and begins anew."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import mido
import psutil
import pytest

from bandmate.daemon.tuition import apprentice
from bandmate.daemon.tuition.journal import Journal
from bandmate.daemon.tuition.ledger import Job, Ledger

SECONDS = 90_000
LESSON = 600_000
"""Milliseconds that teaching may take on a busy machine."""
ORDER: dict[str, Any] = {
    "name": "bossa",
    "folder": "drop:0123456789abcdef",
    "technique": "band",
    "epochs": 1,
    "learning_rate": 5e-4,
    "update_ratio": 2,
    "ear_updates": 2,
    "tags": [],
}


# --- attacks --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(studiosongs: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a run, and a secret beside the runs."""
    home = tmp_path_factory.mktemp("home")
    for folder in (home / "runs" / "walk", home / "secret"):
        (folder / "samples" / "real").mkdir(parents=True)
        (folder / "run.json").write_text('{"technique": "band", "state": "stopped", "done": 5, "updates": 9}')
        (folder / "samples" / "real" / "sample.json").write_text("{}")
        studiosongs.song(folder / "samples" / "real" / "1-blue.mid", 1)
    return home


@pytest.fixture(scope="module")
def house(open_house: Any, home: Path) -> Any:
    return open_house(home=home)


def files(home: Path) -> set[str]:
    """What lies in the user's folder, but for an empty table of jobs."""
    found = {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}
    return {path for path in found if not path.startswith("teach/ledger")}


def test_runs_are_listed_and_looked_at(house: Any) -> None:
    status, told = house.api("/api/teach")
    assert status == 200
    assert [(run["name"], run["state"], run["may"]) for run in told["runs"]] == [
        ("walk", "stopped", ["resume", "preset"])
    ]
    status, run = house.api("/api/teach/runs/walk")
    assert run["samples"] == [
        {"place": "real", "epoch": None, "step": None, "figures": {}, "songs": ["blue"]}
    ]
    status, sheet = house.api("/api/teach/runs/walk/samples/real/0")
    assert [part["name"] for part in sheet["parts"]] == ["Melody", "Drums", "Bass", "Piano", "Strings"]
    status, file = house.api("/api/teach/runs/walk/samples/real/0/file")
    assert (status, file[:4]) == (200, b"MThd")


TRICKS = ["..%2fsecret", "..%2f..%2fsecret", "%2e%2e", ".", "walk%2f..%2f..%2fsecret", "walk%00", "x" * 300]


@pytest.mark.parametrize("name", TRICKS)
def test_no_name_of_a_run_leads_anywhere(house: Any, home: Path, name: str) -> None:
    before = files(home)
    for path, method in (
        (f"/api/teach/runs/{name}", "GET"),
        (f"/api/teach/runs/{name}/resume", "POST"),
        (f"/api/teach/runs/{name}/preset", "POST"),
        (f"/api/teach/runs/{name}/stop", "POST"),
        (f"/api/teach/runs/{name}/samples/real/0", "GET"),
        (f"/api/teach/runs/walk/samples/{name}/0/file", "GET"),
    ):
        status, told = house.api(path, method, b"" if method == "POST" else None)
        assert status in (404, 405, 422), path
        assert b"MThd" not in str(told).encode()
    assert files(home) == before


@pytest.mark.parametrize("number", ["-1", "1", "99999999999999999999", "0x0", "1.5", "..", "0/file/../../x"])
def test_no_number_of_a_sample_leads_anywhere(house: Any, number: str) -> None:
    assert house.api(f"/api/teach/runs/walk/samples/real/{number}")[0] in (404, 422)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 5000,
        b"x" * 100_000,
        json.dumps({**ORDER, "name": "../../x"}).encode(),
        json.dumps({**ORDER, "name": "--help"}).encode(),
        json.dumps({**ORDER, "epochs": float("nan")}).encode(),
        json.dumps({**ORDER, "epochs": 10**400}).encode(),
        json.dumps({**ORDER, "learning_rate": float("inf")}).encode(),
        json.dumps({**ORDER, "learning_rate": "0.1; rm -rf /"}).encode(),
        json.dumps({**ORDER, "update_ratio": 0}).encode(),
        json.dumps({**ORDER, "technique": "__import__"}).encode(),
        json.dumps({**ORDER, "tags": ["--set=device=cuda"]}).encode(),
        json.dumps({**ORDER, "folder": "/"}).encode(),
        json.dumps({**ORDER, "folder": "drop:../../runs"}).encode(),
        json.dumps({**ORDER, "folder": "relative/songs"}).encode(),
        json.dumps({**ORDER, "extra": 1}).encode(),
        json.dumps(ORDER).encode(),
    ],
)
def test_an_order_that_is_none_begins_nothing(house: Any, home: Path, body: bytes) -> None:
    before = files(home)
    status, told = house.api("/api/teach/runs", "POST", body)
    assert status == 422
    assert told["sentence"]
    assert "Traceback" not in told["sentence"]
    assert files(home) == before
    assert [run["state"] for run in house.api("/api/teach")[1]["runs"]] == ["stopped"]


def test_files_that_are_no_songs_or_too_large_are_not_kept(house: Any, home: Path) -> None:
    before = files(home)
    drop = house.api("/api/teach/drops", "POST", b"")[1]["drop"]
    for name, body in (
        ("x.mid", b"junk"),
        ("x.py", b"import os"),
        ("x.mid", b"MThd" + bytes(5 << 20)),
        ("", b"MThd"),
    ):
        status, told = house.api(f"/api/teach/drops/{drop}?name={name}&within=", "POST", body)
        assert (status, bool(told["sentence"])) == (422, True)
    for place in ("..%2f..%2fruns", "0000000000000000", "%2e%2e"):
        assert house.api(f"/api/teach/drops/{place}?name=x.mid", "POST", b"MThd")[0] in (404, 422)
    assert files(home) == before


@pytest.mark.parametrize("name", ["../../../x.mid", "/etc/x.mid", "a\0b.mid", "con.mid", "\u202egpj.mid"])
def test_a_dropped_name_stays_a_name(house: Any, home: Path, name: str) -> None:
    before = files(home)
    drop = house.api("/api/teach/drops", "POST", b"")[1]["drop"]
    path = f"/api/teach/drops/{drop}?name={quote(name)}&within={quote('../../' + name)}"
    assert house.api(path, "POST", b"MThd")[0] == 200
    (made,) = files(home) - before
    assert made.startswith(f"teach/songs/gathering/{drop}/")
    assert made.count("/") == 5
    (home / made).unlink()


def test_another_site_and_who_is_not_paired_begin_nothing(
    house: Any, studiohouse: ModuleType, tmp_path: Path
) -> None:
    body = json.dumps(ORDER).encode()
    for headers in ({"origin": "http://evil.example"}, {}, {"origin": "null"}):
        for path in ("/api/teach/runs", "/api/teach/drops", "/api/teach/runs/walk/resume"):
            assert house.ask(path, "POST", body, **headers)[0] == 403
    assert house.ask("/api/teach", host="evil.example")[0] == 421
    with studiohouse.open_house("--no-record", "--host", "0.0.0.0", home=tmp_path) as guarded:
        for path, method in (
            ("/api/teach", "GET"),
            ("/api/teach/runs/x", "GET"),
            ("/api/teach/runs", "POST"),
        ):
            given = body if method == "POST" else None
            assert guarded.ask(path, method, given, origin=guarded.origin)[0] == 401
            assert guarded.ask(path, method, given, origin=guarded.origin, cookie="bandmate=x")[0] == 401
    page = studiohouse.Visitor(house)
    page.say(do="press", pitch=61, velocity=80, ago=0)
    page.hears(lambda news: news["is"] == "heard" and news["pitch"] == 61)
    page.leave()


# --- a band is taught -----------------------------------------------------------------------------------


@pytest.fixture
def taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A user's folder; jobs that were begun with it are ended afterwards."""
    home = tmp_path / "home"
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    yield home
    with suppress(sqlite3.Error), closing(sqlite3.connect(home / "teach" / "ledger.sqlite")) as table:
        for (pid,) in table.execute("select pid from jobs where state = 'running' and pid is not null"):
            with suppress(psutil.Error):
                process = psutil.Process(pid)
                if apprentice.__name__ in process.cmdline():
                    for each in (*process.children(recursive=True), process):
                        each.kill()


def settle(page: Any, *words: str, within: int = SECONDS) -> None:
    """Wait until the run stands so, for so many milliseconds."""
    state = page.locator(".run .state")
    for _ in range(within // 100):
        if state.count() and state.inner_text() in words:
            return
        if state.count() and state.inner_text() == "failed":
            pytest.fail(page.locator(".fault").inner_text())
        page.wait_for_timeout(100)
    pytest.fail(f"it did not come to {words}")


def press(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def enter(studiobrowser: ModuleType, browser: Any) -> Iterator[Callable[..., Any]]:
    """Open the view in pages of this size; nothing may go wrong in them."""
    opened: list[tuple[Any, list[str]]] = []

    def open_view(house: Any, size: str = "phone") -> Any:
        page = browser.new_page(**studiobrowser.SIZES[size])
        opened.append((page, studiobrowser.faults(page)))
        page.set_default_timeout(SECONDS)
        page.goto(house.origin)
        press(page, "Teach")
        return page

    yield open_view
    for page, wrong in opened:
        page.close()
        assert wrong == []


def lesson(page: Any, home: Path) -> Job:
    """The newest job of the run, once a process does it."""
    folder = home / "teach"
    ledger = Ledger(folder / "ledger.sqlite", lambda number: Journal(folder, number).held())
    for _ in range(SECONDS // 100):
        job = ledger.latest()["tiny"]
        if job.pid is not None:
            return job
        page.wait_for_timeout(100)
    pytest.fail("no process does the job")


def test_dropped_songs_become_a_preset_whatever_becomes_of_the_studio(
    studiohouse: ModuleType, studiosongs: ModuleType, enter: Callable[..., Any], taught: Path, tmp_path: Path
) -> None:
    pytest.importorskip("torch", reason="PyTorch is missing: pip install 'bandmate[train]'")
    songs = [studiosongs.song(tmp_path / f"song {k}.mid", k) for k in range(3)]
    with studiohouse.open_house("--no-record", home=taught) as house:
        page = enter(house)
        page.get_by_label("Name of the band").fill("tiny")
        page.locator("input[type=file]").set_input_files([str(path) for path in songs])
        page.get_by_text("3 songs").wait_for()
        press(page, "Quick try")
        page.get_by_label("Updates of the ear").fill("0")
        press(page, "Begin teaching")
        settle(page, "reading the songs", "learning")
        press(page, "Stop")
        settle(page, "stopped")
        press(page, "Resume")
        settle(page, "reading the songs", "learning")
        begun = lesson(page, taught)
        page.close()
    with studiohouse.open_house("--no-record", home=taught) as house:
        page = enter(house)
        settle(page, "reading the songs", "learning", "taught")
        settle(page, "taught", within=LESSON)
        ended = lesson(page, taught)
        assert (ended.number, ended.pid, ended.state) == (begun.number, begun.pid, "done")
        page.get_by_role("img", name="Similarity to the songs: ").wait_for()
        epochs = page.get_by_role("slider", name="Epoch")
        epochs.focus()
        page.keyboard.press("Home")
        page.get_by_role("button", name="play before the first epoch").click()
        page.get_by_role("button", name="stop before the first epoch").wait_for()
        epochs.press("End")
        page.get_by_role("button", name="stop after epoch").wait_for()
        page.get_by_role("button", name="play as really played").click()
        page.get_by_role("button", name="stop as really played").click()
        page.get_by_role("img", name="bars").first.wait_for()
        with page.expect_download() as arriving:
            page.get_by_role("link", name="MIDI of after epoch").click()
        names = [track.name for track in mido.MidiFile(arriving.value.path()).tracks]
        assert names[1:] == ["melody", "drums", "bass", "chords", "colour"]
        press(page, "Make it a preset")
        settle(page, "a preset")
        assert (taught / "presets" / "tiny.yaml").is_file()
        press(page, "Compose")
        assert "tiny" in page.get_by_label("Preset").inner_text()
        press(page, "Stage")
        page.get_by_role("button", name="tiny").click()
        page.get_by_role("button", name="tiny plays").wait_for()
        page.close()


@pytest.fixture(scope="module")
def learned(open_house: Any, studiosongs: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A studio with a band that was taught for two epochs, as its folder tells."""
    home = tmp_path_factory.mktemp("home")
    run = home / "runs" / "walk"
    figures = {"similarity": 0.5, "in_harmony": 0.6}
    for place, said in (
        ("epoch-0000.00", {"step": 0, "epoch": 0.0, "figures": figures}),
        ("epoch-0002.00", {"step": 8, "epoch": 2.0, "figures": figures}),
        ("real", {}),
    ):
        studiosongs.song(run / "samples" / place / "1-blue.mid", 1)
        (run / "samples" / place / "sample.json").write_text(json.dumps(said))
    told = {"technique": "band", "state": "done", "done": 8, "updates": 8, "epoch": 2.0, "epochs": 2.0}
    more = {"best": {"step": 8, **figures}, "real": figures, "data": {"train": 3, "valid": 1}}
    (run / "run.json").write_text(json.dumps(told | more))
    (run / "losses.csv").write_text("step,loss,generator\n1,5.5,2\n4,4.5,1\n8,4,1\n")
    (run / "metrics.csv").write_text("step,similarity,in_harmony\n0,.25,.5\n8,.5,.6\n")
    return open_house(home=home)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_no_violation(
    learned: Any, enter: Callable[..., Any], violations: Callable[[Any], Any], scheme: str, size: str
) -> None:
    page = enter(learned, size)
    page.emulate_media(color_scheme=scheme)
    settle(page, "taught")
    page.get_by_role("img", name="Similarity to the songs: ").wait_for()
    page.get_by_role("img", name="bars").nth(1).wait_for()
    page.get_by_text("Teach a new band").click()
    page.get_by_label("Name of the band").wait_for()
    assert violations(page) == []
