"""Data sets to songs: small files made here, and what must come of them."""

import tarfile
from itertools import pairwise
from pathlib import Path

import mido
import numpy as np
import pytest
from click.testing import CliRunner

from bandmate.training import cli, lines
from bandmate.training.arranging import drums
from bandmate.training.arranging.drums import Drummer
from bandmate.training.corpora import chorales, groove, pop909, quartets, scores
from bandmate.training.corpora import dataset as corpus
from bandmate.training.lines import as_notes
from bandmate.training.reading.score import Metre, Score, Track
from bandmate.training.songs import ARRANGED, REAL, SILENT, STYLE_PAIRED, load, read_all

TICKS = 480
KICK, SNARE, HAT, ROLAND_HAT, ROLAND_RIM = 36, 38, 42, 22, 40

Row = tuple[float, float, int, int]


def midi(path: Path, tracks: dict[str, list[Row]], tempo: int = 500_000) -> Path:
    """A MIDI file of notes as (start beat, beats, pitch, velocity) by track name."""
    file = mido.MidiFile(ticks_per_beat=TICKS)
    for name, rows in tracks.items():
        events = [(round(s * TICKS), 1, p, v) for s, _, p, v in rows]
        events += [(round((s + n) * TICKS), 0, p, 0) for s, n, p, _ in rows]
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.MetaMessage("set_tempo", tempo=tempo))
        now = 0
        for at, _, pitch, velocity in sorted(events):
            track.append(mido.Message("note_on", note=pitch, velocity=velocity, time=at - now))
            now = at
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)
    return path


def pop_song(folder: Path, beats_per_bar: int = 2, first: float = 0.3, bars: int = 18) -> Path:
    """A song at 100 beats a minute whose ticks (at 120) do not follow its beat; chords change on every fourth
    beat from the second one on."""
    seconds = 0.6
    song = folder / "POP909" / "007"
    song.mkdir(parents=True)
    beats = [first + seconds * b for b in range(4 * bars + 1)]
    marks = [f"{t} {float(b % beats_per_bar == 0)} 0.0" for b, t in enumerate(beats)]
    (song / "beat_midi.txt").write_text("\n".join(marks))
    labels = ["C:maj", "F:maj", "G:7", "A:min7"]
    edges = [first, *(beats[b] for b in range(1, len(beats), 4))]
    rows = [f"{a}\t{b}\t{labels[i % 4]}" for i, (a, b) in enumerate(pairwise(edges), start=3)]
    (song / "chord_midi.txt").write_text("\n".join(rows))

    def at(beat: float, length: float, pitch: int, velocity: int = 90) -> Row:
        return 2 * (first + seconds * beat), 2 * seconds * length, pitch, velocity

    melody = [at(1 + b, 0.8, 72 + b % 3, 60 + b % 8) for b in range(4 * bars - 4)]
    piano = [at(1 + b, 1, p) for b in range(0, 4 * bars - 4, 2) for p in (40, 45, 60, 64)]
    bridge = [at(1 + b, 2, 79) for b in range(0, 32, 4)]
    midi(song / "007.mid", {"MELODY": melody, "BRIDGE": bridge, "PIANO": piano})
    return folder


def drum_kit(folder: Path) -> Path:
    """A rock beat of eight bars, a waltz that must be left out, and a fill of toms."""
    bar = [(0, KICK), (1, SNARE), (2, KICK), (3, SNARE), *((b / 2, ROLAND_HAT) for b in range(8))]
    rows = [(4 * b + t + 0.02, 0.1, p, 100) for b in range(8) for t, p in bar]
    midi(folder / "a.mid", {"": rows})
    midi(folder / "w.mid", {"": rows})
    midi(folder / "f.mid", {"": [(t / 2, 0.1, 48, 110) for t in range(8)]})
    table = [
        "style,bpm,beat_type,time_signature,midi_filename",
        "rock/indie,98,beat,4-4,a.mid",
        "rock,98,beat,3-4,w.mid",
        "rock,100,fill,4-4,f.mid",
    ]
    (folder / "info.csv").write_text("\n".join(table))
    return folder


@pytest.fixture
def drummer(tmp_path: Path) -> Drummer:
    (tmp_path / "groove").mkdir()
    return groove.read(drum_kit(tmp_path / "groove"))


def test_quarter_notes_become_seconds_by_the_tempo_map() -> None:
    tempos = np.array([[0, 120], [2, 240], [3, 60]], np.float64)
    score = Score((), (Metre(0, 4, 4),), tempos)
    seconds = score.seconds(np.array([0, 1, 2, 2.5, 3, 4.5]))
    assert seconds.tolist() == [0, 0.5, 1, 1.125, 1.25, 2.75]


