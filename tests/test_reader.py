"""A folder of MIDI files to songs: what is kept, what is refused and why, what is filled, which split."""

import os
from pathlib import Path

import mido
import numpy as np
import pytest

pytest.importorskip("pebble")

from bandmate.training import lines
from bandmate.training.gathering import crew, files, listing
from bandmate.training.gathering.filters import Filters
from bandmate.training.gathering.reader import Options, read_folder
from bandmate.training.gathering.splits import deal
from bandmate.training.reading.sheet import Sheet
from bandmate.training.songs import ARRANGED, REAL, SILENT, SPLITS, STYLE_PAIRED, Song, load, save, split_of

USUAL = ("drums", "bass", "chords", "colour")
STEP = 120
BARS = 12
TUNE = ((0, 3, 72), (4, 2, 74), (6, 4, 76), (11, 2, 74), (14, 2, 71), (16, 6, 72), (24, 2, 69), (27, 5, 67))


def tune(key=0):
    """The tune's shape follows the key's number, so that no two songs are alike."""
    rows = [(bar * 16 + s, n, p + (key * s + bar) % 11) for bar in range(0, BARS, 2) for s, n, p in TUNE]
    return "Lead", 65, rows


def bass():
    return "Bass", 33, [(s, 4, 40 + s // 16 % 3) for s in range(0, BARS * 16, 4)]


def piano():
    return "Piano", 0, [(s, 3, p) for s in range(0, BARS * 16, 4) for p in (55, 60, 64)]


def beat():
    return (
        "Kit",
        None,
        [(s, 1, p) for s in range(0, BARS * 16, 2) for p in ((36, 42) if s % 8 == 0 else (38, 42))],
    )


def write(path, tracks, up=0, metre=(4, 4), bpm=120):
    """A MIDI file of tracks (name, program or None for drums, rows of step, length, pitch)."""
    file = mido.MidiFile(ticks_per_beat=4 * STEP)
    head = mido.MidiTrack()
    head.append(mido.MetaMessage("time_signature", numerator=metre[0], denominator=metre[1]))
    head.append(mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(bpm)))
    file.tracks.append(head)
    for channel, (name, program, rows) in enumerate(tracks):
        channel = 9 if program is None else channel
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=name)])
        track.append(mido.Message("program_change", channel=channel, program=program or 0))
        shift = 0 if program is None else up
        events = [(s * STEP, "note_on", p + shift) for s, _, p in rows]
        events += [((s + n) * STEP, "note_off", p + shift) for s, n, p in rows]
        now = 0
        for at, kind, pitch in sorted(events, key=lambda event: (event[0], event[1] == "note_on")):
            track.append(mido.Message(kind, channel=channel, note=pitch, velocity=80, time=at - now))
            now = at
        file.tracks.append(track)
    path.parent.mkdir(parents=True, exist_ok=True)
    file.save(path)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Songs with everything, and one of each kind of trouble."""
    place = tmp_path_factory.mktemp("music") / "mine"
    for number in range(6):
        write(place / "full" / f"song{number}.mid", [tune(number), bass(), piano(), beat()], bpm=100 + number)
    write(place / "full" / "song0 (1).mid", [tune(0), bass(), piano(), beat()], up=3)
    write(place / "bare" / "no drums.mid", [tune(7), bass(), piano()])
    write(place / "bare" / "no tune.mid", [piano(), bass(), beat()])
    write(place / "bare" / "alone.mid", [tune(8)])
    write(place / "bare" / "waltz.mid", [tune(9), bass(), piano()], metre=(3, 4))
    (place / "broken.mid").write_bytes(b"RIFF, not music")
    (place / ".hidden.mid").write_bytes(b"")
    (place / "notes.txt").write_text("no music")
    return place


@pytest.fixture(scope="module")
def outcome(folder):
    return read_folder(folder, Options("rock", USUAL, processes=2))


def by_name(outcome):
    return {entry.name: entry for entry in outcome.entries}


def test_every_file_is_a_song_or_has_a_reason(outcome):
    reasons = {name: entry.reason for name, entry in by_name(outcome).items()}
    assert reasons == {
        **{f"full/song{number}": "" for number in range(6) if number},
        "bare/no drums": "",
        "full/song0": "",
        "full/song0 (1)": "the same as another",
        "bare/no tune": "no melody",
        "bare/alone": "fewer than 2 parts",
        "bare/waltz": "in 3/4",
        "broken": "not a MIDI file",
    }
    assert all((entry.song is None) == bool(entry.reason) for entry in outcome.entries)


def test_a_copy_in_another_key_is_named_with_its_twin(outcome):
    assert by_name(outcome)["full/song0 (1)"].twin == "full/song0"


def test_the_tally_counts_songs_bars_and_reasons(outcome):
    assert outcome.tally.songs.total() == 7
    assert outcome.tally.bars.total() == 7 * BARS
    assert outcome.tally.rejected == {
        "the same as another": 1,
        "no melody": 1,
        "fewer than 2 parts": 1,
        "in 3/4": 1,
        "not a MIDI file": 1,
    }


def test_a_song_has_its_melody_its_parts_and_its_chords(outcome):
    song = by_name(outcome)["full/song1"].song
    assert isinstance(song, Song)
    assert song.notes[0][:, :3].tolist() == sorted(list(row) for row in tune(1)[2])
    assert set(song.notes[1][:, 2].tolist()) == {36, 38, 42}
    assert song.notes[2][:, 2].max() < 48
    assert len(song.chords) == 4 * BARS


def test_provenance_tells_what_was_played_and_what_was_filled(outcome):
    real = by_name(outcome)["full/song1"].song
    assert (real.provenance[:, :4] == REAL).all()
    assert set(np.unique(real.provenance[:, 4])) <= {ARRANGED, SILENT}
    paired = by_name(outcome)["bare/no drums"].song
    assert (paired.provenance[:, 1] == STYLE_PAIRED).all()
    assert len(paired.notes[1]) > 0


def test_songs_are_saved_and_come_back(outcome, tmp_path):
    for piece in outcome.pieces:
        if isinstance(piece, Song):
            assert load(save(piece, tmp_path)).name == piece.name
    assert len(list(tmp_path.glob("*.npz"))) == 7


def test_the_number_of_processes_changes_nothing(folder, outcome):
    alone = read_folder(folder, Options("rock", USUAL, processes=1))
    assert [e.name for e in alone.entries] == [e.name for e in outcome.entries]
    for one, other in zip(alone.pieces, outcome.pieces, strict=True):
        if isinstance(one, Song):
            assert one.split == other.split
            assert all((a == b).all() for a, b in zip(one.notes, other.notes, strict=True))
            assert (one.provenance == other.provenance).all()


def test_corrections_are_read_kept_and_obeyed(folder, outcome, tmp_path):
    path = tmp_path / "mine.yaml"
    listing.write_corrections(outcome, path)
    text = path.read_text()
    assert '"full/song1":' in text
    text = text.replace('"full/song1":', '"full/song1":\n  melody: Piano\n  chords: none')
    path.write_text(text.replace('"full/song2":', '"full/song2":\n  skip: true'))
    told = []
    again = read_folder(
        folder,
        Options("rock", USUAL, corrections=path, filters=Filters(include=("full/*",))),
        lambda *progress: told.append(progress),
    )
    song = by_name(again)["full/song1"].song
    assert set(song.notes[0][:, 2].tolist()) == {64}
    assert len(song.notes[3]) == 0
    assert (song.provenance[:, 3] == SILENT).all()
    assert by_name(again)["full/song2"].reason == "left out by your corrections"
    assert by_name(again)["bare/alone"].reason == "not among the files to include"
    assert [done for done, _, _ in told] == list(range(1, 8))
    listing.write_corrections(again, path)
    assert "  melody: Piano\n" in path.read_text()


def test_a_wrong_track_stops_before_anything_is_made(folder, tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text('"full/song1":\n  melody: Leed\n"full/song2": {bass: 11}\n')
    options = Options("rock", USUAL, corrections=path, filters=Filters(include=("full/*",)))
    with pytest.raises(
        ValueError, match="line 2: melody: the song has no track 'Leed'; did you mean 'lead'"
    ) as told:
        read_folder(folder, options)
    assert "line 3: bass: the song has no track 11" in str(told.value)


def test_without_filling_a_song_must_have_all_its_parts(folder):
    options = Options("rock", USUAL, fill=False, filters=Filters(include=("no drums.mid",)))
    assert by_name(read_folder(folder, options))["bare/no drums"].reason == "no drums and no colour"


def test_nobody_to_pair_is_a_remark(folder):
    outcome = read_folder(folder, Options("rock", USUAL, filters=Filters(include=("no drums.mid",))))
    assert "name a folder of MIDI drums with --drums" in outcome.remarks[0]
    assert len(by_name(outcome)["bare/no drums"].song.notes[1]) == 0


def test_drums_come_from_the_folder_that_is_named(folder, tmp_path):
    rock = (
        "",
        None,
        [(s, 1, p) for s in range(0, BARS * 16, 2) for p in ((36, 51) if s % 8 == 0 else (38, 51))],
    )
    write(tmp_path / "drums" / "rock 120.mid", [rock])
    options = Options("rock", USUAL, drums=tmp_path / "drums", filters=Filters(include=("no drums.mid",)))
    song = by_name(read_folder(folder, options))["bare/no drums"].song
    assert set(song.notes[1][:, 2].tolist()) == {36, 38, 51}


def test_a_folder_of_no_drums_is_refused(folder, tmp_path):
    write(tmp_path / "drums" / "piano.mid", [piano()])
    options = Options("rock", USUAL, drums=tmp_path / "drums", filters=Filters(include=("no drums.mid",)))
    with pytest.raises(ValueError, match="drums"):
        read_folder(folder, options)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(ValueError, match="holds no music"):
        read_folder(tmp_path, Options("rock", USUAL))


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        (Filters(metres=("2/2",)), "in 4/4"),
        (Filters(tempo=(140, 200)), "slower than 140 beats a minute"),
        (Filters(tempo=(40, 90)), "faster than 90 beats a minute"),
        (Filters(fewest_bars=40), "fewer than 40 bars"),
        (Filters(metres=("4/4",), tempo=(100, 120), fewest_bars=32), ""),
    ],
)
def test_stretches_are_filtered(filters, reason):
    assert filters.refuse_sheet(Sheet("a", 32, "4/4", 120.0, 0.5, ())) == reason


@pytest.mark.parametrize(
    ("filters", "reason"),
    [
        (Filters(include=("ROCK/*",)), ""),
        (Filters(include=("pop/*", "song*")), ""),
        (Filters(include=("pop/*",)), "not among the files to include"),
        (Filters(exclude=("*.MID",)), "among the files to exclude"),
        (Filters(tags=("Rock",)), ""),
        (Filters(tags=("bossa", "swing")), "no tag bossa or swing"),
    ],
)
def test_files_are_filtered(filters, reason):
    assert filters.refuse_file("rock/song.mid", ("rock", "loud")) == reason


def test_names_are_safe_and_no_two_are_alike():
    paths = [
        "a/b.mid",
        "a-b.mid",
        "A/B.midi",
        "x.mid",
        "x.musicxml",
        "CON: <1>#2?.mid",
        ".../..mid",
        "é" * 200 + ".mid",
    ]
    names = [file.name for file in files.named((Path(p), p) for p in paths)]
    assert names[:6] == ["a/b", "a-b (2)", "A/B (3)", "x", "x (2)", "CON_ _1__2_"]
    assert all(len(name.replace("/", "-").encode()) < 200 for name in names)
    assert all(part not in ("", ".", "..") for name in names for part in name.split("/"))


def test_links_out_of_the_folder_are_not_followed(tmp_path):
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    write(outside / "secret.mid", [tune()])
    write(inside / "mine.mid", [tune()])
    os.symlink(outside / "secret.mid", inside / "linked.mid")
    os.symlink(outside, inside / "folder")
    os.symlink(inside / "mine.mid", inside / "again.mid")
    assert [file.relative for file in files.find(inside)] == ["again.mid", "mine.mid"]


@pytest.mark.parametrize("copy", ["Song (1)", "song copy", "SONG - Copy (2)", "song.2"])
def test_copies_are_kin(copy):
    found = {file.kin for file in files.named((Path(p), p) for p in ("song.mid", f"{copy}.mid"))}
    assert found == {"song"}


def test_numbered_songs_are_not_kin():
    assert (
        len({file.kin for file in files.named((Path(p), p) for p in ("take 1.mid", "take 2.mid", "001.mid"))})
        == 3
    )


def test_three_families_are_enough_for_every_split():
    for many in range(3, 40):
        dealt = deal(f"song {number}" for number in range(many))
        assert set(dealt.values()) == set(SPLITS)


def test_the_deal_follows_the_hash_where_it_can():
    names = [f"song {number}" for number in range(200)]
    assert deal(names) == {name: split_of(name) for name in deal(names)}
    assert deal(["one", "two"]) == {name: split_of(name) for name in ("one", "two")}


def test_a_crash_or_an_endless_task_costs_that_task_only():
    endless, crash = "__import__('threading').Event().wait()", "__import__('os')._exit(3)"
    done = dict(crew.each(eval, ["1 + 1", crash, endless, "2 + 2"], 2, 1.5))
    assert done == {
        0: 2,
        1: crew.Lost("its reader crashed"),
        2: crew.Lost("took longer than 1.5 seconds"),
        3: 4,
    }


def test_who_stops_listening_sends_the_workers_home():
    work = crew.each(eval, ["__import__('os').getpid()"] * 3, 1, 30)
    _, pid = next(work)
    work.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_hands_part_at_c3():
    bass_line, rest = lines.hands(
        lines.as_notes([(0, 4, 36, 80), (0, 4, 60, 80), (4, 4, 50, 80), (8, 4, 47, 80)])
    )
    assert bass_line[:, 2].tolist() == [36, 47]
    assert rest[:, 2].tolist() == [60, 50]
