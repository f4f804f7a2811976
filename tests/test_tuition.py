"""Jobs of teaching: orders that are none, one job at a time, how a run stands and what can be asked of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import psutil
import pytest

from bandmate.daemon import commands, locking
from bandmate.daemon.tuition import able, apprentice, order, standing
from bandmate.daemon.tuition.apprentice import Urging
from bandmate.daemon.tuition.classroom import DROP, Classroom
from bandmate.daemon.tuition.errors import TuitionError
from bandmate.daemon.tuition.journal import Journal
from bandmate.daemon.tuition.ledger import CUT, GRACE, RUNNING, Ledger
from bandmate.daemon.tuition.order import Order
from bandmate.daemon.tuition.places import Places
from bandmate.daemon.tuition.record import Record

HERE = 100
"""The number of a process that does a job."""
ORDER: dict[str, Any] = {
    "name": "bossa",
    "folder": "/songs",
    "technique": "band",
    "epochs": 6,
    "learning_rate": 5e-4,
    "update_ratio": 2,
    "ear_updates": 150,
    "tags": ["bossa nova", "samba"],
}
MIDI = b"MThd and so on"


def record(home: Path, name: str, **said: Any) -> None:
    """A run's folder with what it says of itself."""
    folder = home / "runs" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "run.json").write_text(json.dumps({"technique": "band", "state": "stopped", **said}))


# --- orders ---------------------------------------------------------------------------------------------


def test_an_order_is_words_of_the_command_line() -> None:
    asked = Order.of(ORDER)
    assert asked.prepare() == [
        "prepare",
        "/songs",
        "--name=bossa",
        "--genre=bossa nova",
        "--genre=samba",
    ]
    assert asked.fit() == [
        "fit",
        "bossa",
        "--technique=band",
        "--epochs=6",
        "--learning-rate=0.0005",
        "--update-ratio=2",
        "--set=ear_updates=150",
    ]
    assert Order.of(json.loads(json.dumps(asked.plain()))) == asked


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "../pop"},
        {"name": "-x"},
        {"name": "a b"},
        {"name": "x" * 65},
        {"name": "x\n"},
        {"name": None},
        {"folder": ""},
        {"folder": "x" * 2000},
        {"folder": "/a\0b"},
        {"folder": ["/"]},
        {"technique": "magic"},
        {"technique": ["band"]},
        {"epochs": 0},
        {"epochs": float("nan")},
        {"epochs": float("inf")},
        {"epochs": "6"},
        {"epochs": True},
        {"epochs": 1e9},
        {"learning_rate": 0},
        {"learning_rate": -1e-3},
        {"learning_rate": 1},
        {"update_ratio": 2.5},
        {"update_ratio": 0},
        {"ear_updates": -1},
        {"ear_updates": 10**9},
        {"tags": "samba"},
        {"tags": ["--again"]},
        {"tags": ["x"] * 9},
        {"tags": [1]},
        {"tags": ["x" * 50]},
        {"again": True},
    ],
)
def test_an_order_that_is_none_is_a_sentence(change: dict[str, Any]) -> None:
    with pytest.raises(TuitionError):
        Order.of({**ORDER, **change})


@pytest.mark.parametrize("raw", [None, [], "x", {}, {"name": "x"}])
def test_what_is_no_order_at_all_is_a_sentence(raw: Any) -> None:
    with pytest.raises(TuitionError, match="and nothing else"):
        Order.of(raw)


def test_what_is_usual_is_what_a_recipe_has() -> None:
    recipe = pytest.importorskip("bandmate.training.fitting.recipe")
    for technique, usual in order.USUAL.items():
        base = {"base": "pop"} if technique == "band" else {}
        made = recipe.of(technique, **base)
        assert {name: getattr(made, name) for name in usual} == usual
        assert all(low <= usual[name] <= high for name, (low, high) in order.RANGES.items())


# --- the ledger -----------------------------------------------------------------------------------------


