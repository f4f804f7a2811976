"""Compositions and takes: files in, sheets out; names that stay names; orders that are none."""

from __future__ import annotations

import asyncio
import io
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.studio import sheets
from bandmate.daemon.studio.library import Library, LibraryError
from bandmate.daemon.studio.sheets import MOST_PARTS, SheetError
from bandmate.daemon.studio.workshop import KEPT, LARGEST, Order, WorkError, Workshop

MELODIES = Path(__file__).resolve().parent.parent / "daemon" / "melodies"
TWINKLE = (MELODIES / "twinkle.mid").read_bytes()


def smf(*messages: Any, resolution: int = 480) -> bytes:
    """A file of one track."""
    return of(mido.MidiFile(ticks_per_beat=resolution, tracks=[mido.MidiTrack(messages)]))


def of(file: mido.MidiFile) -> bytes:
    """What a file has in it."""
    out = io.BytesIO()
    file.save(file=out)
    return out.getvalue()


def note(kind: str, pitch: int, time: int, channel: int = 0) -> Any:
    return mido.Message(kind, note=pitch, velocity=64, time=time, channel=channel)


def test_a_file_is_a_sheet_in_ticks_of_24() -> None:
    sheet = sheets.read(
        smf(
            mido.MetaMessage("track_name", name="two hands"),
            mido.MetaMessage("set_tempo", tempo=600_000),
            mido.MetaMessage("time_signature", numerator=6, denominator=8),
            mido.MetaMessage("marker", text="Am"),
            mido.Message("program_change", program=32, channel=1),
            note("note_on", 60, 0),
            note("note_on", 40, 240, channel=1),
            note("note_off", 60, 240),
            note("note_off", 40, 0, channel=1),
        ),
        "x",
    )
    assert (sheet["bpm"], sheet["bar"], sheet["beat"]) == (100, 72, 36)
    assert sheet["chords"] == [[0, "Am"]]
    assert sheet["parts"] == [
        {"name": "two hands", "channel": 1, "notes": [[0, 24, 60, 64]], "program": None},
        {"name": "two hands", "channel": 2, "notes": [[12, 24, 40, 64]], "program": 33},
    ]


@pytest.mark.parametrize("data", [b"", b"MThd", b"junk" * 100, TWINKLE[:40], smf()])
def test_what_is_no_music_is_a_sentence(data: bytes) -> None:
    with pytest.raises(SheetError, match="it"):
        sheets.read(data, "it")


def test_a_file_has_parts_by_the_dozen_not_by_the_thousand() -> None:
    def parts(many: int) -> bytes:
        tracks = [[note("note_on", 60, 0), note("note_off", 60, 9)] for _ in range(many)]
        return of(mido.MidiFile(tracks=[mido.MidiTrack(track) for track in tracks]))

    assert len(sheets.read(parts(MOST_PARTS), "it")["parts"]) == MOST_PARTS
    with pytest.raises(SheetError, match="it has 65 parts"):
        sheets.read(parts(MOST_PARTS + 1), "it")


@given(st.data())
def test_no_broken_file_is_more_than_a_sentence(data: st.DataObject) -> None:
    broken = bytearray(TWINKLE)
    for _ in range(data.draw(st.integers(1, 6))):
        broken[data.draw(st.integers(0, len(broken) - 1))] = data.draw(st.integers(0, 255))
    with suppress(SheetError):
        json.dumps(sheets.read(bytes(broken), "it"), allow_nan=False)


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "takes"
    folder.mkdir()
    (tmp_path / "secret.mid").write_bytes(TWINKLE)
    for name in ("one.mid", "two.mid", ".hidden.mid", "notes.txt"):
        (folder / name).write_bytes(TWINKLE)
    (folder / "away.mid").symlink_to(tmp_path / "secret.mid")
    return Library(folder)


def test_takes_are_listed_renamed_and_deleted(library: Library) -> None:
    assert {take["name"] for take in library.list()} == {"one", "two"}
    library.rename("one", "My best take, (no. 1)")
    library.delete("two")
    assert [take["name"] for take in library.list()] == ["My best take, (no. 1)"]
    assert library.find("My best take, (no. 1)").read_bytes() == TWINKLE


PATHS = [
    "../secret",
    "..",
    ".",
    "",
    "/etc/passwd",
    "one.mid",
    ".hidden",
    "away",
    "one\0",
    "C:\\x",
    "a/b",
    "x\n",
]


@pytest.mark.parametrize("name", PATHS)
def test_no_name_leads_anywhere_else(library: Library, tmp_path: Path, name: str) -> None:
    for act in (library.find, library.delete, lambda each: library.rename(each, "mine")):
        with pytest.raises(LibraryError, match="no take"):
            act(name)
    if name not in ("one.mid", "away"):
        with pytest.raises(LibraryError):
            library.rename("one", name)
    assert (tmp_path / "secret.mid").is_file()
    assert {take["name"] for take in library.list()} == {"one", "two"}


def test_a_take_is_not_written_over(library: Library) -> None:
    with pytest.raises(LibraryError, match="already"):
        library.rename("one", "two")
    assert Library(Path("/nowhere")).list() == []


