"""What figures mean, and a short test of this machine through real ports."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bandmate.daemon.cli import main
from bandmate.daemon.selftest.verdict import Figures, judge, record, table

GOOD = Figures(
    system="jack",
    cores=4,
    minutes=1,
    preset="pop",
    tempo=120,
    noteons=900,
    late_p50_ms=0.7,
    late_p95_ms=1.4,
    late_p99_ms=1.9,
    late_max_ms=5,
    sent_p50_ms=0.1,
    sent_p95_ms=0.2,
    sent_p99_ms=0.4,
    sent_max_ms=2,
    lost=0,
    strange=0,
    clock_notes=500,
    clock_offset_ms=1.2,
    clock_p50_ms=0.3,
    clock_p95_ms=0.8,
    clock_p99_ms=1.5,
    clock_max_ms=4,
    clock_own_p99_ms=0.4,
    clock_own_max_ms=1,
    decisions=200,
    inference_p50_ms=6,
    inference_p95_ms=9,
    inference_p99_ms=12,
    inference_max_ms=20,
    late_answers=1,
    dropped_notes=0,
    lead_ms=17,
    hop_ms=500,
    cpu_share=0.1,
    memory_mb=160,
    machine_mb=4000,
    realtime=True,
)


def test_a_good_machine_is_fit() -> None:
    verdict = judge(GOOD)
    assert verdict.fit
    assert verdict.words == (
        "the lookahead of 17 ms is safe",
        "the hop of 500 ms is safe, up to 300 bpm",
        "this machine is fit for the stage",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"noteons": 0}, "played nothing"),
        ({"lost": 1}, "1 were lost"),
        ({"strange": 2}, "2 came that nobody sent"),
        ({"dropped_notes": 1}, "1 notes were dropped"),
        ({"late_p99_ms": 3.5}, "up to 3.5 ms late"),
        ({"late_p99_ms": 3.5}, "the band sends them in time"),
        ({"late_p99_ms": 3.5, "sent_p99_ms": 3.0}, "allow real-time priority"),
        ({"late_max_ms": 40}, "the worst 40.0"),
        ({"late_p99_ms": math.nan}, "ms late"),
        ({"clock_p99_ms": 3.2}, "wander by 3.2 ms"),
        ({"clock_offset_ms": 14.0}, "write 'offset_ms: -14'"),
        ({"clock_offset_ms": -14.0}, "write 'offset_ms: 14'"),
        ({"clock_p99_ms": math.nan}, "wander"),
        ({"clock_own_max_ms": 84, "lost": 1}, "this machine stood still for 84 ms"),
        ({"late_answers": 3}, "decisions come too late (3 of 200"),
        ({"lead_ms": 200}, "the lookahead of 200 ms is NOT safe"),
        ({"inference_p95_ms": 18}, "the lookahead of 17 ms is NOT safe"),
        ({"decisions": 0}, "NOT safe"),
        ({"inference_p99_ms": 260}, "the hop of 500 ms is NOT safe"),
        ({"cpu_share": 0.6}, "takes 60 % of a core"),
        ({"memory_mb": 2100}, "2100 MB of the machine's 4000"),
    ],
)
def test_what_is_not_fit_is_said(change: dict[str, float], said: str) -> None:
    verdict = judge(replace(GOOD, **change))  # type: ignore[arg-type]
    assert not verdict.fit
    assert any(said in sentence for sentence in verdict.words), verdict.words


def test_small_faults_are_for_rehearsing_and_large_ones_for_nothing() -> None:
    assert judge(replace(GOOD, late_p99_ms=4)).words[-1] == (
        "this machine will do for rehearsing, not for the stage"
    )
    assert judge(replace(GOOD, lost=4)).words[-1] == "this machine is not fit to play on as it is"


def test_a_machine_that_stood_still_and_nobody_noticed_is_fit() -> None:
    assert judge(replace(GOOD, clock_own_max_ms=84)) == judge(GOOD)


def test_no_offset_is_advised_from_figures_that_wander() -> None:
    verdict = judge(replace(GOOD, clock_p99_ms=40, clock_offset_ms=-19))
    assert not any("offset_ms" in sentence for sentence in verdict.words)


def test_the_tempo_up_to_which_a_hop_is_safe() -> None:
    assert replace(GOOD, inference_p99_ms=150).fastest == pytest.approx(200)
    assert "up to 200 bpm" in judge(replace(GOOD, inference_p99_ms=150)).words[1]


def test_a_record_is_json_even_of_nothing() -> None:
    nothing = replace(GOOD, noteons=0, late_p50_ms=math.nan, realtime=None)
    read = json.loads(json.dumps(record(nothing, judge(nothing)), allow_nan=False))
    assert read["late_p50_ms"] is None
    assert read["fit"] is False
    assert read["fastest_bpm"] == 300
    assert "real-time priority: unknown" in table(nothing)[-1]


@pytest.mark.jack
def test_it_measures_this_machine(jack: Any, home: Path, tmp_path: Path) -> None:
    """On a busy machine it may say that this one is not fit, which is the exit status 1."""
    (home / "config.yaml").write_text("preset: rock\nin: no such keyboard\nclock: internal\n")
    file = tmp_path / "selftest.json"
    done = CliRunner().invoke(main, ["selftest", "--minutes", "0.1", "--tempo", "150", "--json", str(file)])
    assert done.exit_code in (0, 1), done.output
    assert "this machine" in done.output.splitlines()[-1]
    figures = json.loads(file.read_text())
    assert (figures["preset"], figures["hop_ms"]) == ("rock", 400)
    assert figures["noteons"] > 20
    assert (figures["lost"], figures["strange"]) == (0, 0)
    assert figures["clock_notes"] > 5
    assert abs(figures["clock_offset_ms"]) < 60
    assert 0 < figures["inference_p50_ms"] <= figures["inference_max_ms"]
    assert figures["decisions"] > 10
    assert 0 < figures["cpu_share"] < 2
    assert 20 < figures["memory_mb"] < 1000
    assert figures["fit"] is (done.exit_code == 0)


@pytest.mark.jack
def test_another_band_is_in_the_way(home: Path, daw: Callable[..., Any]) -> None:
    from bandmate.bridge.ports import Midi

    other = Midi()
    port = other.open_output(None)
    done = CliRunner().invoke(main, ["selftest", "--minutes", "0.1"])
    port.close()
    other.close()
    assert done.exit_code == 1
    assert "end the bandmate that plays, then test again" in done.output


@pytest.mark.jack
def test_a_band_that_does_not_start_is_one_sentence(jack: Any, home: Path) -> None:
    (home / "models" / "rock.onnx").write_bytes(b"no model")
    done = CliRunner().invoke(main, ["selftest", "--minutes", "0.1", "--preset", "rock"])
    assert done.exit_code == 1
    assert done.output.splitlines()[-1].startswith("Error: the band does not start: Error: rock.onnx")


def test_a_preset_that_is_not_there_and_half_a_loop_are_refused(home: Path) -> None:
    assert "did you mean 'pop'" in CliRunner().invoke(main, ["selftest", "--preset", "pup"]).output
    assert "--in and --out go together" in CliRunner().invoke(main, ["selftest", "--in", "A"]).output