@pytest.fixture
def held() -> set[int]:
    """The jobs that are being done."""
    return set()


@pytest.fixture
def ledger(tmp_path: Path, held: set[int]) -> Ledger:
    return Ledger(tmp_path / "teach" / "ledger.sqlite", held.__contains__)


def test_one_job_at_a_time(ledger: Ledger, held: set[int]) -> None:
    job = ledger.begin("bossa", "teach", {"epochs": 6}, [["fit", "bossa"]], 0.0)
    held.add(job.number)
    assert ledger.take(job.number, HERE).pid == HERE
    with pytest.raises(TuitionError, match="bossa is being worked on"):
        ledger.begin("samba", "teach", {}, [], 100.0)
    with pytest.raises(TuitionError, match="bossa"):
        ledger.check_free(100.0)
    ledger.end(job.number, "done", "bossa is taught", 200.0)
    ledger.check_free(200.0)
    other = ledger.begin("samba", "teach", {}, [], 200.0)
    assert {name: each.state for name, each in ledger.latest().items()} == {"bossa": "done", "samba": RUNNING}
    assert (ledger.latest()["bossa"].said, ledger.latest()["bossa"].ended) == ("bossa is taught", 200.0)
    assert other.number > job.number


def test_a_job_whose_process_is_gone_is_cut_off_and_another_may_begin(ledger: Ledger, held: set[int]) -> None:
    job = ledger.begin("bossa", "teach", {}, [], 0.0)
    held.add(job.number)
    ledger.take(job.number, HERE)
    assert ledger.latest()["bossa"].standing(held.__contains__, 10.0) == RUNNING
    held.clear()
    assert ledger.latest()["bossa"].standing(held.__contains__, 10.0) == CUT
    ledger.begin("bossa", "teach", {}, [], 20.0)


def test_a_job_that_nobody_takes_up_is_cut_off(ledger: Ledger) -> None:
    job = ledger.begin("bossa", "teach", {}, [], 1000.0)
    assert job.standing(lambda number: False, 1000.0 + GRACE) == RUNNING
    assert job.standing(lambda number: False, 1001.0 + GRACE) == CUT
    # The clock was set back: nobody knows how long it waits.
    assert job.standing(lambda number: False, 10.0) == CUT


def test_a_job_is_taken_up_once(ledger: Ledger) -> None:
    job = ledger.begin("bossa", "teach", {}, [], 0.0)
    ledger.take(job.number, HERE)
    for number in (job.number, 77):
        with pytest.raises(TuitionError, match="no such job"):
            ledger.take(number, 1)


def test_a_job_that_was_given_up_is_not_taken_up_beside_another(ledger: Ledger, held: set[int]) -> None:
    late = ledger.begin("bossa", "teach", {}, [], 0.0)
    other = ledger.begin("samba", "teach", {}, [], GRACE + 1)
    held.add(other.number)
    ledger.take(other.number, HERE)
    with pytest.raises(TuitionError, match="no such job"):
        ledger.take(late.number, HERE + 1)
    given_up = ledger.latest()["bossa"]
    assert given_up.standing(held.__contains__, GRACE + 2) == CUT
    assert standing.of(None, given_up, CUT, False) == ("failed", "it was cut off; resume it", ("resume",))


def test_a_job_is_asked_to_stop(ledger: Ledger) -> None:
    job = ledger.begin("bossa", "teach", {}, [], 0.0)
    assert not ledger.stops(job.number)
    ledger.stop(job.number)
    assert ledger.stops(job.number)
    assert ledger.latest()["bossa"].stop


def test_the_newest_lesson_of_a_run_is_found_behind_its_presets(ledger: Ledger) -> None:
    assert ledger.taught("bossa") is None
    for k, kind in enumerate(("teach", "teach", "preset")):
        ledger.end(ledger.begin("bossa", kind, {"k": k}, [], k).number, "done", "", k)
    taught = ledger.taught("bossa")
    assert taught is not None
    assert taught.settings == {"k": 1}
    assert ledger.latest()["bossa"].kind == "preset"


