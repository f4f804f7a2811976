"""The page that shows what was taken for what: whole, safe, and small."""

import base64
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("pebble")

from bandmate.training.drawing import ink
from bandmate.training.gathering import report
from bandmate.training.gathering.reader import Entry, Outcome
from bandmate.training.lines import as_notes
from bandmate.training.reading.casting import Casting
from bandmate.training.reading.parts import parts
from bandmate.training.reading.sheet import Instrument, Sheet
from bandmate.training.songs import ARRANGED, REAL, Song

USUAL = ("drums", "bass", "chords", "colour")
EVIL = "</td><script>alert('x')</script>&"
BARS = 4


def song(name="rock/one"):
    voices = [(0, 16, 72, 80)], [(0, 1, 36, 90)], [(0, 8, 40, 80)], [(0, 4, 60, 80)], [(32, 16, 67, 50)]
    provenance = np.full((BARS, 5), REAL, np.uint8)
    provenance[:, 4] = ARRANGED
    chords = np.zeros(4 * BARS, np.uint8)
    return Song(name, "rock", "train", tuple(as_notes(voice) for voice in voices), chords, provenance)


def sheet(name="rock/one", title="Lead"):
    tracks = (Instrument(1, title, 80, False, as_notes([(0, 4, 60, 80), (4, 4, 79, 80)])),)
    tracks += (Instrument(2, "Kit", None, True, as_notes([(0, 1, 36, 80)])),)
    return Sheet(name, BARS, "4/4", 96.0, 0.62, tracks)


def outcome(title="Lead"):
    casting = Casting(parts(USUAL), ((1,), (2,), (), (), ()), {1: f"named '{title}'", 2: "a drum kit"})
    entries = (
        Entry("rock/one", "rock/one", "rock/one.mid", song(), sheet=sheet(title=title), casting=casting),
        Entry("two", "two", "two.mid", None, "no melody", "", sheet("two"), casting),
        Entry("three", "three", f"{EVIL}.mid", None, "not a MIDI file"),
    )
    return Outcome("mine", "rock", parts(USUAL), entries, ("1 song has no drums",))


@pytest.fixture
def page(tmp_path):
    def made(title="Lead"):
        report.write(outcome(title), tmp_path / "new" / "report.html", "mine.yaml")
        return (tmp_path / "new" / "report.html").read_text(encoding="utf-8")

    return made


class Tags(HTMLParser):
    """Every tag that is opened and closed, and every address."""

    def __init__(self, text):
        super().__init__()
        self.open, self.seen, self.addresses = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        self.addresses += [value for name, value in attrs if name in ("src", "href")]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_needs_nothing_else(page):
    tags = Tags(page())
    assert tags.open == []
    assert "script" not in tags.seen
    assert "link" not in tags.seen
    assert all(address.startswith("data:image/png;base64,") for address in tags.addresses)
    assert tags.seen.count("img") == 1


def test_words_from_files_are_escaped(page):
    text = page(EVIL)
    assert "<script" not in text
    assert text.count("&lt;script&gt;") >= 3


def test_a_song_shows_its_tracks_why_and_how_to_change_them(page):
    text = page()
    for words in (
        "rock/one.mid, 4 bars of 4/4, 96 beats a minute, swung 62%, in train",
        "Square Lead",
        "C4 to G5",
        "named &#x27;Lead&#x27;",
        "drum kit",
        "100% arranged",
        "&quot;rock/one&quot;:\n  melody: 1\n  drums: 2",
        "mine.yaml",
        "1 song has no drums",
    ):
        assert words in text


def test_what_was_refused_is_counted_by_reason_with_its_tracks(page):
    text = page()
    assert "no melody: 1" in text
    assert "not a MIDI file: 1" in text
    assert "1 song and 4 bars to train; 2 pieces left out" in text
    assert text.count("<table>") == 2


def picture(text):
    (data,) = re.findall(r"data:image/png;base64,([^\"]+)", text)
    return base64.b64decode(data)


def test_the_picture_has_the_colours_of_the_roles(page):
    text = page()
    shades = {shade for _, shade in Image.open(io.BytesIO(picture(text))).convert("RGB").getcolors()}
    legend = [colour for _, colour in ink.legend(USUAL)]
    assert {*legend[:4], ink.paler(legend[4])} <= shades
    assert legend[4] not in shades
    for role, colour in enumerate(legend):
        assert f".r{role} {{ color: rgb{colour}; }}" in text


def test_the_picture_of_a_long_song_takes_few_bytes(tmp_path):
    one = outcome()
    rows = [(step, 2, 60 + step % 24, 80) for step in range(0, 800 * 16, 2)]
    long = replace(
        song(),
        notes=(as_notes(rows), *song().notes[1:]),
        chords=np.zeros(3200, np.uint8),
        provenance=np.repeat(song().provenance, 200, axis=0),
    )
    entries = (replace(one.entries[0], song=long), *one.entries[1:])
    report.write(replace(one, entries=entries), tmp_path / "report.html")
    assert len(picture((tmp_path / "report.html").read_text(encoding="utf-8"))) < 50_000


def test_no_song_at_all_is_said(tmp_path):
    report.write(Outcome("mine", "rock", parts(USUAL), ()), tmp_path / "report.html")
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "No song can be used" in text
    assert re.search(r"<title>mine: 0 songs for rock</title>", text)
