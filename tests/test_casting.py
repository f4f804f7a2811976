"""Presets made ready off stage, and again when their files change."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from queue import Empty, SimpleQueue
from types import ModuleType

import pytest

from bandmate.daemon.answering import loading
from bandmate.daemon.answering.accompanist import Accompanist
from bandmate.daemon.stage.casting import Casting
from bandmate.models.catalogue import Catalogue
from bandmate.models.contract import ModelError
from bandmate.presets.preset import Preset, PresetError

LIMIT = 20
PARTS = ("drums", "bass", "keys", "strings")

Ready = tuple[Preset, str, Accompanist]


class Wings:
    """A casting, and what it says and makes ready, in order."""

    def __init__(self, home: Path, patience: float = LIMIT) -> None:
        self.home = home
        self._said: SimpleQueue[str] = SimpleQueue()
        self._ready: SimpleQueue[Ready] = SimpleQueue()
        self.casting = Casting(home / "presets", home / "models", self._said.put, patience)
        self.first = self.casting.first("pop")

    def begin(self) -> None:
        self.casting.begin(lambda *ready: self._ready.put(ready))

    def said(self) -> str:
        """The next sentence."""
        return self._said.get(timeout=LIMIT)

    def ready(self) -> Ready:
        """The next preset made ready."""
        return self._ready.get(timeout=LIMIT)

    def quiet(self) -> bool:
        """Whether everything asked for so far has led to no sentence and no preset."""
        done = threading.Event()
        self.casting._jobs.put(done.set)
        assert done.wait(LIMIT)
        return self._said.empty() and self._ready.empty()

    def preset(self, text: str, name: str = "pop") -> None:
        """Write a preset into the user's folder."""
        (self.home / "presets" / f"{name}.yaml").write_text(text, encoding="utf-8")

    def model(self, data: bytes, name: str = "pop") -> None:
        """Write a model into the user's folder."""
        (self.home / "models" / f"{name}.onnx").write_bytes(data)


def packaged(name: str = "pop") -> str:
    return (resources.files("bandmate.presets") / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def wings(home: Path) -> Iterator[Wings]:
    wings = Wings(home)
    wings.begin()
    yield wings
    wings.casting.close()


def test_the_first_preset_is_loaded_at_once(wings: Wings) -> None:
    preset, key, accompanist = wings.first
    assert (preset.name, key) == ("pop", "pop 1")
    assert accompanist.band.card.parts == PARTS


@pytest.mark.parametrize(("name", "error"), [("popp", "did you mean 'pop'"), ("", "there are: pop")])
def test_a_preset_there_is_not_is_refused(home: Path, name: str, error: str) -> None:
    with pytest.raises(PresetError, match=error):
        Casting(home / "presets", home / "models", print).first(name)


def test_a_preset_without_its_model_is_refused(home: Path) -> None:
    (home / "models" / "pop.onnx").write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"pop\.onnx"):
        Casting(home / "presets", home / "models", print).first("pop")


def test_a_wish_makes_a_preset_ready(wings: Wings) -> None:
    wings.casting.wish(2)
    preset, key, accompanist = wings.ready()
    assert (preset.name, key) == ("symphony", "symphony 1")
    assert accompanist.band.card.parts == ("cellos", "strings", "winds", "horns")


def test_a_preset_keeps_its_key_while_nothing_changed(wings: Wings) -> None:
    for program in (2, 1, 2):
        wings.casting.wish(program)
    ready = [wings.ready() for _ in range(3)]
    assert [key for _, key, _ in ready] == ["symphony 1", "pop 1", "symphony 1"]
    assert ready[1][2] is wings.first[2]


def test_a_wish_for_what_plays_asks_for_nothing(wings: Wings) -> None:
    wings.casting.wish(1)
    assert wings.quiet()


def test_a_wish_for_a_program_that_no_preset_has_is_answered(wings: Wings) -> None:
    wings.casting.wish(99)
    assert wings.said() == "no preset has program 99; 'bandmate presets' lists them"
    assert wings.quiet()


def test_a_changed_preset_is_read_again_under_another_key(wings: Wings) -> None:
    wings.preset(packaged().replace("hop: 4 ", "hop: 8 "))
    preset, key, _ = wings.ready()
    assert (preset.name, preset.hop, key) == ("pop", 8, "pop 2")
    assert wings.said() == "pop was read again; it plays from the next bar line"


def test_a_broken_preset_is_refused_with_line_and_field_and_a_mended_one_is_taken(wings: Wings) -> None:
    text = packaged()
    line = 1 + text[: text.index("hop: 4 ")].count("\n")
    wings.preset(text.replace("hop: 4 ", "hop: 5 "))
    said = wings.said()
    assert "pop.yaml" in said
    assert str(line) in said
    assert "hop" in said
    assert said.endswith("what plays is not changed")
    assert wings.quiet()
    wings.preset(text.replace("hop: 4 ", "hop: 2 "))
    assert wings.ready()[0].hop == 2