def test_a_broken_ledger_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"no table of any kind" * 100)
    broken = Ledger(path, bool)
    for act in (broken.latest, lambda: broken.check_free(0)):
        with pytest.raises(TuitionError, match=r"ledger\.sqlite can't be used"):
            act()


def test_a_process_that_began_after_it_told_something_is_another() -> None:
    now = time.time()
    assert Record(state="fitting", process=os.getpid(), told=now).fits()
    assert not Record(state="stopped", process=os.getpid(), told=now).fits()
    for pid, told in ((os.getpid(), now - 1e6), (2**22 + 5, now), (-1, now)):
        assert not Record(state="fitting", process=pid, told=told).fits()


# --- the apprentice -------------------------------------------------------------------------------------


def test_a_command_is_asked_once_and_killed_when_patience_is_over() -> None:
    urging = Urging(60)
    turns = [(False, 0), (True, 10), (True, 11), (True, 70), (True, 70.5)]
    assert [urging.turn(asked, now) for asked, now in turns] == ["wait", "ask", "wait", "wait", "kill"]


def work(ledger: Ledger, folder: Path, steps: list[list[str]], *, stop: bool = False) -> tuple[str, str]:
    """Have a job done by an apprentice; how it ended."""
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    job = ledger.begin("bossa", "teach", {}, steps, 1e12)
    if stop:
        ledger.stop(job.number)
    line = [sys.executable, "-m", "bandmate.daemon.tuition.apprentice", str(folder / "ledger.sqlite")]
    subprocess.run([*line, str(job.number)], check=True, timeout=60)
    ended = ledger.latest()["bossa"]
    return ended.state, ended.said


def test_an_apprentice_does_all_steps_or_says_why_not(ledger: Ledger, tmp_path: Path) -> None:
    folder = tmp_path / "teach"
    assert work(ledger, folder, [["--help"], ["fit", "--help"]])[0] == "done"
    state, said = work(ledger, folder, [["--help"], ["nowhere"], ["--help"]])
    assert state == "failed"
    assert "no command 'nowhere'" in said
    assert work(ledger, folder, [["--help"], ["nowhere"]], stop=True) == ("stopped", "")


def test_a_job_is_held_from_its_being_taken_up_to_its_end(ledger: Ledger, tmp_path: Path) -> None:
    job = ledger.begin("bossa", "teach", {}, [], 0.0)
    assert not apprentice.held(tmp_path / "teach", job.number)
    line = [sys.executable, "-c", LOOKING, str(tmp_path / "teach" / "ledger.sqlite"), str(job.number)]
    subprocess.run(line, check=True, timeout=60)
    assert ledger.latest()["bossa"].said == "held, held"
    assert not apprentice.held(tmp_path / "teach", job.number)


LOOKING = """
import sys
from pathlib import Path
from bandmate.daemon.tuition import apprentice
from bandmate.daemon.tuition.ledger import Ledger

path, number, seen = Path(sys.argv[1]), int(sys.argv[2]), []
look = lambda: seen.append("held" if apprentice.held(path.parent, number) else "free")
take = Ledger.take
Ledger.take = lambda *of: (look(), take(*of))[1]
apprentice.Apprentice.work = lambda self: (look(), ("done", ", ".join(seen)))[1]
apprentice.main(path, number)
"""


