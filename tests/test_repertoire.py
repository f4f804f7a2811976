"""The presets that pages are told of: a new one is news, and so is one that was changed or is gone."""

from __future__ import annotations

import os
from importlib import resources
from pathlib import Path

from bandmate.daemon.studio.repertoire import Repertoire

POP = resources.files("bandmate.presets").joinpath("pop.yaml").read_text(encoding="utf-8")


def names(repertoire: Repertoire) -> list[str]:
    return [preset["name"] for preset in repertoire.news()["presets"]]


def test_a_preset_that_comes_changes_and_goes_is_news(tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    repertoire = Repertoire(folder)
    packaged = names(repertoire)
    assert "pop" in packaged
    assert not repertoire.changed()
    folder.mkdir()
    (folder / "notes.txt").write_text("nothing")
    assert not repertoire.changed()
    mine = folder / "mine.yaml"
    mine.write_text(POP.replace("name: pop", "name: mine").replace("program: 1", "program: 99"))
    assert repertoire.changed()
    assert not repertoire.changed()
    assert names(repertoire) == [*packaged, "mine"]
    os.utime(mine, ns=(1, 1))
    assert repertoire.changed()
    mine.unlink()
    assert repertoire.names() == packaged
    assert not repertoire.changed()
    assert names(repertoire) == packaged


def test_a_link_that_leads_nowhere_hides_no_other_preset(tmp_path: Path) -> None:
    (tmp_path / "lost.yaml").symlink_to(tmp_path / "nowhere.yaml")
    repertoire = Repertoire(tmp_path)
    (tmp_path / "mine.yaml").write_text(
        POP.replace("name: pop", "name: mine").replace("program: 1", "program: 99")
    )
    assert repertoire.changed()
    assert names(repertoire)[-1] == "mine"
