"""Lateness is right on runs whose figures are known, and a trace is read back as it was written."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bandmate.bridge.events import NoteOff, NoteOn, Program
from bandmate.daemon.selftest.exercise import PULSES, Timed, merge, note, pulses, tune
from bandmate.daemon.selftest.lateness import Run, Tally, align, percentiles, phases
from bandmate.daemon.sending.schedule import Due
from bandmate.daemon.stage.trace import Decision, Sent, Trace, read


def letter(sign: str) -> NoteOn:
    return NoteOn(1, ord(sign), 1)


@pytest.mark.parametrize(
    ("heard", "arrivals", "strangers"),
    [
        ("abab", [10, 11, 12, 13], 0),
        ("bab", [None, 10, 11, 12], 0),
        ("aab", [10, None, 11, 12], 0),
        ("aba", [10, 11, 12, None], 0),
        ("abxab", [10, 11, 13, 14], 1),
        ("", [None, None, None, None], 0),
    ],
)
def test_arrivals_are_paired_with_what_was_sent(
    heard: str, arrivals: list[int | None], strangers: int
) -> None:
    """The trace is 'abab', of one pitch a letter; arrivals come at 10, 11 ..."""
    trace = [Sent(k, k, letter(sign)) for k, sign in enumerate("abab")]
    pairs, others = align(trace, [Timed(10 + k, letter(sign)) for k, sign in enumerate(heard)])
    assert [at for _, at in pairs] == arrivals
    assert len(others) == strangers


def test_a_tally_counts_note_ons_between_first_and_last() -> None:
    trace = [Sent(k, k + 0.001, letter(sign)) for k, sign in enumerate("abcde")]
    trace.append(Sent(2.5, 2.6, NoteOff(1, 99)))
    heard = [Timed(k + 0.002, letter(sign)) for k, sign in enumerate("abcde") if sign != "c"]
    tally = Tally()
    tally.add(Run(sorted(trace), [*heard, Timed(3.5, letter("x"))], 1, 4))
    figures = tally.figures()
    assert (figures["noteons"], figures["lost"], figures["strange"]) == (3, 1, 1)
    assert figures["p50"] == figures["max"] == pytest.approx(2)
    assert figures["sent_p99"] == pytest.approx(1)


def test_percentiles_of_nothing_are_no_numbers() -> None:
    assert all(math.isnan(each) for each in percentiles([]))
    assert percentiles(range(100), (0.5, 0.99, 1)) == [50, 99, 99]


def test_notes_on_the_beat_are_measured_against_it_and_swung_ones_are_not() -> None:
    moments = [10.0, 10.503, 10.998, 11.3333, 11.5, 12.0]
    heard = [Timed(at, letter("a")) for at in moments] + [Timed(11.0, NoteOff(1, 60))]
    assert phases(heard, 10, 0.5, range(1, 4)) == pytest.approx([0.003, -0.002, 0.0])


def test_a_trace_is_read_back(tmp_path: Path) -> None:
    trace = Trace()
    events = [NoteOn(1, 60, 80), Program(10, 5), NoteOff(1, 60)]
    for k, event in enumerate(events):
        trace.sent(Due(k, event), k + 0.5, k + 0.625)
    trace.decided(0.008, 0.03)
    trace.write(tmp_path / "trace.tsv", late=3, dropped=1)
    record = read(tmp_path / "trace.tsv")
    assert record.sent == [Sent(k + 0.5, k + 0.625, event) for k, event in enumerate(events)]
    assert record.decisions == [Decision(0.008, 0.03)]
    assert (record.late, record.dropped) == (3, 1)


def test_the_exercise_goes_with_its_clock() -> None:
    clock, melody = pulses(120, 8, 0.5), tune(120, 4)
    assert [timed.at for timed in clock[1:-1]] == pytest.approx([0.5 + k / 48 for k in range(8 * PULSES)])
    onsets = [timed.at * 4 for timed in melody if isinstance(timed.event, NoteOn)]
    assert onsets == pytest.approx([round(onset) for onset in onsets])
    assert max(onsets) < 16
    both = merge(clock, melody, note(0.5, 60, 1))
    assert [timed.at for timed in both] == sorted(timed.at for timed in [*clock, *melody, *note(0.5, 60, 1)])