def test_a_job_is_held_whatever_the_system_s_clock_says(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = Journal(tmp_path / "teach", 1)
    here = Classroom(tmp_path, Places([], False), list, lambda: "", clock=lambda: 0.0)
    ledger.take(ledger.begin("bossa", "teach", {}, [["fit", "bossa"]], 0.0).number, os.getpid())
    with journal.hold():
        monkeypatch.setattr(psutil.Process, "create_time", lambda self: 1e9)
        assert here.look("bossa")["state"] == "reading"
        # Looks do not disturb each other.
        with journal.path.open("r+b") as other:
            assert locking.held(other)
    assert here.look("bossa")["fault"] == "it was cut off; resume it"
    with journal.path.open("r+b") as one, journal.path.open("r+b") as other:
        assert not locking.held(one)
        assert not locking.held(other)


def test_a_job_that_is_not_there_is_not_ended_by_a_stray_apprentice(ledger: Ledger, tmp_path: Path) -> None:
    job = ledger.begin("bossa", "teach", {}, [["--help"]], 0.0)
    ledger.take(job.number, HERE)
    line = [sys.executable, "-m", "bandmate.daemon.tuition.apprentice"]
    done = subprocess.run(
        [*line, str(tmp_path / "teach" / "ledger.sqlite"), str(job.number)], capture_output=True, timeout=60
    )
    assert done.returncode != 0
    assert ledger.latest()["bossa"].state == RUNNING


def test_the_journal_gives_its_last_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path, 1)
    assert journal.last() == ""
    assert journal.fault(-9).startswith("the system ended it (signal 9)")
    assert journal.fault(3) == "the command ended with status 3"
    journal.path.parent.mkdir()
    journal.path.write_bytes(b"x" * 10_000 + b"\nError: no file in \x1b[31msongs\xff can be used\n\n")
    assert journal.fault(1) == "no file in [31msongs\ufffd can be used"


# --- how a run stands -----------------------------------------------------------------------------------

STOPPED = Record(state="stopped", done=5, updates=9)


@pytest.mark.parametrize(
    ("record", "kind", "working", "fits", "state", "may"),
    [
        (None, "teach", RUNNING, False, "reading", ("stop",)),
        (Record(), "teach", RUNNING, False, "reading", ("stop",)),
        (Record(state="fitting"), "teach", RUNNING, True, "teaching", ("stop",)),
        (Record(state="done", done=9), "preset", RUNNING, False, "making", ("stop",)),
        (Record(state="fitting", done=5), None, "", True, "elsewhere", ()),
        (Record(state="fitting", done=5), None, "", False, "stopped", ("resume", "preset")),
        (Record(state="fitting", done=5), "teach", CUT, False, "failed", ("resume", "preset")),
        (STOPPED, "teach", "stopped", False, "stopped", ("resume", "preset")),
        (Record(state="stopped"), "teach", "stopped", False, "stopped", ("resume",)),
        (Record(state="done", done=9), "teach", "done", False, "done", ("preset",)),
        (Record(state="done", done=9), "preset", "failed", False, "failed", ("preset",)),
        (Record(state="done", done=9), "preset", CUT, False, "failed", ("preset",)),
        (Record(state="done", done=9), "teach", CUT, False, "done", ("preset",)),
        (Record(state="done", done=9), None, "", False, "done", ("preset",)),
        (Record(state="failed", done=1, fault="why"), None, "", False, "failed", ("resume", "preset")),
        (None, "teach", "failed", False, "failed", ("resume",)),
        (Record(), None, "", False, "stopped", ()),
    ],
)
def test_how_a_run_stands_and_what_can_be_asked_of_it(
    ledger: Ledger, record: Record | None, kind: str | None, working: str, fits: bool, state: str, may: Any
) -> None:
    job = None if kind is None else ledger.begin("bossa", kind, {}, [], 0.0)
    found = standing.of(record, job, working, fits)
    assert (found.state, found.may) == (state, may)


def test_a_job_that_was_asked_to_stop_is_stopping(ledger: Ledger) -> None:
    ledger.stop(ledger.begin("bossa", "teach", {}, [], 0.0).number)
    assert standing.of(None, ledger.latest()["bossa"], RUNNING, False).state == "stopping"


# --- the classroom --------------------------------------------------------------------------------------

Started = list[tuple[Path, int]]


@pytest.fixture
def started() -> Started:
    """The jobs that were begun."""
    return []


