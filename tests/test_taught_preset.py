"""The preset of a taught genre: what it says, where it is put, and that a band which plays takes it up."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from bandmate.bridge import loopback
from bandmate.bridge.clock import now
from bandmate.bridge.events import Control, Event, NoteOn, Program
from bandmate.daemon.cli import main
from bandmate.daemon.engine.engine import Engine
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.controls import ControlMap
from bandmate.daemon.stage.casting import Casting
from bandmate.daemon.stage.conductor import Conductor
from bandmate.models.contract import Card
from bandmate.presets import write as written
from bandmate.presets.load import Shelf, read
from bandmate.presets.pitch import spell
from bandmate.presets.preset import Preset
from bandmate.training import lines, whole
from bandmate.training import preset as taught
from bandmate.training.songs import Notes, Song
from bandmate.training.sounds import sound_of

LIMIT = 20
PARTS = ("drums", "bass", "guitar", "flute")
CARD = Card("generator", genre="bossa", parts=PARTS)


def chords(*pitches: int, times: int = 50) -> Notes:
    """All these pitches struck together, so many times."""
    rows = [(4 * k, 4, pitch, 80) for k in range(times) for pitch in pitches]
    return np.array(rows, np.int16).reshape(-1, 4)


def song(*parts: Notes) -> Song:
    none = np.zeros(0, np.uint8)
    return Song("toy", "bossa", "train", (chords(72), *parts), none, none.reshape(0, 5))


FREE = max(Shelf(None).get(name).program for name in Shelf(None).names()) + 1
SONG = song(chords(36, 42), chords(24), chords(45, 52, 61, 90), chords(times=0))


def bossa(**changes: Any) -> Preset:
    return replace(taught.of("bossa", CARD, [SONG], Shelf(None), ear="pop-ear"), **changes)


def test_a_genre_has_the_lowest_free_number_and_the_usual_channels() -> None:
    preset = bossa()
    assert (preset.name, preset.program, preset.ear, preset.band) == ("bossa", FREE, "pop-ear", "bossa")
    assert [(part.name, part.channel) for part in preset.parts] == [
        ("drums", 10),
        ("bass", 2),
        ("guitar", 3),
        ("flute", 4),
    ]


def test_ranges_hold_what_was_played_and_what_is_usual_and_voices_what_sounds_together() -> None:
    drums, bass, guitar, flute = bossa().parts
    assert (drums.low, drums.high, drums.voices, drums.program) == (0, 127, 4, None)
    assert (spell(bass.low), spell(bass.high), bass.voices, bass.program) == ("C1", "G3", 1, 34)
    assert (spell(guitar.low), guitar.high, guitar.voices, guitar.program) == ("E2", 90, 4, 26)
    assert (spell(flute.low), spell(flute.high), flute.voices, flute.program) == ("C4", "C7", 4, 74)
    assert {part.density for part in bossa().parts} == {0.5}


def test_an_arpeggio_has_as_many_voices_as_it_lets_ring() -> None:
    rung = lines.as_notes([(2 * k, 8, 60 + k % 4, 80) for k in range(100)])
    guitar = taught.of("b", CARD, [song(*SONG.notes[1:3], rung, SONG.notes[4])], Shelf(None), ear="e").parts[
        2
    ]
    assert guitar.voices == 4


def test_a_stray_note_widens_no_range() -> None:
    stray = np.concatenate([chords(40, times=500), chords(100, times=2)])
    bass = taught.of("b", CARD, [song(SONG.notes[1], stray, *SONG.notes[3:])], Shelf(None), ear="e").parts[1]
    assert spell(bass.high) == "G3"


def test_the_sounds_and_the_swing_of_the_corpus_are_taken_where_known() -> None:
    preset = taught.of("b", CARD, [SONG], Shelf(None), ear="e", swing=0.6249, programs={"guitar": 25})
    assert [part.program for part in preset.parts] == [None, 34, 25, 74]
    assert preset.swing == 0.62
    assert taught.of("b", CARD, [SONG], Shelf(None), ear="e", swing=0.8).swing == 0.75


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("drums", None), ("Bass", 34), ("keys", 1), ("strings", 49), ("violas", 42), ("horns", 61),
        ("chords", 1), ("colour", 49), ("alto", 53), ("nylon guitar", 26), ("xyz", 1),
    ],
)  # fmt: skip
def test_a_parts_name_says_its_sound(name: str, program: int | None) -> None:
    sound = sound_of(name)
    assert sound.program == program
    assert 0 <= sound.low < sound.high <= 127


def test_a_genre_taught_again_keeps_its_number(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(written.text(bossa(program=77)))
    (tmp_path / "other.yaml").write_text(written.text(bossa(name="samba", program=FREE)))
    again = taught.of("bossa", CARD, [SONG], Shelf(tmp_path), ear="e")
    assert again.program == 77
    assert taught.of("tango", CARD, [SONG], Shelf(tmp_path), ear="e").program == FREE + 1


def test_where_all_numbers_are_taken_it_is_said(tmp_path: Path) -> None:
    for number in range(FREE, 129):
        (tmp_path / f"{number}.yaml").write_text(written.text(bossa(name=f"n{number}", program=number)))
    with pytest.raises(ValueError, match="all 128 program numbers"):
        taught.of("bossa", CARD, [SONG], Shelf(tmp_path), ear="e")


def test_model_and_preset_are_put_into_the_users_folder(tmp_path: Path) -> None:
    preset = bossa(ear="bossa-ear")
    path = taught.write(preset, tmp_path, {"bossa": b"band", "bossa-ear": b"ear"}, heading="Bossa nova.")
    assert path == tmp_path / "presets" / "bossa.yaml"
    assert read(path.read_text(encoding="utf-8"), path.name) == preset
    assert path.read_text(encoding="utf-8").startswith("# Bossa nova.\n")
    assert {file.name: file.read_bytes() for file in (tmp_path / "models").iterdir()} == {
        "bossa.onnx": b"band",
        "bossa-ear.onnx": b"ear",
    }
    assert [file.name for file in path.parent.iterdir()] == ["bossa.yaml"]


def test_the_models_are_there_before_the_preset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    move = whole.os.replace

    def moved(source: str, target: Path) -> None:
        put.append(target.name)
        assert Path(source).name.startswith("."), "no watcher looks at half a file"
        move(source, target)

    monkeypatch.setattr(whole.os, "replace", moved)
    taught.write(bossa(), tmp_path, {"bossa": b"band"})
    assert put == ["bossa.onnx", "bossa.yaml"]


def test_a_preset_edited_by_hand_is_kept_and_one_that_is_not_is_replaced(tmp_path: Path) -> None:
    def write(hop: int) -> Path:
        return taught.write(bossa(hop=hop), tmp_path, {"bossa": b"band"})

    def kept() -> list[str]:
        return sorted(file.name for file in (tmp_path / "presets").iterdir())

    path = write(4)
    write(8)
    assert kept() == ["bossa.yaml"]
    mine = path.read_text().replace("hop: 8 ", "hop: 2 ")
    path.write_text(mine)
    write(4)
    assert kept() == ["bossa.yaml", "bossa.yaml.bak"]
    assert path.with_name("bossa.yaml.bak").read_text() == mine
    path.write_bytes(b"\xff")
    write(1)
    assert kept() == ["bossa.yaml", "bossa.yaml.bak", "bossa.yaml.bak2"]
    assert path.with_name("bossa.yaml.bak").read_text() == mine
    assert read(path.read_text(), "bossa.yaml").hop == 1


@pytest.mark.parametrize(
    ("changes", "models", "sentence"),
    [
        (
            {"name": "pop"},
            {"pop": b""},
            "'pop' is packaged with bandmate; choose another name, or use --force",
        ),
        ({"name": "bossa"}, {"pop-ear": b""}, "'pop-ear' is packaged"),
        ({"name": "../bossa"}, {"bossa": b""}, "can't be a preset's name"),
        ({"name": ".bossa"}, {"bossa": b""}, "can't be a preset's name"),
        ({}, {"../../bossa": b""}, "can't be a preset's name"),
        ({}, {}, "there is no model 'bossa' for the preset bossa"),
        ({"ear": "deaf"}, {"bossa": b""}, "there is no model 'deaf'"),
    ],
)
def test_what_can_not_be_put_there_is_refused_before_anything_is_written(
    tmp_path: Path, changes: dict[str, Any], models: dict[str, bytes], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        taught.write(bossa(**changes), tmp_path, models)
    assert [*tmp_path.iterdir()] == []


def test_a_packaged_name_may_be_forced(tmp_path: Path) -> None:
    taught.write(bossa(name="pop", band="pop", program=1), tmp_path, {"pop": b"band"}, force=True)
    assert Shelf(tmp_path / "presets").get("pop").parts[2].name == "guitar"


class Performance:
    """A band that plays pop, in real time, and what leaves it."""

    def __init__(self, home: Path) -> None:
        self.heard = threading.Condition()
        self.events: list[Event] = []
        self.said: list[str] = []
        self.casting = Casting(home / "presets", home / "models", self.said.append)
        preset, key, accompanist = self.casting.first("pop")
        engine = Engine(preset, Settings(bpm=300), key=key)
        self.conductor = Conductor(engine, loopback.Output(self._hear, now), self.said.append)
        self.conductor.worker.employ(key, accompanist)
        self.conductor.start(self.casting.wish)
        self.casting.begin(self.conductor.arm)

    def _hear(self, event: Event, moment: float) -> None:
        with self.heard:
            self.events.append(event)
            self.heard.notify_all()

    def until(self, wanted: Callable[[], bool]) -> None:
        with self.heard:
            assert self.heard.wait_for(wanted, LIMIT), (self.events[-5:], self.said)

    def struck(self, channel: int) -> int:
        return sum(isinstance(event, NoteOn) and event.channel == channel for event in self.events)


@pytest.fixture
def performance(home: Path) -> Iterator[Performance]:
    interval = sys.getswitchinterval()
    performance = Performance(home)
    yield performance
    performance.casting.close()
    performance.conductor.stop()
    sys.setswitchinterval(interval)


def test_a_genre_taught_while_the_band_plays_is_listed_and_played(
    performance: Performance, home: Path, toys: ModuleType
) -> None:
    performance.conductor.deliver(NoteOn(1, 72, 80), now())
    performance.until(lambda: performance.struck(10) >= 2)
    preset = taught.of("bossa", CARD, [SONG], Shelf(home / "presets"), ear="bossa-ear")
    preset = replace(preset, parts=tuple(replace(p, channel=p.channel + 3) for p in preset.parts))
    taught.write(preset, home, {"bossa": toys.generator(PARTS), "bossa-ear": toys.ear()})
    listed = CliRunner().invoke(main, ["presets"]).output
    assert (
        f"  {FREE}  bossa            {', '.join(f'{p.name} ({p.channel})' for p in preset.parts)}\n" in listed
    )
    assert "can't play" not in listed
    performance.conductor.deliver(Control(1, ControlMap().preset, preset.program - 1), now())
    performance.until(lambda: performance.struck(13) >= 2 and performance.struck(6) >= 2)
    assert Program(6, 26) in performance.events
    assert {*performance.said} <= {"bossa was read again; it plays from the next bar line"}


def test_a_genre_taught_again_while_it_plays_plays_as_it_now_is(
    performance: Performance, home: Path, toys: ModuleType
) -> None:
    pop = Shelf(None).get("pop")
    performance.conductor.deliver(NoteOn(1, 72, 80), now())
    performance.until(lambda: performance.struck(10) >= 2)
    changed = replace(pop, parts=(*pop.parts[:2], replace(pop.parts[2], channel=7), pop.parts[3]))
    parts = tuple(part.name for part in pop.parts)
    taught.write(changed, home, {"pop": toys.generator(parts), "pop-ear": toys.ear()}, force=True)
    performance.until(lambda: performance.struck(7) >= 2)
    assert {*performance.said} <= {"pop was read again; it plays from the next bar line"}