def test_a_tempo_map_of_one_tempo_goes_on_to_the_end() -> None:
    score = Score((), (Metre(0, 4, 4),), np.array([[0.0, 100.0]]))
    assert score.seconds(np.array([[0, 5], [10, 400]])) == pytest.approx(np.array([[0, 3], [6, 240]]))


def test_a_score_has_the_notes_of_all_tracks_of_a_name() -> None:
    one = Track("PIANO", None, False, np.array([[0, 1, 60, 80.0]]))
    two = Track("PIANO", None, False, np.array([[0.5, 2, 40, 70.0]]))
    other = Track("MELODY", None, False, np.array([[3, 4, 72, 90.0]]))
    score = Score((one, other, two), (Metre(0, 4, 4),), np.array([[0.0, 120.0]]))
    assert score.notes("PIANO").tolist() == [[0, 1, 60, 80], [0.5, 2, 40, 70]]
    assert score.notes("BRIDGE").shape == (0, 4)


def test_a_pop_song_is_put_on_its_beats_and_its_bars(tmp_path: Path, drummer: Drummer) -> None:
    (song,) = pop909.read(pop_song(tmp_path / "pop909"), drummer)
    assert not isinstance(song, corpus.Rejected)
    assert song.name == "pop909/007"
    assert song.chords[:12].tolist() == [0] * 4 + [5] * 4 + [7] * 4
    assert song.notes[0][:3].tolist() == [[0, 3, 72, 60], [4, 3, 73, 61], [8, 3, 74, 62]]
    assert song.notes[2][:2].tolist() == [[0, 4, 40, 90], [8, 4, 40, 90]]
    assert {p for _, _, p, _ in song.notes[3].tolist()} == {45, 60, 64}
    assert song.bars == 17


def test_strings_are_the_second_melody_where_it_plays_and_a_pad_elsewhere(
    tmp_path: Path, drummer: Drummer
) -> None:
    (song,) = pop909.read(pop_song(tmp_path / "pop909"), drummer)
    assert not isinstance(song, corpus.Rejected)
    assert song.provenance[:, 4].tolist() == [REAL] * 8 + [ARRANGED] * 9
    assert set(song.provenance[:, 1].tolist()) == {STYLE_PAIRED}
    strings = song.notes[4]
    assert set(strings[strings[:, 0] < 128, 2].tolist()) == {79}
    assert lines.sounding(strings, song.steps)[128:].all()


def test_what_lies_halfway_between_two_steps_goes_to_the_even_one() -> None:
    times = np.array([0.7 + 0.6 * beat for beat in range(8)])
    first, step = 0.7 / 0.6, 0.25
    rows = [(first + step * (n + 0.5), first + step * (n + 1.5), 60 + n, 80) for n in range(24)]
    score = Score(
        (Track("MELODY", None, False, np.array(rows)),), (Metre(0, 4, 4),), np.array([[0.0, 100.0]])
    )
    steps = pop909.on_grid(score, "MELODY", times, 0)[:, 0].tolist()
    assert steps == [0, 2, 2, 4, 4, 6, 6, 8, 8, 10, 10, 12, 12, 14, 14, 16, 16, 18, 18, 20, 20, 22, 22, 24]


def test_a_triple_song_and_a_short_one_are_rejected_with_the_reason(tmp_path: Path, drummer: Drummer) -> None:
    pop_song(tmp_path / "triple", beats_per_bar=3)
    pop_song(tmp_path / "short", bars=10)
    reasons = [str(next(pop909.read(tmp_path / name, drummer))) for name in ("triple", "short")]
    assert reasons == ["triple metre", "fewer than 16 bars"]


def test_the_bar_begins_where_the_chords_change() -> None:
    for phase in range(4):
        row = np.repeat(np.arange(6), 4).astype(np.uint8)
        assert pop909.bar_phase(np.concatenate([np.full(phase, 20, np.uint8), row])) == phase


def test_grooves_are_quantised_to_the_nine_classes(drummer: Drummer) -> None:
    (beat,), (fill,) = drummer.beats, drummer.fills
    assert (beat.style, beat.bars) == ("rock", 8)
    assert beat.bar(0)[:, [0, 2]].tolist() == [
        [0, KICK], [0, HAT], [2, HAT], [4, SNARE], [4, HAT], [6, HAT],
        [8, KICK], [8, HAT], [10, HAT], [12, SNARE], [12, HAT], [14, HAT],
    ]  # fmt: skip
    assert set(fill.bar(0)[:, 2].tolist()) == {50}


