"""MusicXML and kern as they sound: ties, pick-ups, transposition, percussion, chords; and what is refused."""

import contextlib
import random
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("partitura")

from bandmate.training.chords import triads
from bandmate.training.reading import grid, musicxml, notation
from bandmate.training.songs import Rejected

TRUMPET = """<score-part id="P1"><part-name>Trumpet
  in B♭</part-name><midi-instrument id="I1"><midi-program>57</midi-program></midi-instrument></score-part>"""
DRUMS = """<score-part id="P2"><part-name>Drums</part-name><midi-instrument id="I2">
  <midi-channel>10</midi-channel><midi-unpitched>36</midi-unpitched></midi-instrument></score-part>"""
FOUR = "<time><beats>4</beats><beat-type>4</beat-type></time>"
DOWN = (
    "<transpose><diatonic>-1</diatonic><chromatic>-2</chromatic><octave-change>-1</octave-change></transpose>"
)


def note(pitch, quarters, extra=""):
    """`C5` for so many quarter notes, of two divisions each."""
    return (
        f"<note><pitch><step>{pitch[0]}</step><octave>{pitch[-1]}</octave></pitch>"
        f"<duration>{round(2 * quarters)}</duration>{extra}<voice>1</voice></note>"
    )


def chord(step, alter, kind):
    root = f"<root><root-step>{step}</root-step><root-alter>{alter}</root-alter></root>"
    return f"<harmony>{root}<kind text='x'>{kind}</kind></harmony>"


def hit(step, octave, quarters, instrument=""):
    shown = f"<display-step>{step}</display-step><display-octave>{octave}</display-octave>"
    rest = f"<duration>{2 * quarters}</duration>{instrument}<voice>1</voice>"
    return f"<note><unpitched>{shown}</unpitched>{rest}</note>"


def xml(parts, listed=TRUMPET, head="", attributes=FOUR):
    """A score of parts, each a list of bars."""
    first = f"<attributes><divisions>2</divisions>{attributes}</attributes>"
    body = "".join(
        f"<part id='P{p}'>"
        + "".join(f"<measure number='{n}'>{first * (n == 1)}{bar}</measure>" for n, bar in enumerate(bars, 1))
        + "</part>"
        for p, bars in enumerate(parts, 1)
    )
    return (
        f"<?xml version='1.0'?>{head}<score-partwise><part-list>{listed}</part-list>{body}</score-partwise>"
    )


@pytest.fixture
def read(tmp_path):
    def read(text, name="song.musicxml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return notation.read(path)

    return read


def rows(track):
    return track.notes[:, :3].tolist()


def test_tied_notes_are_one_and_grace_notes_and_cues_none(read):
    grace = "<note><grace/><pitch><step>A</step><octave>4</octave></pitch><voice>1</voice></note>"
    cue = note("G4", 2).replace("<note>", "<note><cue/>")
    tied = note("C5", 2, '<tie type="start"/>')
    score = read(xml([[cue + grace + tied, note("C5", 2, '<tie type="stop"/>') + note("D5", 2)]]))
    assert rows(score.tracks[0]) == [[2, 6, 72], [6, 8, 74]]


def test_a_transposing_instrument_sounds_as_it_does(read):
    score = read(xml([[note("D5", 4)]], attributes=FOUR + DOWN))
    (track,) = score.tracks
    assert (track.name, track.program, track.drums) == ("Trumpet in B♭", 56, False)
    assert rows(track) == [[0, 4, 74 - 14]]


def test_a_pick_up_moves_the_bars(read):
    score = read(xml([[note("G4", 1), *[note("C5", 4)] * 4]]))
    assert [(m.start, m.numerator, m.denominator) for m in score.metres] == [(0, 1, 4), (1, 4, 4)]
    (sheet,) = grid.lay(score, "song")
    assert (sheet.bars, sheet.instruments[0].notes[:, 0].tolist()) == (4, [0, 16, 32, 48])


def test_a_bar_in_two_halves_is_one(read):
    halves = [note("C5", 4), note("C5", 3), note("D5", 1), note("C5", 4), note("E5", 2)]
    assert [(m.start, m.numerator) for m in read(xml([halves])).metres] == [(0, 4)]


def test_chord_symbols_become_labels(read):
    bars = [chord("B", -1, "major-seventh") + note("D5", 4), chord("F", 1, "half-diminished") + note("C5", 4)]
    symbols = read(xml([[*bars, chord("C", 0, "none") + note("C5", 4)]])).symbols
    assert [(s.start, s.label) for s in symbols] == [(0, "Bb:maj7"), (4, "F#:hdim7"), (8, "N")]


@pytest.mark.parametrize("kind", sorted(musicxml.KINDS))
def test_every_kind_of_chord_is_minor_where_its_third_is(kind):
    minor = kind.startswith(("minor", "dimin", "half")) or kind == "major-minor"
    label = musicxml.KINDS[kind]
    expected = 24 if label == "N" else 9 + 12 * minor
    assert triads([label if label == "N" else f"A:{label}"]) == [expected]


def test_a_power_chord_has_the_third_of_its_neighbours():
    assert triads(["A:5", "A:min7", "D:5"]) == [21, 21, 2]


def test_percussion_has_the_pitch_of_its_instrument_or_of_its_line(read):
    kick = hit("F", 4, 1, "<instrument id='I2'/>")
    bars = [kick + hit("C", 5, 1) + hit("G", 5, 2)]
    melody, drums = read(xml([[note("C5", 4)], bars], TRUMPET + DRUMS)).tracks
    assert not melody.drums
    assert (drums.name, drums.drums, rows(drums)) == ("Drums", True, [[0, 1, 35], [1, 2, 38], [2, 4, 42]])


def test_a_metronome_mark_counts_in_quarter_notes(read):
    mark = "<metronome><beat-unit>half</beat-unit><per-minute>60</per-minute></metronome>"
    direction = f"<direction><direction-type>{mark}</direction-type></direction>"
    assert read(xml([[direction + note("C5", 4)]])).tempos.tolist() == [[0, 120]]


def test_loudness_is_that_of_the_last_dynamic(read):
    loud = "<direction><direction-type><dynamics><f/></dynamics></direction-type></direction>"
    notes = read(xml([[note("C5", 4), loud + note("C5", 4)]])).tracks[0].notes
    assert notes[:, 3].tolist() == [80, 95]


def test_a_compressed_score_needs_no_table_of_contents(tmp_path):
    path = tmp_path / "song.mxl"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("META-INF/container.xml", "<rootfile full-path='That's It.xml'/>")
        packed.writestr("That's It.xml", xml([[note("C5", 4)]]))
    assert rows(notation.read(path).tracks[0]) == [[0, 4, 72]]


def test_an_archive_that_swells_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.mxl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("bomb.xml", b" " * (musicxml.LARGEST + 2))
    with pytest.raises(Rejected, match="larger than 32 MB"):
        notation.read(path)


BOMB = '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
THEFT = '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (xml([[note("C5", 4)]], head=BOMB), "XML that declares entities"),
        (xml([[note("C5", 4)]], head=THEFT), "XML that declares entities"),
        ("<html><body>No music</body></html>", "XML, but not MusicXML"),
        ("<score-timewise/>", "MusicXML by time, not by part"),
        (xml([[note("C5", 4)]])[:300], "not well-formed XML"),
        ("", "not well-formed XML"),
        (xml([[]]), "no notes"),
        ("PK\x03\x04 but no archive", "a broken archive"),
        (xml([[note("C5", 4), note("C5", 10**9), note("C5", 4)]]), "longer than 2 hours"),
    ],
)
def test_what_is_of_no_use_is_refused_with_the_reason(read, text, reason):
    with pytest.raises(Rejected) as refused:
        read(text)
    assert str(refused.value) == reason


