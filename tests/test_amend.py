"""A document that is changed keeps all that its writer put there."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bandmate.daemon.config import read
from bandmate.presets.amend import amend

STUDIO = """\
# my studio

preset: 'rock'           # quoted, for no reason
in: "Keystation: 49"
#out: IAC Bus 1
metre: 3/4

controls:   # the blue box
    density: 20          # first fader
    # the pads
    mute: [40, 41, 42, 43]   # left to right

record: no
# the end
"""


def test_only_what_is_changed_changes() -> None:
    new = amend(STUDIO, "controls", {"density": 21, "mute": (40, 41, 42, 44)})
    assert new.splitlines() == [
        line.replace("density: 20", "density: 21").replace("42, 43]", "42, 44]")
        for line in STUDIO.splitlines()
    ]


def test_a_field_that_is_not_there_is_added() -> None:
    new = amend(STUDIO, "controls", {"fill": 50})
    assert [line for line in new.splitlines() if line not in STUDIO.splitlines()] == ["    fill: 50"]
    assert [line for line in STUDIO.splitlines() if line not in new.splitlines()] == []
    assert read(new).controls.fill == 50


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# only words\n# preset: jazz\n",
        "preset: jazz\n",
        "preset: jazz   # no newline at the end",
        "---\npreset: jazz\n",
        "preset: jazz\ncontrols:\n# nothing yet\n",
        "preset: jazz\ncontrols:\ntempo: 90\n",
        "{preset: jazz, tempo: 90}\n",
        "preset: jazz\ncontrols: {density: 3}\n",
    ],
)
def test_the_block_comes_into_any_document(text: str) -> None:
    before = yaml.safe_load(text) or {}
    new = amend(text, "controls", {"density": 21, "level": (5, 6, 8, 9)})
    controls = (before.get("controls") or {}) | {"density": 21, "level": [5, 6, 8, 9]}
    assert yaml.safe_load(new) == before | {"controls": controls}
    for comment in (line.strip() for line in text.splitlines() if line.startswith("#")):
        assert comment in new
    assert new.startswith("---") == text.startswith("---")


def test_nothing_to_change_changes_nothing() -> None:
    assert amend(" preset:   jazz", "controls", {}) == " preset:   jazz"


words = st.text("abc :#'\"%&*-[]{}/5\\", max_size=12)


@given(st.dictionaries(st.sampled_from(["in", "out", "preset"]), words), st.integers(0, 119))
def test_what_another_field_says_stays(fields: dict[str, str], number: int) -> None:
    text = yaml.safe_dump(fields, allow_unicode=True)
    new = yaml.safe_load(amend(text, "controls", {"fill": number}))
    assert new == fields | {"controls": {"fill": number}}
