"""The user's word on who plays what: read, checked, and never lost."""

import pytest
import yaml

from bandmate.presets.document import Mistakes
from bandmate.training import whole
from bandmate.training.gathering import corrections
from bandmate.training.gathering.corrections import Correction
from bandmate.training.lines import as_notes
from bandmate.training.reading.sheet import Instrument

ROLES = ("melody", "drums", "bass", "chords", "colour")
SONGS = ("rock/one", "rock/two", 'odd "name": yes')


def read(text):
    mistakes = Mistakes()
    found = corrections.read(text, SONGS, ROLES, mistakes)
    return found, mistakes.told("mine.yaml") if mistakes else ""


def resolve(roles, drums=frozenset({"drums"})):
    tracks = [("Lead", False), ("Gtr", False), ("Gtr", False), ("Kit", True)]
    band = [Instrument(n, name, 0, kit, as_notes([])) for n, (name, kit) in enumerate(tracks, 1)]
    return corrections.resolved(Correction(roles, dict.fromkeys(roles, 7)), band, drums)


def test_a_correction_is_read_field_by_field():
    found, told = read("rock/one: {melody: 3, bass: [4, Low], colour: none, skip: true, tags: [a, b]}")
    assert told == ""
    one = found["rock/one"]
    assert one.roles == {"melody": (3,), "bass": (4, "Low"), "colour": ()}
    assert (one.skip, one.tags) == (True, ("a", "b"))


def test_a_song_with_nothing_under_it_says_nothing():
    found, told = read('"rock/one":\n  #| 1 Piano\n  #melody: 2\n')
    assert told == ""
    assert found["rock/one"] == Correction()


def test_the_second_stretch_of_a_song_may_be_spoken_of():
    found, told = read('"rock/one#2": {melody: 2}')
    assert told == ""
    assert found["rock/one#2"].roles == {"melody": (2,)}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rock/on: {melody: 1}", "line 1: rock/on: no such song; did you mean 'rock/one'?"),
        ("rock/one:\n  melodi: 1", "line 2: rock/one.melodi: no such field; did you mean 'melody'?"),
        ("rock/one:\n  melody: 1.5", "line 2: rock/one.melody must be a word, a whole number, or a list"),
        ("rock/one: {skip: maybe}", "rock/one.skip must be true or false"),
        ("rock/one: [3]", "rock/one must be fields"),
        ("rock/one: {melody", "this is not YAML"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(text, sentence):
    assert sentence in read(text)[1]


def test_tracks_go_by_number_or_by_name_and_a_name_may_be_two():
    plays, faults = resolve({"melody": ("lead",), "chords": ("Gtr", 2), "drums": (4,), "bass": ()})
    assert faults == []
    assert plays == {"melody": (1,), "chords": (2, 3), "drums": (4,), "bass": ()}


@pytest.mark.parametrize(
    ("role", "track", "sentence"),
    [
        ("melody", 9, "melody: the song has no track 9; it has 1, 2, 3, 4"),
        ("melody", "Leed", "melody: the song has no track 'Leed'; did you mean 'lead'?"),
        ("melody", 4, "melody: track 4 is a drum kit"),
        ("drums", 2, "drums: track 2 is no drum kit"),
    ],
)
def test_a_wrong_track_is_told(role, track, sentence):
    assert resolve({role: (track,)})[1] == [(7, sentence)]


def test_a_stretch_has_the_last_word_over_its_file():
    both = Correction({"melody": (1,)}, {"melody": 3}, tags=("a",)).over(
        Correction({"melody": (2,), "bass": (4,)}, {"melody": 1, "bass": 1}, skip=True)
    )
    assert both.roles == {"melody": (1,), "bass": (4,)}
    assert (both.skip, both.tags) == (True, ("a",))


def test_what_is_written_is_read_back_as_nothing_said():
    text = corrections.written("", {song: ["#| 1 Piano, 3 notes: melody", "#melody: 1"] for song in SONGS})
    assert yaml.safe_load(text) == dict.fromkeys(SONGS)
    assert read(text) == ({song: Correction() for song in SONGS}, "")


def test_a_line_without_its_sign_is_a_correction():
    text = corrections.written("", {"rock/one": ["#| 1 Piano", "#melody: 1", "#bass: [2, 3]"]})
    found, told = read(text.replace("  #melody: 1", "  melody: 4"))
    assert told == ""
    assert found["rock/one"].roles == {"melody": (4,)}


def test_what_the_user_wrote_stays_and_what_was_found_is_new():
    old = (
        "# my own words\n"
        '"rock/one":\n  #| 1 old\n  #melody: 1\n  melody: 4  # surely\n  # a thought\n\n'
        "rock/two: {skip: true}\n"
        '"rock/one#2":\n  bass: none\n'
    )
    new = corrections.written(old, {"rock/one": ["#| 1 new", "#melody: 4"], "rock/two": [], SONGS[2]: []})
    for kept in ("# my own words", "  melody: 4  # surely", "  # a thought", "rock/two: {skip: true}"):
        assert kept in new.splitlines()
    assert "#| 1 new" in new
    assert "old" not in new.replace("# my own words", "")
    before, after = read(old)[0], read(new)[0]
    assert {song: after[song].roles for song in before} == {song: before[song].roles for song in before}
    assert after["rock/two"].skip
    assert (
        corrections.written(new, {"rock/one": ["#| 1 new", "#melody: 4"], "rock/two": [], SONGS[2]: []})
        == new
    )


def test_a_song_that_is_gone_leaves_with_its_comments_only():
    old = '"rock/gone":\n  #| 1 Piano\n  #melody: 1\n'
    assert "rock/gone" not in corrections.written(old, {"rock/one": []})
    assert "rock/gone" in corrections.written(old + "  skip: true\n", {"rock/one": []})


def test_the_file_is_written_whole(tmp_path):
    path = tmp_path / "new" / "mine.yaml"
    whole.write(path, "a\n")
    whole.write(path, "b\n")
    assert path.read_text() == "b\n"
    assert list(path.parent.iterdir()) == [path]