def test_two_hits_of_a_class_on_a_step_are_one_the_louder() -> None:
    rows = np.array([(0, 0.1, SNARE, 50), (0.05, 0.15, ROLAND_RIM, 90)])
    score = Score((Track("", None, True, rows),), (Metre(0, 4, 4),), np.array([[0, 120]]))
    assert drums.quantised(score).tolist() == [[0, 1, SNARE, 90]]


def test_drums_are_the_same_for_the_same_song_and_fill_only_the_end_of_a_phrase(
    drummer: Drummer,
) -> None:
    once, again = (drummer.accompany("pop909/001", 99.0, 64) for _ in range(2))
    assert (once == again).all()
    bars_with_toms = {int(s) // 16 for s, _, p, _ in once.tolist() if p == 50}
    assert bars_with_toms
    assert {bar % 8 for bar in bars_with_toms} == {7}


def test_an_excerpt_of_a_chorale_is_a_song_of_two_bars(tmp_path: Path) -> None:
    voices = {
        name: [(b, 1, 21 + p, 64) for b in range(8)] for name, p in zip("SATB", (72, 67, 64, 48), strict=True)
    }
    midi(tmp_path / "original_midi" / "MIDI-9.mid", voices)
    midi(tmp_path / "original_midi" / "MIDI-99.mid", {"S": voices["S"]})
    song, rejected = chorales.read(tmp_path)
    assert str(rejected) == "not for four voices"
    assert not isinstance(song, corpus.Rejected)
    melody, cellos, strings = song.notes[:3]
    assert [int(v[0, 2]) for v in (melody, cellos)] == [72, 48]
    assert strings[:2, :3].tolist() == [[0, 4, 64], [0, 4, 67]]
    assert song.chords.tolist() == [0] * 8
    assert melody[:, 3].tolist() == [88, 80, 84, 80] * 2
    assert song.provenance[0, :3].tolist() == [REAL] * 3
    assert set(song.provenance[:, 3:].flatten().tolist()) <= {ARRANGED, SILENT}


def test_an_excerpt_as_it_is_sung_has_the_soprano_for_its_melody_and_its_first_part(tmp_path: Path) -> None:
    voices = {n: [(0, 8, 21 + p, 64)] for n, p in zip("SATB", (72, 67, 64, 48), strict=True)}
    midi(tmp_path / "original_midi" / "MIDI-9.mid", voices)
    (song,) = chorales.read_voices(tmp_path)
    assert not isinstance(song, corpus.Rejected)
    assert (song.genre, song.bars) == ("chorales", 2)
    assert [int(v[0, 2]) for v in song.notes] == [72, 72, 67, 64, 48]
    assert set(song.provenance.flatten().tolist()) == {REAL}


def test_stretches_are_runs_of_eight_whole_bars_or_more() -> None:
    bars = [(0.0, 2.0, False)] + [(2.0 + 4 * b, 4.0, True) for b in range(9)]
    bars += [(38.0, 3.0, False)] + [(41.0 + 4 * b, 4.0, True) for b in range(7)]
    assert quartets.stretches(bars) == [(2.0, 9)]


def quartet(path: Path, bars: int) -> None:
    """A MusicXML file of four parts in 4/4, whole notes, but a triplet in the first bar of the first."""
    names = {72: "C5", 67: "G4", 64: "E4", 48: "C3"}
    heads = "".join(f'<score-part id="P{p}"><part-name>{p}</part-name></score-part>' for p in names)
    parts = ""
    for pitch, name in names.items():
        one = f"<pitch><step>{name[0]}</step><octave>{name[1]}</octave></pitch>"
        whole = f"<note>{one}<duration>12</duration><voice>1</voice><type>whole</type></note>"
        short = f"<note>{one}<duration>1</duration><voice>1</voice><type>eighth</type>"
        short += "<time-modification><actual-notes>3</actual-notes>"
        short += "<normal-notes>2</normal-notes></time-modification></note>"
        rest = "<note><rest/><duration>9</duration><voice>1</voice></note>"
        metre = "<time><beats>4</beats><beat-type>4</beat-type></time>"
        attributes = f"<attributes><divisions>3</divisions>{metre}</attributes>"
        parts += f'<part id="P{pitch}">'
        for bar in range(1, bars + 1):
            body = 3 * short + rest if bar == 1 and pitch == 72 else whole
            parts += f'<measure number="{bar}">{attributes if bar == 1 else ""}{body}</measure>'
        parts += "</part>"
    path.parent.mkdir(parents=True, exist_ok=True)
    head = '<?xml version="1.0"?><score-partwise version="3.1"><part-list>'
    path.write_text(f"{head}{heads}</part-list>{parts}</score-partwise>")


def test_a_quartet_is_cut_to_its_bars_of_four_and_rounded_to_sixteenths(tmp_path: Path) -> None:
    pytest.importorskip("partitura")
    quartet(tmp_path / "scores" / "a" / "long.musicxml", 9)
    quartet(tmp_path / "scores" / "b" / "short.musicxml", 5)
    (tmp_path / "scores" / "c.musicxml").write_text("not a score")
    song, *rejected = quartets.read(tmp_path)
    assert not isinstance(song, corpus.Rejected)
    assert song.name == "quartets/long/00"
    assert song.bars == 9
    assert song.notes[0][:4, :3].tolist() == [[0, 1, 72], [1, 2, 72], [3, 1, 72], [16, 16, 72]]
    assert song.notes[1][0, 2] == 48
    assert song.notes[2][:2, 2].tolist() == [64, 67]
    assert sorted(map(str, rejected))[0] == "fewer than 8 bars of 4/4 on end"
    assert sorted(map(str, rejected))[1].startswith("unreadable")


def test_a_corpus_is_written_and_its_rejections_counted(tmp_path: Path) -> None:
    midi(tmp_path / "original_midi" / "MIDI-1.mid", {n: [(0, 8, 90, 64)] for n in "SATB"})
    midi(tmp_path / "original_midi" / "MIDI-2.mid", {"S": [(0, 8, 90, 64)]})
    tally = corpus.write(chorales.read(tmp_path), tmp_path / "out")
    (written,) = (tmp_path / "out").glob("*.npz")
    song = load(written)
    assert tally.bars == {song.split: 2}
    assert tally.rejected == {"not for four voices": 1}
    assert str(tally).endswith("rejected: not for four voices: 1")
    assert song.bars == 2


def test_winds_and_horns_come_and_go_by_lot_and_stay_so() -> None:
    chord = [as_notes([(16 * bar, 16, pitch, 80) for bar in range(160)]) for pitch in (72, 67, 64, 48)]
    one, again = (scores.song("a", "a", chord, 160) for _ in range(2))
    phrases = one.provenance[:, 3:].reshape(20, 8, 2)
    assert (phrases == phrases[:, :1]).all()
    for voice in range(2):
        assert set(phrases[:, 0, voice].tolist()) == {ARRANGED, SILENT}
    assert all((a == b).all() for a, b in zip(one.notes, again.notes, strict=True))


def test_the_command_writes_songs_and_says_what_is_missing(tmp_path: Path) -> None:
    pytest.importorskip("partitura")
    data, out = tmp_path / "data", tmp_path / "songs"
    midi(data / "jsb_deepcomposer" / "original_midi" / "MIDI-1.mid", {n: [(0, 8, 90, 64)] for n in "SATB"})
    arguments = ["corpus", str(data), "--genre", "symphony", "--out", str(out)]
    refused = CliRunner().invoke(cli.train, arguments)
    assert refused.exit_code == 1
    assert "hauptstimme_scores" in refused.output
    (data / "hauptstimme_scores").mkdir()
    quartet(data / "openscore_string_quartets" / "scores" / "long.musicxml", 9)
    assert CliRunner().invoke(cli.train, arguments).output.startswith("2 songs, 11 bars")
    assert {song.genre for song in read_all(out)} == {"symphony"}


def test_a_data_set_is_read_from_its_folder_or_its_archive(tmp_path: Path) -> None:
    (tmp_path / "unpacked" / "tiny").mkdir(parents=True)
    (tmp_path / "unpacked" / "tiny" / "note.txt").write_text("la")
    with tarfile.open(tmp_path / "tiny.tar.xz", "w:xz") as archive:
        archive.add(tmp_path / "unpacked" / "tiny", "tiny")
    for folder in (tmp_path / "unpacked", tmp_path):
        with corpus.dataset(folder, "tiny") as found:
            assert (found / "note.txt").read_text() == "la"
    with (
        pytest.raises(FileNotFoundError, match=r"holds neither other/ nor other\.tar\.xz"),
        corpus.dataset(tmp_path, "other"),
    ):
        pass
