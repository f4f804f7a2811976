"""The folder of a run as a page reads it: while it is written, half written, or by somebody else."""

from __future__ import annotations

import json
import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.tuition import curves, record, samples
from bandmate.daemon.tuition.curves import KEPT, Curves
from bandmate.daemon.tuition.errors import TuitionError
from bandmate.daemon.tuition.record import Record

SAID = {
    "name": "bossa",
    "technique": "band",
    "state": "fitting",
    "process": 77,
    "updated": "1970-01-01T01:00:00+00:00",
    "done": 50,
    "updates": 100,
    "epoch": 1.0,
    "epochs": 2.0,
    "seconds": 12.5,
    "best": {"step": 40, "similarity": 0.7, "odd": "x"},
    "real": {"in_harmony": 0.5},
    "data": {"sha256": "abc", "train": 5, "valid": 1},
}


def test_a_record_is_read(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text(json.dumps(SAID))
    said = record.read(tmp_path)
    assert said is not None
    assert (said.state, said.process, said.told, said.done, said.seconds) == ("fitting", 77, 3600.0, 50, 12.5)
    assert said.best == {"step": 40, "similarity": 0.7}
    assert said.songs == {"train": 5, "valid": 1}
    assert said.epoch_of(25) == 0.5
    assert Record().epoch_of(25) == 0


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '{"state":"magic"}', "[" * 5000, json.dumps(SAID)[:-9]]
)
def test_a_record_that_is_none_is_let_be(tmp_path: Path, text: str) -> None:
    assert record.read(tmp_path) is None
    (tmp_path / "run.json").write_text(text)
    assert record.read(tmp_path) is None


@pytest.mark.parametrize(
    "value", [None, "x", [], math.nan, math.inf, -5, True, {"a": math.nan}, 1e308, 10**400, "9" * 99]
)
def test_odd_values_cost_themselves_only(tmp_path: Path, value: Any) -> None:
    odd = {name: value for name in SAID if name != "state"}
    (tmp_path / "run.json").write_text(json.dumps({**odd, "state": "stopped"}))
    said = record.read(tmp_path)
    assert said is not None
    assert said.state == "stopped"
    json.dumps([said.done, said.epoch, said.best, said.real, said.songs, said.told], allow_nan=False)


# --- curves ---------------------------------------------------------------------------------------------


def test_a_curve_that_grows_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    path, kept = tmp_path / "losses.csv", Curves()
    assert kept.read(path) == {}
    path.write_text("step,loss,gate\n1,5.5,\n2,4.25,1\n3,4.")
    assert kept.read(path) == {"loss": [(1, 5.5), (2, 4.25)], "gate": [(2, 1)]}
    with path.open("a") as file:
        file.write("5,2\n4,nan,\n5,3\nx,1,1\n6,inf,3\n")
    assert kept.read(path) == {"loss": [(1, 5.5), (2, 4.25), (3, 4.5)], "gate": [(2, 1), (3, 2), (6, 3)]}
    assert kept.read(path) == Curves().read(path)


def test_a_curve_that_is_written_anew_is_read_anew(tmp_path: Path) -> None:
    path, kept = tmp_path / "losses.csv", Curves()
    path.write_text("step,loss\n1,5\n2,4\n")
    kept.read(path)
    (tmp_path / "new").write_text("step,loss,gate\n1,5,\n2,9,9\n3,8,8\n")
    (tmp_path / "new").replace(path)
    assert kept.read(path) == {"loss": [(1, 5), (2, 9), (3, 8)], "gate": [(2, 9), (3, 8)]}
    path.write_text("step,loss\n1,7\n")
    assert kept.read(path) == {"loss": [(1, 7)]}
    path.unlink()
    assert kept.read(path) == {}


