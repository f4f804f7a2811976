"""Drum fills: where they lie and what is struck."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.daemon.answering.fill import FALLING, KICK, hits
from bandmate.daemon.answering.request import Span
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.leading.cues import Cues
from bandmate.daemon.leading.panel import Lamp


def fill(steps: int, intensity: float, seed: int) -> list:
    return hits(steps, intensity, np.random.default_rng(seed))


@settings(max_examples=60)
@given(st.sampled_from([4, 8, 12, 16]), st.floats(0, 1), st.integers(0, 999))
def test_a_fill_falls_from_the_snare_grows_and_leads_over(steps: int, intensity: float, seed: int) -> None:
    struck = fill(steps, intensity, seed)
    drums = [FALLING.index(hit.pitch) for hit in struck if hit.pitch != KICK]
    assert drums
    assert drums == sorted(drums)
    assert max(hit.step for hit in struck) >= steps - 2
    assert all(0 <= hit.step < steps and 0 < hit.velocity <= 1 for hit in struck)
    on_beats = [hit.velocity for hit in struck if hit.step % 4 == 0 and hit.pitch != KICK]
    assert on_beats == sorted(on_beats)


def test_the_higher_the_intensity_the_more_and_the_louder() -> None:
    many, loud = [], []
    for intensity in (0.1, 0.5, 0.9):
        struck = [hit for seed in range(40) for hit in fill(8, intensity, seed)]
        many.append(len(struck))
        loud.append(np.mean([hit.velocity for hit in struck]))
    assert many == sorted(set(many))
    assert loud == sorted(set(loud))


def test_fills_differ() -> None:
    assert len({tuple(fill(8, 0.5, seed)) for seed in range(10)}) > 7


@pytest.mark.parametrize(
    ("metre", "called", "span"),
    [
        (Metre(), 4, Span(4, 16)),
        (Metre(), 6, Span(4, 16)),
        (Metre(), 12, Span(12, 16)),
        (Metre(), 13, Span(24, 32)),
        (Metre(), 0, Span(0, 16)),
        (Metre(3, 4), 8, Span(8, 16)),
        (Metre(3, 4), 9, Span(24, 32)),
        (Metre(6, 8), 0, Span(0, 8)),
        (Metre(6, 8), 6, Span(12, 16)),
    ],
)
def test_a_call_fills_to_the_bar_line_or_the_end_of_the_next_bar(
    metre: Metre, called: int, span: Span
) -> None:
    cues = Cues(metre, seed=1)
    cues.decide(called)
    assert cues.moments(0, 64, 0.0).fills == ()
    cues.fill()
    cues.decide(called)
    cues.decide(called + 4)
    assert cues.moments(0, 64, 0.0).fills == (span,)
    assert cues.moments(span.last, span.last + 32, 0.0).fills == (span,), "it lands"
    assert cues.moments(span.last + 1, span.last + 33, 0.0).fills == ()
    cues.forget()
    assert cues.moments(0, 64, 0.0).fills == ()


def test_fills_end_phrases_as_often_as_is_asked_and_half_phrases_less_often() -> None:
    ends, halves = 0, 0
    for seed in range(200):
        cues = Cues(Metre(), seed)
        spans = cues.moments(0, 8 * 16, 0.6).fills
        assert spans == cues.moments(0, 8 * 16, 0.6).fills
        assert {span.last for span in spans} <= {64, 128}
        ends += Span(120, 128) in spans
        halves += Span(56, 64) in spans
    assert 95 < ends < 145
    assert 25 < halves < 75
    assert cues.moments(0, 640, 0.0).fills == ()


@pytest.mark.parametrize(("called", "span"), [(5, Span(5, 16)), (12, Span(12, 16)), (14, Span(16, 32))])
def test_a_break_lasts_to_the_bar_line_or_for_the_next_bar(called: int, span: Span) -> None:
    cues = Cues(Metre(), seed=1)
    cues.tacet()
    cues.decide(called)
    assert cues.moments(0, 64, 0.0).breaks == (span,)


def test_the_ending_is_the_bar_after_the_next_bar_line_and_can_be_taken_back() -> None:
    cues = Cues(Metre(), seed=1)
    cues.end()
    cues.decide(5)
    assert cues.moments(5, 37, 1.0).final == Span(16, 32)
    assert [cues.ended(step) for step in (16, 31, 32, 99)] == [False, False, True, True]
    cues.end()
    cues.decide(12)
    assert cues.moments(5, 37, 1.0).final is None
    assert not cues.ended(99)


def test_an_ending_that_is_taken_back_before_it_has_a_place_never_was() -> None:
    cues = Cues(Metre(), seed=1)
    cues.end()
    assert cues.lamp("ending", 4) is Lamp.BLINKING
    cues.end()
    assert cues.lamp("ending", 4) is Lamp.OFF
    cues.decide(5)
    assert cues.moments(5, 37, 1.0).final is None