ORDER = {"melody": "m", "preset": "pop", "seed": 5, "mode": "live"}


@pytest.mark.parametrize(
    "change",
    [
        {"seed": -1},
        {"seed": 1.5},
        {"seed": True},
        {"seed": 2**40},
        {"mode": "--out"},
        {"preset": ""},
        {"preset": ["pop"]},
        {"melody": None},
        {"out": "/etc/passwd"},
    ],
)
def test_an_order_that_is_none_is_a_sentence(change: dict[str, Any]) -> None:
    with pytest.raises(WorkError):
        Order.of({**ORDER, **change})


def test_a_workshop_keeps_the_newest_and_knows_its_own_numbers_only(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, MELODIES, {"pop": "0" * 16}.get)
    numbers = [shop.bring(TWINKLE, "x")[0] for _ in range(KEPT + 3)]
    assert len(list(tmp_path.iterdir())) == KEPT
    assert shop.file(numbers[-1]).read_bytes() == TWINKLE
    for number in (numbers[0], "../x", ""):
        with pytest.raises(WorkError, match="not kept"):
            shop.file(number)
    with pytest.raises(WorkError, match="larger"):
        shop.bring(b"x" * (LARGEST + 1), "x")
    with pytest.raises(WorkError, match="no melody"):
        shop.sample("../twinkle")
    with pytest.raises(WorkError, match="no preset"):
        asyncio.run(shop.compose(Order(numbers[-1], "--out", 1, "live")))


def test_what_was_asked_for_last_is_kept_longest(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, MELODIES, {}.get)
    melody, first = (shop.bring(TWINKLE, "x")[0] for _ in range(2))
    for _ in range(KEPT):
        assert shop.file(melody).read_bytes() == TWINKLE
        shop.bring(TWINKLE, "x")
    with pytest.raises(WorkError, match="not kept"):
        shop.file(first)


def test_a_melody_that_comes_along_is_not_stored_and_displaces_nothing(tmp_path: Path) -> None:
    shop = Workshop(tmp_path, MELODIES, {}.get)
    brought, _ = shop.bring(TWINKLE, "x")
    (number,) = {shop.sample("twinkle")[0] for _ in range(KEPT)}
    assert shop.file(number).read_bytes() == TWINKLE
    assert [path.stem for path in tmp_path.iterdir()] == [brought]
    for _ in range(KEPT):
        shop.bring(TWINKLE, "x")
    assert shop.file(number).read_bytes() == TWINKLE


@pytest.fixture(scope="module")
def house(open_house: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A running studio with a take."""
    home = tmp_path_factory.mktemp("home")
    (home / "takes").mkdir()
    (home / "takes" / "a take.mid").write_bytes(TWINKLE)
    return open_house(home=home)


def test_a_melody_and_a_band_make_a_composition(house: Any) -> None:
    assert "twinkle" in house.api("/api/melodies")[1]["melodies"]
    status, melody = house.api("/api/melodies", "POST", TWINKLE)
    assert status == 200
    order = {"melody": melody["id"], "preset": "pop", "seed": 3, "mode": "live"}
    made = [house.api("/api/compositions", body=order) for _ in range(2)]
    assert [status for status, _ in made] == [200, 200]
    sheet = made[0][1]["sheet"]
    assert [part["name"] for part in sheet["parts"]] == ["melody", "drums", "bass", "keys", "strings"]
    assert sheet["parts"] == made[1][1]["sheet"]["parts"]
    status, file = house.api(f"/api/compositions/{made[0][1]['id']}/file")
    assert status == 200
    assert len(mido.MidiFile(file=io.BytesIO(file)).tracks) == 6


@pytest.mark.parametrize(
    ("path", "method", "body"),
    [
        ("/api/melodies", "POST", b"junk"),
        ("/api/melodies", "POST", b"x" * (LARGEST + 1)),
        ("/api/melodies/..%2f..%2fserving", "GET", None),
        ("/api/compositions", "POST", b"{"),
        ("/api/compositions", "POST", json.dumps({**ORDER, "melody": "../../etc/passwd"}).encode()),
        ("/api/compositions/..%2f..%2fx/file", "GET", None),
        ("/api/takes/nothing", "GET", None),
        ("/api/takes/%2e%2e%2fstudio.key/file", "GET", None),
        ("/api/takes/a%20take", "POST", b'{"name":"../x"}'),
        ("/api/takes/nothing", "DELETE", None),
    ],
)
def test_what_cannot_be_done_is_a_sentence(house: Any, path: str, method: str, body: bytes | None) -> None:
    status, told = house.api(path, method, body)
    assert status in (404, 422)
    assert status == 404 or (told["sentence"] and "Traceback" not in told["sentence"])
    assert [take["name"] for take in house.api("/api/takes")[1]["takes"]] == ["a take"]


def test_another_site_deletes_no_take(house: Any) -> None:
    for origin in ({"origin": "http://evil.example"}, {}):
        assert house.ask("/api/takes/a%20take", "DELETE", **origin)[0] == 403
    assert house.api("/api/takes/a%20take/file")[1] == TWINKLE
