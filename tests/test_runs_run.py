"""A run's folder: what it keeps of itself, and that a killed run goes on as if nothing had happened."""

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("filelock")

from bandmate.training import songs, whole
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.runs import listing, record, shelf, stamp
from bandmate.training.runs.curve import Curve
from bandmate.training.runs.run import Run
from bandmate.training.songs import Song

FITTER = """
import os, sys
from pathlib import Path
from bandmate.training.runs.run import Run
run = Run(Path(sys.argv[1]))
with run.fitting(8, 4.0):
    for step in range(1, 7):
        run.log(step, {"loss": 10.0 / step})
    run.reached(6)
    print("here", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def shelf_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BANDMATE_HOME", str(tmp_path))
    return tmp_path / "runs"


def song(name: str = "tiny/1", split: str = "train", pitch: int = 60) -> Song:
    notes = tuple(np.array([[0, 4, pitch + k, 80]], np.int16) for k in range(5))
    return Song(name, "pop", split, notes, np.zeros(4, np.uint8), np.zeros((1, 5), np.uint8))


def begun(folder: Path) -> Run:
    run = Run(folder)
    songs.save(song(), run.songs)
    run.begin(Recipe(epochs=2))
    return run


def killed(run: Run) -> None:
    """Another process fits six updates of eight and is killed."""
    fitter = subprocess.Popen(
        [sys.executable, "-c", FITTER, str(run.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert fitter.stdin
    assert fitter.stdout
    try:
        assert fitter.stdout.readline() == b"here\n"
        assert run.record.state == "fitting"
        assert run.record.process == fitter.pid
        with pytest.raises(ValueError, match=f"being fitted by process {fitter.pid}"), run.fitting(8, 4.0):
            pytest.fail("two processes fit one run")
    finally:
        fitter.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        fitter.communicate()


def test_a_run_says_what_it_is_made_from(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    said = run.record
    assert (said.name, said.technique, said.state) == ("bossa", "band", "prepared")
    assert said.data == stamp.fingerprint(run.songs)
    assert said.data["train"] == 1
    assert said.python == sys.version.split()[0]
    assert run.recipe == Recipe(epochs=2)
    assert datetime.now(UTC) - datetime.fromisoformat(said.started) < timedelta(minutes=1)


def test_the_fingerprint_changes_with_any_song(tmp_path: Path) -> None:
    songs.save(song(), tmp_path)
    first = stamp.fingerprint(tmp_path)
    songs.save(song(pitch=61), tmp_path)
    second = stamp.fingerprint(tmp_path)
    songs.save(song("tiny/2", "valid"), tmp_path)
    third = stamp.fingerprint(tmp_path)
    assert len({each["sha256"] for each in (first, second, third)}) == 3
    assert (third["train"], third["valid"], third["test"]) == (1, 1, 0)


def test_the_revision_is_of_the_checkout_itself_only(tmp_path: Path) -> None:
    assert stamp.revision(tmp_path) == ""
    who = ["-c", "user.name=a", "-c", "user.email=a@b"]
    try:
        subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    except OSError:
        pytest.skip("there is no git")
    (tmp_path / "inside").mkdir()
    (tmp_path / "file").write_text("one")
    subprocess.run(["git", "-C", str(tmp_path), "add", "."], check=True)
    subprocess.run(["git", "-C", str(tmp_path), *who, "commit", "-qm", "one"], check=True)
    assert len(stamp.revision(tmp_path.resolve())) == 40
    assert stamp.revision((tmp_path / "inside").resolve()) == ""
    (tmp_path / "file").write_text("two")
    assert stamp.revision(tmp_path.resolve()).endswith("-dirty")


def test_a_run_that_was_fitted_is_not_begun_anew(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    run.begin(Recipe(epochs=3))
    assert run.recipe.epochs == 3
    with run.fitting(1, 1.0):
        run.log(1, {"loss": 1.0})
    with pytest.raises(ValueError, match="there is a run 'bossa' already"):
        run.begin(Recipe())


def test_fitting_ends_done_stopped_or_failed(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    with run.fitting(8, 4.0):
        run.log(2, {"loss": 1.0})
        assert run.record.state == "fitting"
    assert (run.record.state, run.record.done, run.record.epoch) == ("stopped", 2, 0.5)
    with pytest.raises(KeyboardInterrupt), run.fitting(8, 4.0):
        raise KeyboardInterrupt
    assert run.record.state == "stopped"
    with pytest.raises(RuntimeError), run.fitting(8, 4.0):
        raise RuntimeError("out of\nmemory")
    assert (run.record.state, run.record.fault) == ("failed", "out of memory")
    with run.fitting(8, 4.0):
        run.log(8, {"loss": 1.0})
    assert (run.record.state, run.record.fault) == ("done", "")
    assert (run.record.epoch, run.record.epochs) == (2.0, 2.0)


def test_a_killed_run_is_stopped_and_goes_on_to_the_same_curve(tmp_path: Path) -> None:
    run, other = begun(tmp_path / "killed"), begun(tmp_path / "whole")
    killed(run)
    assert (run.record.state, run.record.done) == ("stopped", 6)
    with run.losses.path.open("a") as file:
        file.write("7,1.4")
    with run.fitting(8, 4.0):
        run.resume(4)
        assert run.record.done == 4
        for step in range(5, 9):
            run.log(step, {"loss": 10.0 / step})
    with other.fitting(8, 4.0):
        for step in range(1, 9):
            other.log(step, {"loss": 10.0 / step})
    assert run.losses.path.read_bytes() == other.losses.path.read_bytes()
    assert [row["step"] for row in run.losses.rows()] == [1, 2, 3, 4, 5, 6, 7, 8]
    assert run.record.state == "done"


def test_best_figures_are_those_of_the_highest_similarity_and_are_cut_too(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    with run.fitting(8, 4.0):
        assert run.measured(0, {"similarity": 0.2, "empty": 0.5})
        assert run.measured(2, {"similarity": 0.6, "empty": 0.1})
        assert not run.measured(4, {"similarity": 0.6, "empty": 0.2})
        assert run.measured(6, {"similarity": 0.7, "empty": float("nan")})
    assert run.record.best == {"step": 6, "similarity": 0.7}
    run.resume(4)
    assert run.record.best == {"step": 2, "similarity": 0.6, "empty": 0.1}
    assert [row["step"] for row in run.metrics.rows()] == [0, 2, 4]


def test_a_run_that_is_forgotten_keeps_its_songs_and_recipe(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    assert run.prepared
    assert not run.begun
    with run.fitting(8, 4.0):
        run.log(2, {"loss": 1.0})
        run.measured(2, {"similarity": 0.5})
    run.checkpoint.write_bytes(b"state")
    (run.samples / "epoch-0000.50").mkdir(parents=True)
    assert run.begun
    run.forget()
    assert not run.begun
    assert sorted(path.name for path in run.folder.iterdir() if path.name != ".lock") == [
        "recipe.yaml",
        "run.json",
        "songs",
    ]
    assert (run.record.done, run.record.best, run.record.seconds) == (0, {}, 0.0)
    with run.fitting(8, 4.0):
        run.log(1, {"loss": 3.0})
    assert run.losses.rows() == [{"step": 1, "loss": 3}]
    assert not Run(tmp_path / "nothing").prepared


def test_a_curve_gets_columns_as_figures_come(tmp_path: Path) -> None:
    curve = Curve(tmp_path / "losses.csv")
    curve.add(1, {"loss": 2.5})
    curve.add(2, {"critic": -0.125, "loss": 2.0})
    curve.add(3, {"critic": 1e-9})
    assert curve.path.read_text() == "step,loss,critic\n1,2.5,\n2,2,-0.125\n3,,1e-09\n"
    assert curve.rows()[1:] == [{"step": 2, "loss": 2, "critic": -0.125}, {"step": 3, "critic": 1e-9}]
    Curve(curve.path).add(4, {"loss": 1.5})
    assert curve.rows()[-1] == {"step": 4, "loss": 1.5}


@pytest.mark.parametrize("torn", ["4", "4,", "4,0.1", "4,0.12,7\n", "x,0.5\n", "\n"])
def test_a_torn_row_was_not_written(tmp_path: Path, torn: str) -> None:
    curve = Curve(tmp_path / "losses.csv")
    curve.add(3, {"loss": 0.5})
    curve.path.write_text(curve.path.read_text() + torn)
    assert curve.rows() == [{"step": 3, "loss": 0.5}]
    curve.cut(3)
    assert curve.path.read_text() == "step,loss\n3,0.5\n"


def test_a_curve_that_is_not_there_is_empty(tmp_path: Path) -> None:
    curve = Curve(tmp_path / "losses.csv")
    curve.cut(5)
    assert curve.rows() == []
    assert not curve.path.exists()


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "run.json"
    whole.write(path, "first")

    def fail(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space"):
        whole.write(path, "second")
    assert path.read_text() == "first"
    assert [file.name for file in path.parent.iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "7",
        '{"name": 7}',
        '{"state": "asleep"}',
        '{"done": "many"}',
        '{"seconds": true}',
        '{"best": []}',
        '{"best": {"similarity": "high"}}',
        '{"seconds": NaN}',
        "[" * 100_000,
        "\ud800",
    ],
)
def test_a_broken_record_is_told_in_a_sentence(tmp_path: Path, text: str) -> None:
    run = begun(tmp_path / "bossa")
    path = run.folder / "run.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ValueError, match=r"run\.json can't be read; remove the folder .*bossa"):
        _ = run.record
    assert "can't be read" in listing.table([run])
    assert "can't be read" in json.loads(listing.plain([run]))[0]["fault"]


def test_a_record_of_a_later_bandmate_is_read(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text('{"name": "bossa", "mood": "blue", "seconds": 3}')
    assert record.read(path) == record.Record(name="bossa", seconds=3.0)


@pytest.mark.parametrize(
    "name", ["", "..", "a/b", "a\\b", ".hidden", "-h", "_x", "ä", "a b", "a.b", "a" * 65, "a\n"]
)
def test_names_that_are_no_names_are_refused(shelf_home: Path, name: str) -> None:
    with pytest.raises(ValueError, match="can't be a run's name; use letters, digits"):
        shelf.named(name)


def test_runs_are_found_by_name_or_path(shelf_home: Path, tmp_path: Path) -> None:
    begun(shelf_home / "bossa")
    begun(tmp_path / "elsewhere" / "my run")
    (shelf_home / "no-run").mkdir()
    assert shelf.named("bossa").folder == shelf_home / "bossa"
    assert shelf.find("bossa").folder == shelf_home / "bossa"
    assert shelf.find(str(tmp_path / "elsewhere" / "my run")).record.name == "my run"
    assert [run.folder.name for run in shelf.every()] == ["bossa"]


def test_an_unknown_run_is_told_with_those_there_are(shelf_home: Path) -> None:
    with pytest.raises(ValueError, match="there is no run 'bossa'; there are none yet in"):
        shelf.find("bossa")
    for name in ("bossa", "swing"):
        begun(shelf_home / name)
    with pytest.raises(ValueError, match=r"did you mean 'bossa'\? there are: bossa, swing"):
        shelf.find("bosa")
    for word in ("", "../bossa", "/"):
        with pytest.raises(ValueError, match="there are: bossa, swing"):
            shelf.find(word)


def test_the_listing_is_a_table(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    with run.fitting(200, 100.0):
        run.measured(150, {"bass.empty": 0.25, "in_harmony": 0.5, "similarity": 0.7125})
    path = run.folder / "run.json"
    said = record.read(path)
    now = datetime.fromisoformat(said.updated) + timedelta(minutes=3, seconds=10)
    record.write(path, replace(said, seconds=3723.4))
    lines = listing.table([run, begun(tmp_path / "new")], now).splitlines()
    assert lines[0].split() == ["run", "technique", "state", "epoch", "updates", "best", "time", "changed"]
    assert lines[1].startswith(
        "bossa  band       stopped   1.50 of 2.00  150 of 200  "
        "similarity 0.713, in_harmony 0.5, bass.empty 0.25"
    )
    assert lines[1].endswith("1:02:03  3 minutes ago")
    assert lines[2].split()[:3] == ["new", "band", "prepared"]
    assert lines[0].index("changed") == lines[1].index("3 minutes")
    assert listing.table([]) == "no runs yet"


def test_the_listing_as_json(tmp_path: Path) -> None:
    run = begun(tmp_path / "bossa")
    (said,) = json.loads(listing.plain([run]))
    assert (said["name"], said["state"], said["folder"]) == ("bossa", "prepared", str(run.folder))


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (7300, "2 hours ago"),
        (200_000, "2 days ago"),
    ],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert listing.ago((now - timedelta(seconds=seconds)).isoformat(), now) == words


def test_a_moment_that_is_none_stands_as_it_is() -> None:
    now = datetime(2026, 5, 1, 12, tzinfo=UTC)
    assert listing.ago("long ago", now) == "long ago"
    assert listing.ago("2026-05-01", now) == "2026-05-01"


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (123.4, "2:03"), (3723.4, "1:02:03")])
def test_durations(seconds: float, words: str) -> None:
    assert listing.duration(seconds) == words
