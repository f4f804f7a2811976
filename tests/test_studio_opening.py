"""How a page is opened: by the browser that `--open` starts, by a phone's camera, beside a performance."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import segno

NOTES = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text(sys.argv[2])"
"""A browser that notes down the address it is to show."""
QUIET = 2
"""Light modules around the picture."""
DARK = {" ": (1, 1), "▀": (0, 1), "▄": (1, 0), "█": (0, 0)}
"""The modules that a character shows, the upper and the lower one; what a terminal writes is light."""


@pytest.fixture
def shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the user's browser notes down what it shows."""
    noted = tmp_path / "shown"
    monkeypatch.setenv("BROWSER", f"{shlex.join([sys.executable, '-c', NOTES, str(noted)])} %s")
    return noted


def test_the_browser_is_opened_at_the_page_where_that_is_asked(
    studiohouse: ModuleType, shown: Path, tmp_path: Path
) -> None:
    with studiohouse.open_house("--no-record", "--open", home=tmp_path / "home") as house:
        assert shown.read_text() == f"{house.origin}/"


def test_the_user_s_own_browser_is_paired_and_a_camera_sees_the_way_to_be(
    studiohouse: ModuleType, shown: Path, tmp_path: Path
) -> None:
    with studiohouse.open_house(
        "--no-record", "--open", "--host", "0.0.0.0", home=tmp_path / "home"
    ) as house:
        address, _, code = shown.read_text().partition("#pair=")
        typed = house.hears("to pair another device").split(" type ")[1].split(",")[0]
        assert typed.replace("-", "") == code
        assert house.hears("the page is at").endswith(address)
        lines = house.said[house.said.index(house.hears("to pair another device")) + 1 :]
        picture = [row for line in lines if set(line) <= set(DARK) and line for row in modules(line)]
        link = [list(row) for row in segno.make_qr(f"{address}#pair={code}", error="m").matrix]
        size = len(link)
        assert [row[QUIET : QUIET + size] for row in picture[QUIET : QUIET + size]] == link


def modules(line: str) -> list[list[int]]:
    """The two rows of a picture that a line of characters shows, 1 for a dark module."""
    return [[DARK[each][half] for each in line] for half in (0, 1)]


def test_a_performance_for_a_daw_has_the_page_too(studiohouse: ModuleType, jack: Any, tmp_path: Path) -> None:
    with studiohouse.open_house("--no-record", "--studio", command="play", home=tmp_path) as house:
        page = studiohouse.Visitor(house)
        ports = page.hears(lambda news: news["is"] == "ports" and bool(news["listening"]))
        assert "bandmate in" in ports["listening"][0]
        page.say(do="press", pitch=61, velocity=80, ago=0)
        page.hears(lambda news: news["is"] == "heard" and news["pitch"] == 61)
        page.hears(lambda news: news["is"] == "sent" and news["part"] is not None)
        page.leave()