@pytest.fixture
def classroom(tmp_path: Path, held: set[int], started: Started) -> Classroom:
    (tmp_path / "songs").mkdir()
    return Classroom(
        tmp_path / "band",
        Places([tmp_path / "other"], False),
        lambda: ["pop", "mine"],
        lambda: "",
        start=lambda path, number: started.append((path, number)),
        held=lambda _, number: number in held,
        clock=lambda: 0.0,
    )


def kept(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "band" / "teach" / "ledger.sqlite", lambda number: True)


def test_a_run_is_begun_stopped_and_gone_on_with(
    classroom: Classroom, tmp_path: Path, started: Started
) -> None:
    songs = str(tmp_path / "songs")
    assert classroom.begin({**ORDER, "folder": songs}) == "bossa"
    ledger = kept(tmp_path)
    assert started == [(tmp_path / "band" / "teach" / "ledger.sqlite", ledger.latest()["bossa"].number)]
    steps = ledger.latest()["bossa"].steps
    assert [step[:2] for step in steps] == [["prepare", songs], ["fit", "bossa"]]
    (run,) = classroom.overview()["runs"]
    assert (run["name"], run["state"], run["may"]) == ("bossa", "reading", ("stop",))
    with pytest.raises(TuitionError, match="bossa is being worked on"):
        classroom.begin({**ORDER, "name": "samba", "folder": songs})
    with pytest.raises(TuitionError, match="bossa is reading now"):
        classroom.resume("bossa")
    classroom.stop("bossa")
    assert classroom.look("bossa")["state"] == "stopping"
    assert songs not in json.dumps(classroom.look("bossa"))
    assert classroom.look("bossa")["settings"]["epochs"] == 6
    ledger.end(ledger.latest()["bossa"].number, "stopped", "", 0.0)
    record(tmp_path / "band", "bossa", done=5, updates=9)
    classroom.resume("bossa")
    assert ledger.latest()["bossa"].steps == [Order.of({**ORDER, "folder": songs}).fit()]
    ledger.end(ledger.latest()["bossa"].number, "done", "", 0.0)
    record(tmp_path / "band", "bossa", done=9, updates=9, state="done")
    classroom.preset("bossa")
    assert ledger.latest()["bossa"].steps == [["export", "bossa"]]
    assert len(started) == 3


def test_a_run_that_failed_to_be_read_is_read_again(classroom: Classroom, tmp_path: Path) -> None:
    classroom.begin({**ORDER, "folder": str(tmp_path / "songs")})
    ledger = kept(tmp_path)
    home = tmp_path / "band"
    ledger.end(ledger.latest()["bossa"].number, "failed", f"{home}/runs/bossa/roles.yaml, line 3", 0.0)
    assert classroom.look("bossa")["fault"] == "runs/bossa/roles.yaml, line 3"
    classroom.resume("bossa")
    assert [step[0] for step in ledger.latest()["bossa"].steps] == ["prepare", "fit"]


def test_a_run_of_the_terminal_s_is_gone_on_with_as_it_is(classroom: Classroom, tmp_path: Path) -> None:
    record(tmp_path / "band", "walk", done=5, updates=9)
    classroom.resume("walk")
    assert kept(tmp_path).latest()["walk"].steps == [["fit", "walk"]]


def test_dropped_songs_are_the_run_s(classroom: Classroom, tmp_path: Path) -> None:
    number = classroom.drops.open()
    classroom.drops.add(number, "x.mid", "", MIDI)
    classroom.begin({**ORDER, "folder": f"{DROP}{number}"})
    assert kept(tmp_path).latest()["bossa"].steps[0][1] == str(
        tmp_path / "band" / "teach" / "songs" / "bossa"
    )
    assert (tmp_path / "band" / "teach" / "songs" / "bossa" / "x.mid").read_bytes() == MIDI


