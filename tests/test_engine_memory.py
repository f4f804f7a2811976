"""A band that remembers, through the engine: the same again, and sixty-four bars."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage.audition import Heard, audition
from bandmate.models.catalogue import Catalogue
from bandmate.models.harmony import NONE
from bandmate.presets import write
from bandmate.presets.load import Shelf

BAR, PHRASE = 16, 8 * 16
MELODIES = (
    "e4 d4 c4 d4|e4 e4 e8|d4 d4 d8|e4 g4 g8|a4 g4 f4 e4|d4 f4 a8|g4 f4 e4 d4|c16",
    "a6 c2 e4 d4|c4 a4 e8|f6 a2 c4 a4|g16|d6 e2 f4 a4|g4 e4 c8|b4 d4 g4 f4|e16",
    "g2 g2 a4 g4 c4|b8 g8|g2 g2 a4 g4 d4|c8 g8|g2 g2 g4 e4 c4|b4 a8 f4|f2 f2 e4 c4 d4|c16",
    "c2 d2 e4 g4 e4|a8 g8|f2 e2 d4 a4 f4|e12 c4|d2 e2 f4 d4 b4|c4 e4 a8|g2 f2 e4 d4 b4|c16",
)
PITCHES = {"c": 72, "d": 74, "e": 76, "f": 77, "g": 67, "a": 69, "b": 71}


def tune(score: str, again: int = 1, begin: int = 0) -> list[tuple[int, int, int, int]]:
    """Notes (step, length, pitch, velocity) of eight bars, `e4` an E of four 16ths, played so many times."""
    notes, step = [], begin
    for word in again * score.replace("|", " ").split():
        notes.append((step, int(word[1:]), PITCHES[word[0]], 80))
        step += int(word[1:])
    return notes


def play(*tunes: list[tuple[int, int, int, int]], preset: str = "pop", folder: Path) -> list[Heard]:
    melodies = [(str(k), np.array(notes, np.int16)) for k, notes in enumerate(tunes)]
    return audition(preset, melodies, presets=folder, models=folder, processes=1)


def agreement(heard: Heard) -> float:
    """The share of the second eight bars' beats that have the chord of the first."""
    first, second = heard[1][:32], heard[1][32:64]
    return float((first == second)[first != NONE].mean())


def likeness(heard: Heard, part: int) -> float:
    """Of what a part struck in the first and second eight bars, but for the build-up, the common share."""
    notes = heard[0][part]
    once, again = (
        {(step - begin, pitch) for step, _, pitch, _ in notes.tolist() if 2 * BAR <= step - begin < PHRASE}
        for begin in (0, PHRASE)
    )
    return len(once & again) / len(once | again)


@pytest.mark.parametrize("preset", ["pop", "symphony"])
def test_the_second_time_is_like_the_first(tmp_path: Path, preset: str) -> None:
    heard = play(*(tune(melody, again=2) for melody in MELODIES), preset=preset, folder=tmp_path)
    agree = [agreement(each) for each in heard]
    assert min(agree) >= 0.8, agree
    assert np.mean(agree) >= 0.88, agree


def test_variation_keeps_the_harmony_and_departs_from_the_notes(tmp_path: Path) -> None:
    notes, text = tune(MELODIES[0], again=2), write.text(Shelf(None).get("pop"))
    steady, wild = (
        play(notes, preset=text.replace("variation: 0.5", f"variation: {much}"), folder=tmp_path)[0]
        for much in (0.5, 1.0)
    )
    assert agreement(wild) >= 0.8
    alike = [np.mean([likeness(heard, part) for part in (1, 2, 3)]) for heard in (steady, wild)]
    assert alike[0] > 0.3
    assert alike[1] < alike[0] / 2


def test_sixty_four_bars_do_not_collapse(tmp_path: Path) -> None:
    """Four melodies, sixteen bars each, in one performance."""
    notes = [
        note for k, melody in enumerate(MELODIES) for note in tune(melody, again=2, begin=2 * k * PHRASE)
    ]
    ((parts, chords, late),) = play(notes, folder=tmp_path)
    assert late == 0
    assert len(chords) == 64 * 4
    drums, bass, keys, strings = (np.bincount(part[:, 0] // PHRASE, minlength=8)[:8] / 8 for part in parts)
    for block in range(8):
        here = chords[32 * block : 32 * block + 32]
        assert len({*here.tolist()} - {NONE}) >= 3, f"chords of block {block}: {here}"
        assert 8 <= drums[block] <= 24, drums
        assert 1 <= bass[block] <= 10, bass
        assert 4 <= keys[block] <= 30, keys
        assert 1 <= strings[block] <= 14, strings


def test_a_chord_is_recalled_only_where_the_melody_repeats(stage: Any, scores: ModuleType) -> None:
    first = [60, 64, 67, 64, 65, 69, 72, 69, 67, 71, 74, 71, 72, 67, 64, 60]
    other = [61, 66, 70, 63, 68, 61, 66, 73]
    heard = stage.play(scores.tune([*first, *first[:8], *other]), 32, settings=Settings(seed=3))
    sure = {request.first // 4: float(request.recalled.max()) for request in heard.requests}
    assert all(sure[beat] == 0 for beat in range(1, 17))
    assert all(sure[beat] > 0.85 for beat in range(20, 25))
    assert all(sure[beat] == 0 for beat in range(27, 32))
    origins = {request.first // 4: request.origins[0].bar for request in heard.requests}
    assert [origins[beat] for beat in (3, 12, 22, 30)] == [0, 3, 1, 7], (
        "bar 6 is played with the noise of bar 2"
    )


def test_the_packaged_band_is_the_one_that_is_heard(tmp_path: Path) -> None:
    assert isinstance(loading.accompanist(Catalogue(tmp_path), Shelf(None).get("pop")), Accompanist)


@pytest.mark.parametrize("preset", ["rock", "songwriter"])
def test_after_a_long_rest_the_band_comes_in_with_the_player(tmp_path: Path, preset: str) -> None:
    back = 28 * BAR
    tunes = [[*tune(melody), *tune(melody, begin=back)] for melody in MELODIES]
    for parts, _, _ in play(*tunes, preset=preset, folder=tmp_path):
        onsets = np.concatenate([part[:, 0] for part in parts])
        assert not ((onsets >= back - 2 * BAR) & (onsets < back)).any()
        assert ((onsets >= back) & (onsets < back + BAR)).sum() >= 8
