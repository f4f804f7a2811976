import threading
from pathlib import Path

import pytest

from bandmate.daemon.stage.reload import Quieting, Watch

LIMIT = 10


class Told:
    """The paths that a watch told of, in order, and an event for each name."""

    def __init__(self):
        self.paths: list[Path] = []
        self._seen: dict[str, threading.Event] = {}

    def __call__(self, path: Path) -> None:
        self.paths.append(path)
        self.of(path.name).set()

    def of(self, name: str) -> threading.Event:
        return self._seen.setdefault(name, threading.Event())


@pytest.fixture
def told():
    return Told()


@pytest.fixture
def watch(tmp_path, told):
    watch = Watch([tmp_path / "home" / "presets", tmp_path / "home" / "models"], told, quiet=0.05)
    yield watch
    watch.stop()


def test_a_path_waits_until_it_is_quiet():
    pop, jazz = Path("pop.yaml"), Path("jazz.yaml")
    quieting = Quieting(0.3)
    assert (quieting.due(0.0), quieting.deadline()) == ([], None)
    quieting.touch(pop, 1.0)
    quieting.touch(jazz, 1.1)
    quieting.touch(pop, 1.2)
    assert quieting.deadline() == pytest.approx(1.4)
    assert quieting.due(1.35) == []
    assert quieting.due(1.45) == [jazz]
    assert quieting.due(1.55) == [pop]
    assert (quieting.due(9.0), quieting.deadline()) == ([], None)


def test_folders_that_do_not_exist_are_made_and_watched(tmp_path, told, watch):
    preset = tmp_path / "home" / "presets" / "jazz.yaml"
    preset.write_text("name: jazz\n")
    assert told.of("jazz.yaml").wait(LIMIT)
    assert told.paths == [preset]
    assert watch.unwatched == []


def test_a_model_is_told_once_however_often_it_is_written(tmp_path, told, watch):
    model = tmp_path / "home" / "models" / "pop.onnx"
    with model.open("wb") as file:
        for _ in range(50):
            file.write(bytes(1000))
            file.flush()
    assert told.of("pop.onnx").wait(LIMIT)
    assert told.paths == [model]


def test_an_editors_replacement_is_told_by_the_files_name(tmp_path, told, watch):
    folder = tmp_path / "home" / "presets"
    (folder / "pop.yaml~1").write_text("name: pop\n")
    (folder / "pop.yaml~1").rename(folder / "pop.yaml")
    assert told.of("pop.yaml").wait(LIMIT)
    assert {path.name for path in told.paths} == {"pop.yaml"}


def test_reading_and_other_files_are_not_told(tmp_path, told, watch):
    folder = tmp_path / "home" / "presets"
    (folder / "notes.txt").write_text("x")
    (folder / ".pop.yaml").write_text("x")
    (folder / "last.yaml").write_text("x")
    assert told.of("last.yaml").wait(LIMIT)
    (folder / "last.yaml").read_text()
    (folder / "next.yaml").write_text("x")
    assert told.of("next.yaml").wait(LIMIT)
    assert [path.name for path in told.paths] == ["last.yaml", "next.yaml"]


def test_a_deleted_preset_is_told(tmp_path, told, watch):
    preset = tmp_path / "home" / "presets" / "jazz.yaml"
    preset.write_text("name: jazz\n")
    assert told.of("jazz.yaml").wait(LIMIT)
    told.of("jazz.yaml").clear()
    preset.unlink()
    assert told.of("jazz.yaml").wait(LIMIT)


def test_a_folder_that_can_not_be_made_is_said(tmp_path, told):
    (tmp_path / "file").write_text("in the way")
    watch = Watch([tmp_path / "file" / "presets", tmp_path / "models"], told, quiet=0.05)
    try:
        assert watch.unwatched == [tmp_path / "file" / "presets"]
        (tmp_path / "models" / "pop.onnx").write_bytes(b"x")
        assert told.of("pop.onnx").wait(LIMIT)
    finally:
        watch.stop()


def test_nothing_is_told_after_stop(tmp_path, told):
    before = threading.active_count()
    watch = Watch([tmp_path], told, quiet=0.05)
    watch.stop()
    (tmp_path / "pop.yaml").write_text("name: pop\n")
    assert not told.of("pop.yaml").wait(0.3)
    assert threading.active_count() == before
