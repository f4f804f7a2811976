"""Songs for teaching that a page may name or drop: folders by who can ask, files by what they are."""

from __future__ import annotations

import os
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.tuition import drops
from bandmate.daemon.tuition.drops import Drops
from bandmate.daemon.tuition.errors import TuitionError
from bandmate.daemon.tuition.places import Places

MIDI = b"MThd and so on"


# --- folders --------------------------------------------------------------------------------------------


@pytest.fixture
def house(tmp_path: Path) -> Path:
    for folder in ("home/songs", "home/.secret/songs", "home/.local/share/bandmate/songs", "else/songs"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "home" / "away").symlink_to(tmp_path / "else" / "songs")
    (tmp_path / "home" / "hole").symlink_to(tmp_path / "home" / ".secret" / "songs")
    (tmp_path / "home" / "file.mid").write_bytes(MIDI)
    return tmp_path


def homes(house: Path) -> list[Path]:
    return [house / "home", house / "home" / ".local" / "share" / "bandmate"]


@pytest.mark.parametrize(
    ("typed", "from_here", "from_others"),
    [
        ("home/songs", True, True),
        ("home/./x/../songs/", True, True),
        ("home/.local/share/bandmate/songs", True, True),
        ("home/.secret/songs", True, False),
        ("else/songs", True, False),
        ("home/../else/songs", True, False),
        ("home/away", True, False),
        ("home/hole", True, False),
        ("home/nothing", False, False),
        ("home/file.mid", False, False),
        ("home", False, False),
        ("", False, False),
    ],
)
def test_which_folder_may_be_read_depends_on_who_can_ask(
    house: Path, typed: str, from_here: bool, from_others: bool
) -> None:
    for guarded, may in ((False, from_here), (True, from_others)):
        places = Places(homes(house), guarded)
        if may:
            assert places.find(f"{house}/{typed}").is_relative_to(house)
        else:
            with pytest.raises(TuitionError):
                places.find(f"{house}/{typed}")


@pytest.mark.parametrize("typed", ["linked/songs", "home/songs", "linked/nothing/../songs"])
def test_a_home_that_is_reached_through_a_link_is_home(house: Path, typed: str) -> None:
    (house / "linked").symlink_to(house / "home")
    places = Places([house / "linked"], True)
    assert places.find(f"{house}/{typed}") == (house / "home" / "songs").resolve()
    for other in ("linked/away", "linked/.secret/songs", "linked/hole", "linked/../else/songs", "linked"):
        with pytest.raises(TuitionError):
            places.find(f"{house}/{other}")


@pytest.mark.parametrize("typed", ["songs", "../songs", ".", "~root/songs", "--name", "/", "\\\\host\\x"])
@pytest.mark.parametrize("guarded", [True, False])
def test_no_folder_is_meant_by_half_a_path(house: Path, typed: str, guarded: bool) -> None:
    with pytest.raises(TuitionError):
        Places(homes(house), guarded).find(typed)


def test_what_is_refused_and_what_is_not_there_sound_alike(house: Path) -> None:
    told = set()
    for typed in ("else/songs", "else/nothing", "home/.secret/songs", "home/.secret/nothing"):
        with pytest.raises(TuitionError) as refused:
            Places(homes(house), True).find(f"{house}/{typed}")
        told.add(str(refused.value))
    assert len(told) == 1


# --- files ----------------------------------------------------------------------------------------------


@pytest.fixture
def dropping(tmp_path: Path) -> Drops:
    return Drops(tmp_path / "songs")


def mxl() -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("x.xml", "<score/>")
    return out.getvalue()


def test_files_become_the_songs_of_a_run(dropping: Drops, tmp_path: Path) -> None:
    number = dropping.open()
    names = ["blue.mid", "blue.mid", "Só danço.MIDI", "x.musicxml", "y.mxl", "z.krn"]
    data = [MIDI, MIDI, MIDI, "<score/>".encode("utf-16"), mxl(), b"**kern"]
    pairs = zip(names, data, strict=True)
    assert [dropping.add(number, name, "", each) for name, each in pairs] == [1, 2, 3, 4, 5, 6]
    dropping.add(number, "red.mid", "samba", MIDI)
    place = dropping.settle(number, "bossa")
    assert place == tmp_path / "songs" / "bossa"
    found = {path.relative_to(place).as_posix() for path in place.rglob("*.*")}
    assert found == {
        "blue.mid", "blue-2.mid", "Só danço.midi", "x.musicxml", "y.mxl", "z.krn", "samba/red.mid",
    }  # fmt: skip
    with pytest.raises(TuitionError, match="drop them again"):
        dropping.add(number, "more.mid", "", MIDI)
    again = dropping.open()
    dropping.add(again, "a.mid", "", MIDI)
    assert dropping.settle(again, "bossa").name == "bossa-2"


