"""Models by name: the user's before the packaged, and what is wrong with each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from bandmate.daemon.answering import loading
from bandmate.models.catalogue import Catalogue
from bandmate.models.contract import ModelError
from bandmate.presets.load import Shelf
from bandmate.presets.preset import Preset

PARTS = ("drums", "bass", "keys", "strings")


@pytest.fixture
def preset() -> Preset:
    """A packaged preset that plays models which only this test has."""
    return replace(Shelf(None).get("pop"), ear="own-ear", band="own")


@pytest.fixture
def catalogue(toys: ModuleType, tmp_path: Path) -> Catalogue:
    (tmp_path / "own.onnx").write_bytes(toys.generator(PARTS))
    (tmp_path / "own-ear.onnx").write_bytes(toys.ear())
    return Catalogue(tmp_path)


def test_names_are_those_of_the_users_folder_and_of_the_package(catalogue: Catalogue) -> None:
    (catalogue.folder / "notes.txt").write_text("no model")
    names = catalogue.names()
    assert {"own", "own-ear"} <= set(names)
    assert names == sorted(names)
    assert "notes.txt" not in names


def test_a_folder_need_not_be_there(tmp_path: Path) -> None:
    assert not {"own", "own-ear"} & set(Catalogue(tmp_path / "none").names())


def test_the_users_file_goes_before_the_packaged_one(catalogue: Catalogue) -> None:
    for name in Catalogue(catalogue.folder / "none").names():
        assert catalogue.where(name) == "packaged"
        (catalogue.folder / f"{name}.onnx").write_bytes(b"mine")
        assert catalogue.where(name) == "yours"
        assert catalogue.data(name) == b"mine"
    assert catalogue.where("own") == "yours"


def test_what_a_model_is(catalogue: Catalogue) -> None:
    assert loading.describe(catalogue, "own") == "generator for toy (drums, bass, keys, strings)"
    assert loading.describe(catalogue, "own-ear") == "ear for toy"


def test_what_is_wrong_with_a_model(catalogue: Catalogue, toys: ModuleType) -> None:
    own = catalogue.folder / "own.onnx"
    own.write_bytes(own.read_bytes()[:999])
    assert loading.describe(catalogue, "own").startswith("own.onnx can't be loaded as an ONNX model")
    own.write_bytes(toys.generator(PARTS, format=9))
    assert loading.describe(catalogue, "own").startswith("own.onnx is of format 9")
    own.write_bytes(toys.generator(PARTS, hold=(0.5,)))
    assert loading.describe(catalogue, "own") == "own.onnx must give 4 hold cuts of 0 to 1, one for each part"
    own.unlink()
    own.mkdir()
    assert "own.onnx can't be read" in loading.describe(catalogue, "own")


def test_a_model_that_is_not_there(catalogue: Catalogue) -> None:
    with pytest.raises(ModelError, match=r"there is no model 'owm'; there are: .*own.*; yours belong in"):
        catalogue.data("owm")


def test_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.onnx").write_bytes(b"abc")
    assert Catalogue(tmp_path).data("a") == b"abc"
    (tmp_path / "b.onnx").mkdir()
    with pytest.raises(ModelError, match=r"b\.onnx can't be read .*; check that the file is there"):
        Catalogue(tmp_path).data("b")


def test_an_accompanist_has_the_presets_ear_and_band(catalogue: Catalogue, preset: Preset) -> None:
    assert loading.accompanist(catalogue, preset).band.card.parts == PARTS


def test_a_band_must_have_the_parts_of_its_preset(catalogue: Catalogue, preset: Preset) -> None:
    others = replace(preset, parts=preset.parts[::-1])
    with pytest.raises(ModelError) as told:
        loading.accompanist(catalogue, others)
    assert str(told.value) == (
        "preset pop has the parts strings, keys, bass, drums, but own.onnx plays drums, bass, keys, strings; "
        "name them so, in this order"
    )


@pytest.mark.parametrize(("ear", "band"), [("own", "own"), ("own-ear", "own-ear")])
def test_an_ear_is_not_taken_for_a_band(catalogue: Catalogue, preset: Preset, ear: str, band: str) -> None:
    with pytest.raises(ModelError, match="where a preset needs"):
        loading.accompanist(catalogue, replace(preset, ear=ear, band=band))
