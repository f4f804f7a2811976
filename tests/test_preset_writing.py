"""Presets as text that reads as a person would have written it, and that reads back the same."""

from __future__ import annotations

from dataclasses import replace
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bandmate.presets import pitch, write
from bandmate.presets.load import Shelf, read
from bandmate.presets.preset import HOPS, Part, Preset

ODD = [
    "yes",
    "null",
    "3",
    "1e3",
    "0x1F",
    "a, b",
    "{x",
    "#1",
    "a: b",
    "- a",
    "'",
    '"',
    "=",
    "~",
    "é♯",
    "a\nb",
    "*",
]
words = st.text(st.characters(codec="utf-8"), min_size=1, max_size=12).map(str.strip).filter(bool)
words |= st.sampled_from([*ODD, "long " * 40 + "name"])
stems = words.filter(lambda word: not any(sign in word for sign in "/\\") and not word.endswith(".onnx"))
shares = st.floats(0, 1) | st.sampled_from([0.0, 0.5, 1.0, 1e-5])


@st.composite
def parts(draw: st.DrawFn, name: str, channel: int) -> Part:
    low, high = sorted((draw(st.integers(0, 127)), draw(st.integers(0, 127))))
    return Part(
        name,
        channel,
        program=draw(st.none() | st.integers(1, 128)),
        level=draw(shares),
        low=low,
        high=high,
        voices=draw(st.integers(1, 16)),
        density=draw(shares),
        mute=draw(st.booleans()),
    )


@st.composite
def presets(draw: st.DrawFn) -> Preset:
    names = draw(st.lists(words, min_size=4, max_size=4, unique=True))
    channels = draw(st.lists(st.integers(1, 16), min_size=4, max_size=4, unique=True))
    return Preset(
        name=draw(words),
        program=draw(st.integers(1, 128)),
        ear=draw(stems),
        band=draw(stems),
        parts=tuple(draw(parts(name, channel)) for name, channel in zip(names, channels, strict=True)),
        hop=draw(st.sampled_from(HOPS)),
        swing=draw(st.floats(0.5, 0.75)),
        variation=draw(shares),
    )


@settings(deadline=None, max_examples=150, derandomize=True)
@given(preset=presets(), heading=st.text(max_size=40))
def test_what_is_written_reads_back_the_same(preset: Preset, heading: str) -> None:
    assert read(write.text(preset, heading), "written.yaml") == preset


@given(number=st.integers(0, 127))
def test_pitches_are_spelled_as_they_are_read(number: int) -> None:
    assert pitch.parse(pitch.spell(number)) == number


def test_the_black_keys_have_their_usual_names() -> None:
    assert [pitch.spell(number) for number in (0, 28, 61, 63, 66, 68, 70, 127)] == [
        "C-1", "E1", "C#4", "Eb4", "F#4", "Ab4", "Bb4", "G9",
    ]  # fmt: skip


def fields(text: str) -> list[str]:
    """The lines that are no comments."""
    return [line for line in text.splitlines() if not line.startswith("#")]


def test_it_reads_as_a_packaged_one_does() -> None:
    packaged = (resources.files("bandmate.presets") / "pop.yaml").read_text(encoding="utf-8")
    text = write.text(Shelf(None).get("pop"), "Pop: as taught\nfrom 50 songs.")
    assert text.splitlines()[:2] == ["# Pop: as taught", "# from 50 songs."]
    assert fields(text)[-4:] == fields(packaged)[-4:]
    for mine, ours in zip(fields(text), fields(packaged), strict=True):
        assert mine.partition("#")[0] == ours.partition("#")[0], "fields and columns are the same"
        assert ("#" in mine) == ("#" in ours)


def test_a_part_that_is_mute_says_so() -> None:
    pop = Shelf(None).get("pop")
    text = write.text(replace(pop, parts=(*pop.parts[:3], replace(pop.parts[3], mute=True))))
    assert [line.endswith("mute: true}") for line in text.splitlines()[-4:]] == [False, False, False, True]


@pytest.mark.parametrize("name", Shelf(None).names())
def test_the_packaged_ones_survive_it(name: str) -> None:
    preset = Shelf(None).get(name)
    text = write.text(preset)
    assert read(text, "again.yaml") == preset
    assert len(text.splitlines()) < 25


def test_a_long_name_keeps_its_remark_apart() -> None:
    preset = replace(Shelf(None).get("pop"), ear="an-ear-with-a-very-long-name")
    assert "ear: an-ear-with-a-very-long-name  # hears" in write.text(preset)