def test_a_preset_read_again_without_a_change_asks_for_nothing(wings: Wings) -> None:
    wings.preset(packaged() + "# a remark\n")
    wings.preset(packaged("symphony").replace("name: symphony", "name: [broken"), "marker")
    assert "marker.yaml" in wings.said(), "by now the first has been read"
    assert wings.quiet()


def test_a_preset_that_does_not_play_is_read_when_it_is_wished_for(wings: Wings) -> None:
    wings.preset(packaged("symphony").replace("hop: 4 ", "hop: 16 "), "symphony")
    wings.casting.wish(2)
    assert wings.ready()[0].hop == 16


def test_a_replaced_model_is_loaded_again(wings: Wings, toys: ModuleType) -> None:
    wings.model(toys.generator(PARTS, noise=9))
    preset, key, accompanist = wings.ready()
    assert (preset, key) == (wings.first[0], "pop 2")
    assert accompanist.band.noise_size == 9
    assert wings.said() == "pop was read again; it plays from the next bar line"


def test_a_broken_model_is_refused_and_what_plays_stays(wings: Wings, toys: ModuleType) -> None:
    wings.model(b"half a model")
    assert "pop.onnx can't be loaded" in wings.said()
    assert wings.quiet()
    wings.model(toys.generator(PARTS, noise=5))
    assert wings.ready()[2].band.noise_size == 5


def test_a_model_that_stays_half_written_is_told_once_and_taken_when_it_is_whole(
    wings: Wings, toys: ModuleType
) -> None:
    whole = toys.generator(PARTS, noise=6)
    wings.model(whole[:200])
    assert wings.said().endswith("what plays is not changed")
    wings.casting._touched(wings.home / "models" / "pop.onnx")
    assert wings.quiet()
    wings.model(whole)
    assert wings.ready()[2].band.noise_size == 6


def test_a_model_that_vanishes_is_told_and_what_plays_stays(
    wings: Wings, monkeypatch: pytest.MonkeyPatch, toys: ModuleType
) -> None:
    """It goes between being found and being read."""
    own = wings.home / "models" / "pop.onnx"
    read = Path.read_bytes

    def gone(path: Path) -> bytes:
        if path == own:
            raise FileNotFoundError(2, "No such file or directory")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", gone)
    wings.casting._touched(own)
    assert "pop.onnx can't be read (No such file" in wings.said()
    assert wings.quiet()


@pytest.mark.parametrize(
    ("error", "said"),
    [(MemoryError(), "there is not enough memory"), (RuntimeError("odd"), "RuntimeError('odd')")],
)
def test_whatever_loading_raises_is_a_sentence_and_the_next_wish_is_granted(
    wings: Wings, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str
) -> None:
    assert wings.quiet(), "all that are there are loaded"
    wings.preset(packaged("symphony").replace("hop: 4 ", "hop: 16 "), "symphony")
    with monkeypatch.context() as patch:

        def fail(catalogue: Catalogue, preset: Preset) -> Accompanist:
            raise error

        patch.setattr(loading, "accompanist", fail)
        wings.casting.wish(2)
        sentence = wings.said()
    assert said in sentence
    assert sentence.endswith("what plays is not changed")
    wings.casting.wish(2)
    assert wings.ready()[0].hop == 16


def test_a_wish_that_takes_long_is_said_to(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wings = Wings(home, patience=0.0)
    goes_on, load = threading.Event(), loading.accompanist

    def slow(catalogue: Catalogue, preset: Preset) -> Accompanist:
        assert goes_on.wait(LIMIT)
        return load(catalogue, preset)

    monkeypatch.setattr(loading, "accompanist", slow)
    wings.begin()
    wings.casting.wish(2)
    assert wings.said() == "a preset takes long to load; until it can play, the band plays on as it is"
    goes_on.set()
    assert wings.ready()[0].name == "symphony"
    wings.casting.close()


def test_a_deleted_preset_gives_way_to_the_packaged_one(home: Path) -> None:
    (home / "presets").mkdir()
    own = home / "presets" / "pop.yaml"
    own.write_text(packaged().replace("hop: 4 ", "hop: 8 "), encoding="utf-8")
    wings = Wings(home)
    wings.begin()
    try:
        assert wings.first[0].hop == 8
        own.unlink()
        assert wings.ready()[0].hop == 4
    finally:
        wings.casting.close()


def test_a_preset_of_other_parts_than_its_model_is_refused(wings: Wings) -> None:
    wings.preset(packaged().replace("strings", "choir"))
    assert "choir" in wings.said()
    with pytest.raises(Empty):
        wings._ready.get(block=False)


def test_a_folder_that_can_not_be_watched_is_said(home: Path) -> None:
    (home / "presets").write_text("in the way")
    wings = Wings(home)
    wings.begin()
    try:
        assert "can't be watched" in wings.said()
    finally:
        wings.casting.close()


def test_close_ends_the_threads(wings: Wings) -> None:
    wings.casting.close()
    assert "bandmate casting" not in {thread.name for thread in threading.enumerate()}