def test_a_run_is_looked_at_with_its_curves_by_epoch(classroom: Classroom, tmp_path: Path) -> None:
    home = tmp_path / "band"
    said = {"done": 4, "updates": 8, "epochs": 2.0, "state": "stopped", "real": {"in_harmony": 0.6}}
    record(home, "walk", **said)
    folder = home / "runs" / "walk"
    (folder / "ear").mkdir()
    (folder / "ear" / "losses.csv").write_text("step,ear,valid_chord\n1,3.5,\n2,3.25,2\n")
    (folder / "losses.csv").write_text("step,loss\n2,90\n4,80\n")
    (folder / "metrics.csv").write_text("step,similarity,in_harmony\n0,.25,nan\n4,.5,.5\n")
    run = classroom.look("walk")
    assert run["ear"] == {"ear": [(1, 3.5), (2, 3.25)], "valid_chord": [(2, 2)]}
    assert run["losses"] == {"loss": [(0.5, 90), (1, 80)]}
    assert run["metrics"] == {"similarity": [(0, 0.25), (1, 0.5)], "in_harmony": [(1, 0.5)]}
    assert (run["real"], run["samples"], run["settings"], run["line"]) == ({"in_harmony": 0.6}, [], None, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "pop"}, "a preset pop already"),
        ({"name": "mine"}, "a preset mine already"),
        ({"name": "walk"}, "a run walk already"),
        ({"folder": "/nowhere/at/all"}, "no folder of songs"),
        ({"folder": "drop:../../x"}, "drop them again"),
        ({"epochs": float("nan")}, "epochs must be"),
    ],
)
def test_a_run_that_can_not_be_begun_is_a_sentence(
    classroom: Classroom, tmp_path: Path, started: Started, change: dict[str, Any], said: str
) -> None:
    record(tmp_path / "band", "walk", done=5)
    with pytest.raises(TuitionError, match=said):
        classroom.begin({**ORDER, "folder": str(tmp_path / "songs"), **change})
    assert started == []


@pytest.mark.parametrize("name", ["", "..", "../walk", "nothing", "walk/x", ".walk", "walk\n", "away"])
def test_no_name_leads_to_another_folder(classroom: Classroom, tmp_path: Path, name: str) -> None:
    record(tmp_path / "band", "walk", done=5)
    record(tmp_path, "elsewhere", done=5)
    (tmp_path / "band" / "runs" / "away").symlink_to(tmp_path / "runs" / "elsewhere")
    acts: list[Callable[[], Any]] = [
        lambda: classroom.look(name),
        lambda: classroom.stop(name),
        lambda: classroom.resume(name),
        lambda: classroom.preset(name),
        lambda: classroom.sample(name, "real", 0),
    ]
    for act in acts:
        with pytest.raises(TuitionError):
            act()
    assert [run["name"] for run in classroom.overview()["runs"]] == ["walk"]


def test_where_teaching_is_not_installed_a_sentence_says_so(tmp_path: Path) -> None:
    lacking = "teaching needs torch"
    bare = Classroom(tmp_path, Places([], False), lambda: [], lambda: lacking)
    record(tmp_path, "walk", done=5)
    assert bare.overview()["lacking"] == lacking
    for act in (lambda: bare.begin(ORDER), lambda: bare.resume("walk"), lambda: bare.preset("walk")):
        with pytest.raises(TuitionError, match=lacking):
            act()


def test_what_is_lacking_is_what_the_command_says(monkeypatch: pytest.MonkeyPatch) -> None:
    class Lacking(click.Group):
        def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
            raise click.ClickException("teaching needs torch")

    def stands_for(command: click.Command | None) -> None:
        entries = [] if command is None else [type("Entry", (), {"name": "train"})()]
        monkeypatch.setattr(commands, "found", lambda: entries)
        monkeypatch.setattr(commands, "load", lambda entry: command)

    def broken() -> None:
        raise click.ClickException("'train' can't be loaded")

    stands_for(None)
    assert able.lacking() == able.MISSING
    stands_for(Lacking("train"))
    assert able.lacking() == "teaching needs torch"
    stands_for(click.Command("train", callback=broken))
    assert able.lacking() == "'train' can't be loaded"
    stands_for(click.Group("train"))
    assert able.lacking() == ""
