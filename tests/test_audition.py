"""A band heard live by who judges it: from both sides of the joint."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest

from bandmate.daemon.answering import loading
from bandmate.daemon.clock.metre import Grid
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.offstage import audition as stage
from bandmate.daemon.offstage import song as songs
from bandmate.daemon.offstage.audition import audition
from bandmate.daemon.offstage.render import render
from bandmate.models.catalogue import Catalogue
from bandmate.models.contract import ModelError
from bandmate.models.harmony import NONE, TONES, symbol
from bandmate.presets import write
from bandmate.presets.load import Shelf
from bandmate.presets.preset import PresetError
from bandmate.training import audition as hearing
from bandmate.training.songs import REAL, SILENT, Notes, Song

C, D, F, G = 0, 2, 5, 7


def tune(*roots: int, beats: int = 4) -> Notes:
    """For each root so many beats of it, a note a beat."""
    pitches = [60 + root for root in roots for _ in range(beats)]
    return np.array([(4 * k, 4, pitch, 80) for k, pitch in enumerate(pitches)], np.int16)


def triad(chord: int) -> set[int]:
    """The pitch classes of a chord; none of none."""
    return {*np.flatnonzero(TONES[chord]).tolist()} if chord != NONE else set()


def places(home: Path) -> dict[str, Path]:
    return {"presets": home / "presets", "models": home / "models"}


def same(one: list[Any], other: list[Any]) -> bool:
    return all(
        all(np.array_equal(x, y) for x, y in zip(a[0], b[0], strict=True)) and np.array_equal(a[1], b[1])
        for a, b in zip(one, other, strict=True)
    )


def test_a_melody_is_played_along_with(home: Path) -> None:
    ((parts, chords, late),) = audition("pop", [("toy", tune(C, G, F, C))], **places(home))
    assert late == 0
    assert (chords.dtype, [part.dtype for part in parts]) == (np.uint8, [np.int16] * 4)
    assert chords.tolist() == [NONE, C, C, C, C, G, G, G, F, F, F, F, F, C, C, C], (
        "F leaves G, so it is revised"
    )
    drums, bass, keys, _ = parts
    assert drums[:15, :3].tolist() == [[4 * beat, 1, 36] for beat in range(1, 16)]
    assert bass[:15, :2].tolist() == [[4 * beat, 4] for beat in range(1, 16)]
    assert keys[:6, :3].tolist() == [[4 * beat, 4, pitch] for beat in (1, 2) for pitch in (60, 64, 67)]


def test_the_chords_are_those_that_the_parts_play(home: Path) -> None:
    ((parts, chords, _),) = audition("pop", [("toy", tune(*[C, G, F, D] * 3))], **places(home))
    assert {*chords.tolist()} == {NONE, C, D, F, G}
    for beat, (before, chord) in enumerate(zip([NONE, *chords.tolist()], chords.tolist(), strict=False)):
        struck = {*(parts[2][parts[2][:, 0] == 4 * beat, 2] % 12).tolist()}
        assert struck in [triad(before), triad(chord)]


def test_it_is_what_render_makes_of_the_same_melody_in_a_file(home: Path, tmp_path: Path) -> None:
    """Over 40 bars with a rest of 20, so that the band's memory goes round."""
    melody = np.concatenate([tune(C, G, F, beats=16), tune(D, G, beats=16) + np.array([512, 0, 0, 0])])
    file = mido.MidiFile(ticks_per_beat=480)
    track, now = file.add_track("melody"), 0
    for step, length, pitch, velocity in melody.tolist():
        track.append(mido.Message("note_on", note=pitch, velocity=velocity, time=120 * step - now))
        track.append(mido.Message("note_off", note=pitch, time=120 * length))
        now = 120 * (step + length)
    file.save(tmp_path / "melody.mid")
    preset = Shelf(None).get("pop")
    rendering = render(
        songs.read(tmp_path / "melody.mid"),
        preset,
        loading.accompanist(Catalogue(home / "models"), preset),
        Settings(seed=7),
    )
    ((parts, chords, _),) = audition("pop", [("toy", melody.astype(np.int16))], **places(home), seed=7)
    grid = Grid()
    for voice, part in enumerate(parts, 1):
        heard = sorted((grid.step_of(tick), pitch) for tick, _, pitch, _ in rendering.take.notes(voice))
        assert [(step, pitch) for step, _, pitch, _ in part.tolist()] == heard
    for beat, chord in enumerate(chords.tolist()):
        in_it = [name for tick, name in rendering.take.markers if tick < 24 * (beat + 1)]
        assert symbol(chord) in in_it[-2:] or chord == NONE
    assert len(chords) == 40 * 4
    assert (chords[0], {*chords[1:40].tolist()}, {*chords[132:].tolist()}) == (NONE, {C, G, F}, {D, G})
    assert (chords[100:128] == NONE).all(), "after nine bars of rest"


def test_the_number_of_processes_changes_nothing_and_the_share_done_is_told(home: Path) -> None:
    melodies = [(f"toy {k}", tune(C, (C, F, G)[k], D)) for k in range(3)]
    told: list[float] = []
    alone = audition("pop", melodies, **places(home), processes=1)
    assert same(alone, audition("pop", melodies, **places(home), processes=2, progress=told.append))
    assert told == pytest.approx([1 / 3, 2 / 3, 1])