def test_only_so_many_files_are_remembered(tmp_path: Path) -> None:
    kept = Curves()
    for turn in range(2):
        for k in range(KEPT + 5):
            (tmp_path / f"{k}.csv").write_text(f"step,loss\n1,{k}\n")
            assert kept.read(tmp_path / f"{k}.csv") == {"loss": [(1, k)]}, turn


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"a,b\n1,2\n", b"\xff\xfe\x00", b"step\n1\n", b'step,"a\n1,2\n']
)
def test_what_is_no_curve_is_empty(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.csv").write_bytes(data)
    assert Curves().read(tmp_path / "x.csv") == {}


@given(st.integers(0, 5000), st.integers(10, 500))
def test_no_more_points_than_can_be_seen(count: int, most: int) -> None:
    points = [(float(k), float(k % 7)) for k in range(count)]
    thin = curves.thinned(points, most)
    assert len(thin) <= most
    assert count <= most or len(thin) > most // 2 - 1
    xs = [x for x, _ in thin]
    assert xs == sorted(xs)
    assert all(0 <= y <= 6 for _, y in thin)


def test_a_curve_that_grows_keeps_its_shape() -> None:
    points = [(float(k), math.sin(k)) for k in range(1000)]
    before, after = (curves.thinned(points[:count], 300) for count in (900, 1000))
    assert after[: len(before) - 1] == before[:-1]


# --- samples --------------------------------------------------------------------------------------------


def sample(folder: Path, place: str, note: Any, *songs: str) -> None:
    (folder / place).mkdir(parents=True)
    for song in songs:
        (folder / place / song).write_bytes(b"MThd")
    (folder / place / "sample.json").write_text(note if isinstance(note, str) else json.dumps(note))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    folder = tmp_path / "samples"
    sample(folder, "real", {}, "1-blue.mid", "2-red.mid")
    figures = {"similarity": 0.5, "odd": None}
    sample(
        folder, "epoch-0010.00", {"step": 100, "epoch": 10.0, "figures": figures}, "1-blue.mid", "2-red.mid"
    )
    sample(
        folder, "epoch-0002.50", {"step": 25, "epoch": 2.5}, "10-z.mid", "2-red.mid", "1-blue.mid", "x.png"
    )
    sample(folder, "epoch-0003.00", "{", "1-blue.mid")
    sample(folder, ".epoch-0004.00", {"step": 40, "epoch": 4.0}, "1-blue.mid")
    sample(folder, "epoch-0005.00", {"step": 50, "epoch": 5.0})
    sample(tmp_path / "else", "epoch-0006.00", {"step": 60, "epoch": 6.0}, "1-secret.mid")
    (folder / "epoch-0006.00").symlink_to(tmp_path / "else" / "epoch-0006.00")
    (folder / "real" / "3-away.mid").symlink_to(tmp_path / "else" / "epoch-0006.00" / "1-secret.mid")
    return folder


def test_samples_are_listed_from_the_first_epoch_to_the_last(kept: Path) -> None:
    found = samples.listed(kept)
    assert [(s.place, s.epoch, s.songs) for s in found] == [
        ("epoch-0002.50", 2.5, ("blue", "red", "z")),
        ("epoch-0010.00", 10.0, ("blue", "red")),
        ("real", None, ("blue", "red")),
    ]
    assert found[1].figures == {"similarity": 0.5}
    assert samples.listed(kept / "nothing") == []


def test_a_sample_s_file_is_found(kept: Path) -> None:
    assert samples.file(kept, "epoch-0002.50", 2) == kept / "epoch-0002.50" / "10-z.mid"
    assert samples.file(kept, "real", 0).name == "1-blue.mid"


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("", 0), (".", 0), ("..", 0), ("../else/epoch-0006.00", 0), ("epoch-0006.00", 0), ("/etc", 0),
        (".epoch-0004.00", 0), ("epoch-0009.00", 0), ("real", 2), ("real", -1), ("real", 10**9),
    ],
)  # fmt: skip
def test_no_place_leads_anywhere_else(kept: Path, place: str, number: int) -> None:
    with pytest.raises(TuitionError, match="not kept any more"):
        samples.file(kept, place, number)


def test_a_record_has_the_fields_and_the_states_that_training_gives_it(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from bandmate.training.runs import record as given

    figures = {"best": {"step": 4.0}, "real": {"in_harmony": 0.5}, "data": {"train": 5}}
    far = {"process": 7, "done": 4, "updates": 8, "epoch": 1.0, "epochs": 2.0, "seconds": 3.0}
    for state in given.STATES:
        told = {"technique": "band", "state": state, "fault": "why", "updated": SAID["updated"]}
        given.write(tmp_path / "run.json", given.Record(**told, **far, **figures))
        said = record.read(tmp_path)
        assert said is not None
        assert said.state == state
    assert record.STATES == given.STATES
    plain = Record(state=said.state)
    unread = {f.name for f in fields(Record) if getattr(said, f.name) == getattr(plain, f.name)}
    assert unread == {"state"}


def test_what_training_writes_is_what_is_read(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from bandmate.training.fitting import recipe
    from bandmate.training.runs.run import Run

    run = Run(tmp_path / "bossa")
    run.songs.mkdir(parents=True)
    run.begin(recipe.of("band"))
    with run.fitting(10, 5.0):
        run.log(5, {"loss": 2.0})
        run.measured(5, {"similarity": 0.5, "in_harmony": math.nan})
        run.compared({"in_harmony": 0.6})
        said = record.read(run.folder)
        assert said is not None
        assert (said.state, said.epochs, said.epoch_of(5)) == ("fitting", 2.0, 1.0)
        assert said.best == {"step": 5, "similarity": 0.5}
    assert Curves().read(run.losses.path) == {"loss": [(5, 2.0)]}
    assert Curves().read(run.metrics.path) == {"similarity": [(5, 0.5)]}
