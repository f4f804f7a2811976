"""Bars other than four-four, through the engine."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bandmate.daemon.answering import loading
from bandmate.daemon.clock.metre import Metre
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage.render import Rendering, render
from bandmate.daemon.offstage.song import MelodyFile, SongNote
from bandmate.models.catalogue import Catalogue
from bandmate.presets.load import Shelf

KICKS, SNARES = (35, 36), (38, 40)
CHORDS = ((72, 76, 79), (69, 72, 76), (65, 69, 72), (67, 71, 74))


def test_a_waltz_is_heard_and_answered_in_bars_of_four(stage: Any, scores: ModuleType) -> None:
    """A note a bar: the model is shown a bar of four in every window."""
    score = [each for bar in range(8) for each in scores.note(3.0 * bar, 72, 2.5)]
    heard = stage.play(score, 24, settings=Settings(metre=Metre(3, 4)))
    assert heard.struck(scores.KICK) == scores.beats(1, 23), "and no beat takes place that the bar lacks"
    assert {request.first % 16 for request in heard.requests} == {0, 4, 8}
    for request in heard.requests[8:]:
        onsets = np.flatnonzero(request.melody[2].any(1))
        assert {int(step) % 16 for step in onsets} <= {0}
        assert np.flatnonzero(~request.lasting).tolist() == [s for s in range(64) if s % 16 > 11]


def test_in_six_eight_a_beat_is_three_eighths(stage: Any, scores: ModuleType) -> None:
    score = [each for k in range(24) for each in scores.note(0.5 * k, 72, 0.4)]
    heard = stage.play(score, 12, settings=Settings(metre=Metre(6, 8)))
    assert heard.struck(scores.KICK) == [1.5 * k for k in range(1, 8)]
    request = heard.requests[-1]
    onsets = np.flatnonzero(request.melody[0].any(1))
    assert onsets.tolist() == [step for step in range(32) if step % 4 < 3]


def test_a_chord_that_clashes_is_revised_in_a_bar_of_three(stage: Any, scores: ModuleType) -> None:
    score = scores.tune([72] * 8) + scores.note(8.0, 66, 1) + scores.tune([66] * 6, 9.0)
    chords = stage.play(score, 14, settings=Settings(metre=Metre(3, 4))).chords()
    assert chords[8.0] == {0, 4, 7}
    assert chords[9.0] == {6, 10, 1}


@pytest.mark.parametrize("metre", [Metre(3, 4), Metre(6, 8), Metre(5, 4), Metre(7, 8), Metre(2, 4)])
def test_the_status_counts_as_the_player_does(stage: Any, scores: ModuleType, metre: Metre) -> None:
    seen: list[tuple[int, int]] = []

    def look(engine: Any, now: float) -> None:
        status = engine.status(now)
        seen.append((status.bar, status.beat))

    every = metre.sixteenths_per_beat
    times = [
        (bar * metre.sixteenths + at) / 4 + 0.01
        for bar in range(2)
        for at in range(0, metre.sixteenths, every)
    ]
    stage.play(scores.note(0, 72, 20), 20, settings=Settings(metre=metre), calls=[(t, look) for t in times])
    beats = -(-metre.sixteenths // every)
    assert seen == [(bar, beat) for bar in (1, 2) for beat in range(1, beats + 1)]


def performed(metre: Metre, bars: int, folder: Path, seed: int = 2) -> Rendering:
    """The packaged pop band beside a tune of three notes a bar, the first on the bar line."""
    bar = metre.ticks_per_bar
    starts = (0, bar // 3, 2 * bar // 3) if metre.beats == 3 else (0, bar // 3, bar // 2)
    notes = tuple(
        SongNote(k * bar + start, 12, CHORDS[k % 4][j], 84)
        for k in range(bars)
        for j, start in enumerate(starts)
    )
    song = MelodyFile(notes, ((0.0, 120.0),), ((0.0, metre.beats, metre.unit),), "tune")
    preset = Shelf(None).get("pop")
    return render(
        song, preset, loading.accompanist(Catalogue(folder), preset), Settings(metre=metre, seed=seed)
    )


def struck(rendering: Rendering, voice: int, metre: Metre, bars: int, *pitches: int) -> Counter[int]:
    """In how many bars but the first a voice (or its drums of these pitches) strikes, by 16th of the bar."""
    notes = rendering.take.notes(voice)
    at = {round(tick / 6) for tick, _, pitch, _ in notes if not pitches or pitch in pitches}
    return Counter(
        step % metre.sixteenths for step in at if metre.sixteenths <= step < bars * metre.sixteenths
    )


def test_waltzes_have_their_kicks_and_basses_on_the_one(tmp_path: Path) -> None:
    """Four performances, since one may anticipate the bar throughout."""
    metre, bars = Metre(3, 4), 17
    kick, snare, bass = Counter[int](), Counter[int](), Counter[int]()
    for seed in range(1, 5):
        out = performed(metre, bars, tmp_path, seed)
        kick += struck(out, 1, metre, bars, *KICKS)
        snare += struck(out, 1, metre, bars, *SNARES)
        bass += struck(out, 2, metre, bars)
    assert kick[0] >= 44
    # Drummers, too, strike it there in 6 bars of a hundred.
    assert snare[0] <= 0.1 * 4 * (bars - 1)
    assert snare[0] <= 0.1 * snare[4]
    ones = bass.pop(0)
    assert ones >= 40
    assert ones >= 1.2 * max(bass.values())


def test_in_six_eight_the_snare_is_on_the_second_beat_and_the_bass_on_the_first(tmp_path: Path) -> None:
    metre, bars = Metre(6, 8), 17
    out = performed(metre, bars, tmp_path)
    snare, bass = struck(out, 1, metre, bars, *SNARES), struck(out, 2, metre, bars)
    assert snare[6] >= 14
    assert snare[0] == 0
    assert bass[0] >= bars // 2
    assert bass[0] == max(bass.values())
    assert all(step % 2 == 0 for step in bass), "on the eighths"


@pytest.mark.parametrize("metre", [Metre(), Metre(3, 4), Metre(6, 8), Metre(5, 4)])
def test_every_note_ends_where_the_band_ends_it(tmp_path: Path, metre: Metre) -> None:
    """The bass has one voice, and nothing is held for longer than the generator is shown."""
    out = performed(metre, 17, tmp_path)
    bass = sorted(out.take.notes(2))
    assert len(bass) > 10
    assert all(tick + length <= after[0] for (tick, length, *_), after in pairwise(bass))
    longest = max(length for voice in (2, 3, 4) for _, length, *_ in out.take.notes(voice))
    windows = -(-64 // metre.steps_per_bar) * metre.ticks_per_bar
    assert longest <= windows