def test_what_was_played_before_does_not_matter(home: Path) -> None:
    short, long = ("short", tune(C, beats=1)), ("long", tune(G, D, F, C))
    after = audition("symphony", [short, long], **places(home), processes=1)
    assert same(after[1:], audition("symphony", [long], **places(home), seed=2))


def test_a_preset_may_come_as_text(home: Path) -> None:
    melody = [("toy", tune(C, G, F))]
    slow = write.text(replace(Shelf(None).get("pop"), hop=16))
    ((_, by_bar, _),) = audition(slow, melody, **places(home))
    ((_, by_beat, _),) = audition("pop", melody, **places(home))
    assert by_bar.tolist() != by_beat.tolist()


def test_the_melody_swings_as_the_band_does() -> None:
    eighths = np.array([(2 * k, 2, 60, 80) for k in range(4)], np.int16)
    swung = stage._song(eighths, 90.0, Grid(0.75))
    assert [(note.tick, note.length) for note in swung.notes] == [(0, 18), (18, 6), (24, 18), (42, 6)]
    assert swung.tempos == ((0.0, 90.0),)


@pytest.mark.parametrize(
    ("preset", "melody", "error", "sentence"),
    [
        ("pup", tune(C), PresetError, "there is no preset 'pup'; did you mean 'pop'"),
        ("name: x\n", tune(C), PresetError, "the preset, line 1: program is missing"),
        ("pop", tune(), ValueError, "the melody 'toy' has no note to play along with; leave it out"),
    ],
)
def test_what_can_not_be_heard_is_said(
    home: Path, preset: str, melody: Notes, error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        audition(preset, [("toy", melody.reshape(-1, 4))], **places(home))


def test_a_broken_model_is_said_before_anything_is_played(home: Path) -> None:
    (home / "models" / "pop.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"pop\.onnx can't be loaded"):
        audition("pop", [("a", tune(C)), ("b", tune(C))], **places(home), processes=2)


def song(name: str, melody: Notes, bars: int) -> Song:
    """A song whose parts and chords nobody may look at."""
    secret = np.array([(0, 16, 61, 99)], np.int16)
    chords = np.full(4 * bars, 11, np.uint8)
    return Song(name, "toy", "test", (melody, *[secret] * 4), chords, np.full((bars, 5), 2, np.uint8))


class Stage:
    """Stands in for the engine, and keeps what it was given."""

    def __init__(self, *answers: Any) -> None:
        self.answers, self.given = list(answers), ((), {})

    def __call__(self, *given: Any, **named: Any) -> list[Any]:
        self.given = given, named
        return self.answers

    def load(self) -> Stage:
        return self


def stand_in(monkeypatch: pytest.MonkeyPatch, *stages: Any) -> None:
    monkeypatch.setattr(hearing, "entry_points", lambda *, group, name: stages)


def test_only_the_melody_is_given_and_the_rest_is_what_was_played(monkeypatch: pytest.MonkeyPatch) -> None:
    part = np.array([(0, 4, 50, 70), (30, 8, 52, 70), (32, 4, 53, 70)])
    player = Stage(([part] * 4, np.array([C, G] * 6, np.uint8), 2), ([part] * 4, np.array([F], np.uint8), 1))
    stand_in(monkeypatch, player)
    known = [song("a", tune(C), 2), song("mute", tune().reshape(-1, 4), 2), song("b", tune(D), 3)]
    heard, late = hearing.play("pop", known, presets=Path("p"), models=Path("m"), seed=5)
    (preset, melodies), named = player.given
    assert preset == "pop"
    assert [(name, notes.tolist()) for name, notes in melodies] == [
        ("a", tune(C).tolist()),
        ("b", tune(D).tolist()),
    ]
    assert {key: named[key] for key in ("presets", "models", "tempo", "seed")} == {
        "presets": Path("p"),
        "models": Path("m"),
        "tempo": 120.0,
        "seed": 5,
    }
    assert late == [2, 0, 1]
    assert [(each.name, each.genre, each.split, each.bars) for each in heard] == [
        (name, "toy", "test", bars) for name, bars in (("a", 2), ("mute", 2), ("b", 3))
    ]
    first, mute, last = heard
    assert first.notes[0] is known[0].notes[0]
    assert first.notes[4].tolist() == [[0, 4, 50, 70], [30, 2, 52, 70]], "nothing after the last bar"
    assert first.chords.tolist() == [C, G] * 4
    assert last.chords.tolist() == [F] + 11 * [NONE]
    assert first.provenance.tolist() == [[REAL] * 5, [SILENT] + [REAL] * 4]
    assert [len(each) for each in mute.notes] == [0] * 5
    assert (mute.chords == NONE).all()
    assert (mute.provenance == SILENT).all()


def test_songs_are_played_by_the_engine_itself(home: Path) -> None:
    heard, late = hearing.play("pop", [song("a", tune(C, G), 3)], **places(home))
    assert late == [0]
    assert 61 not in heard[0].notes[1][:, 2]
    assert len(heard[0].notes[1]) >= 8


def test_without_a_player_a_sentence_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(monkeypatch)
    with pytest.raises(ValueError, match="there is no player to hear a band with"):
        hearing.stage()
    stand_in(monkeypatch, EntryPoint("live", "no_such_module:audition", hearing.GROUP))
    with pytest.raises(ValueError, match="the player can't be loaded"):
        hearing.stage()