@pytest.mark.parametrize(
    ("name", "within"),
    [
        ("../../x.mid", ""),
        ("/etc/x.mid", ""),
        ("C:\\x\\y.mid", ""),
        ("..mid", ".."),
        ("x.mid", "../../else"),
        ("x.mid", "/etc"),
        ("x.mid", "."),
        ("NUL.mid", "con"),
        ("\0\n.mid", "\0"),
        ("x" * 500 + ".mid", "y" * 500),
        ("-rf.mid", "--name"),
    ],
)
def test_no_name_leads_out_of_the_heap(dropping: Drops, tmp_path: Path, name: str, within: str) -> None:
    number = dropping.open()
    if Path(name).suffix:
        dropping.add(number, name, within, MIDI)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    heap = tmp_path / "songs" / "gathering" / number
    assert all(path.is_relative_to(heap) for path in files)
    assert all(len(path.relative_to(heap).parts) <= 2 for path in files)
    assert not {path.stem.lower() for path in heap.rglob("*")} & {"nul", "con", "..", "."}


@given(st.text(max_size=120))
def test_any_name_is_made_safe(name: str) -> None:
    made = drops.safe(name)
    assert made.isprintable()
    assert made not in (".", "..")
    assert not set(made) & set('/\\:*?"<>|\0.')
    assert 0 < len(made.encode()) <= drops.LONGEST + 1
    assert drops.safe(made) == made


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.mid", b""),
        ("x.mid", b"junk"),
        ("x.mid", b"<score/>"),
        ("x.xml", b"\0\0"),
        ("x.xml", b" "),
        ("x.mxl", b"<score/>"),
        ("x.py", b"import os"),
        ("x", MIDI),
        (".mid", MIDI),
        ("x.mid.exe", MIDI),
        ("x.mid", MIDI + bytes(drops.LARGEST)),
    ],
)
def test_what_is_no_song_is_a_sentence(dropping: Drops, tmp_path: Path, name: str, data: bytes) -> None:
    number = dropping.open()
    with pytest.raises(TuitionError):
        dropping.add(number, name, "", data)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    with pytest.raises(TuitionError, match="no file was dropped"):
        dropping.settle(number, "bossa")


@pytest.mark.parametrize("number", ["", "..", "../..", "0" * 16, "x" * 16, "0123456789ABCDEF", "a/b"])
def test_a_heap_is_known_by_its_own_number_only(dropping: Drops, number: str) -> None:
    dropping.open()
    with pytest.raises(TuitionError, match="drop them again"):
        dropping.add(number, "x.mid", "", MIDI)
    with pytest.raises(TuitionError, match="drop them again"):
        dropping.settle(number, "bossa")


def test_there_is_an_end_to_files(dropping: Drops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drops, "MOST_FILES", 3)
    number = dropping.open()
    for _ in range(3):
        dropping.add(number, "x.mid", "", MIDI)
    with pytest.raises(TuitionError, match="more than 3 files"):
        dropping.add(number, "x.mid", "", MIDI)
    monkeypatch.setattr(drops, "MOST_FILES", 99)
    monkeypatch.setattr(drops, "MOST_BYTES", 4 * len(MIDI))
    dropping.add(number, "x.mid", "", MIDI)
    with pytest.raises(TuitionError, match="MB"):
        dropping.add(number, "x.mid", "", MIDI)


def test_the_oldest_heap_makes_room(dropping: Drops, tmp_path: Path) -> None:
    numbers = [dropping.open() for _ in range(drops.MOST_HEAPS)]
    for age, number in enumerate(numbers):
        os.utime(tmp_path / "songs" / "gathering" / number, (1000 - age, 1000 - age))
    newest = dropping.open()
    with pytest.raises(TuitionError, match="drop them again"):
        dropping.add(numbers[-1], "x.mid", "", MIDI)
    for number in (*numbers[:-1], newest):
        assert dropping.add(number, "x.mid", "", MIDI) == 1