KERN = """!!!OTL: A song
**kern\t**dynam\t**kern
*Icello\t*\t*I"Violin
*clefF4\t*\t*clefX
*M4/4\t*\t*M4/4
*MM96\t*\t*MM[Allegro]
=1\t=1\t=1
1C\tf\t2cc
.\t.\t[2b-
=2\t=2\t=2
*\t*\t*^
1E 1G\t.\t2b-]\t2e
.\t.\t2g\t2e
*\t*\t*v\t*v
=3\t=3\t=3
1E\t.\tqa
.\t.\t1a
*-\t*-\t*-
"""


MORE = "".join(f"={n}\t={n}\t={n}\n1C\tf\t1cc\n" for n in range(4, 9)) + "*-\t*-\t*-\n"


def test_kern_is_read_with_its_ties_chords_and_split_spines(read):
    score = read(KERN, "song.krn")
    cello, violin = score.tracks
    assert (cello.name, rows(cello)) == ("cello", [[0, 4, 48], [4, 8, 52], [4, 8, 55], [8, 12, 52]])
    assert violin.name == "Violin"
    assert rows(violin) == [[0, 2, 72], [2, 6, 70], [4, 6, 64], [6, 8, 64], [6, 8, 67], [8, 12, 69]]
    assert score.tempos.tolist() == [[0, 96]]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no kern spines"),
        ("**text\nla\n*-", "no kern spines"),
        (KERN.replace("1C", "1" + "." * 60 + "C"), "a broken kern file"),
        (KERN.replace("1C", "99999999C"), "a broken kern file"),
        (KERN.replace("1C\tf\t2cc", "1C\t2cc"), "a broken kern file"),
    ],
)
def test_kern_of_no_use_is_refused_with_the_reason(read, text, reason):
    with pytest.raises(Rejected) as refused:
        read(text, "song.krn")
    assert str(refused.value) == reason


@pytest.mark.parametrize(
    ("text", "suffix"), [(KERN.replace("*-\t*-\t*-\n", MORE), "krn"), (xml([[note("C5", 4)] * 6]), "xml")]
)
def test_nothing_but_rejected_comes_of_files_with_flipped_bytes(tmp_path: Path, text: str, suffix: str):
    dice, path = random.Random(5), tmp_path / f"song.{suffix}"
    figures, sheets = [at for at, sign in enumerate(text) if sign.isdigit()], 0
    for _ in range(150):
        data = bytearray(text.encode())
        for _ in range(dice.choice((1, 2, 5))):
            at = dice.choice(figures) if dice.random() < 0.5 else dice.randrange(len(data))
            data[at] = dice.choice(b'0123456789.-<>/"="abcCDEr*^v\t\n\xff\x00')
        path.write_bytes(data)
        with contextlib.suppress(Rejected):
            sheets += len(grid.lay(notation.read(path), "song"))
    assert sheets
