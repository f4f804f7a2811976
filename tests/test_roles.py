"""Who plays what: small sheets, each with one thing to find."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bandmate.training.lines import as_notes, moved
from bandmate.training.reading import parts as band
from bandmate.training.reading import roles
from bandmate.training.reading.casting import voices
from bandmate.training.reading.families import named
from bandmate.training.reading.sheet import Instrument, Sheet

USUAL = band.parts(("drums", "bass", "chords", "colour"))
POP = band.parts(("drums", "bass", "keys", "strings"))
MELODY, DRUMS, BASS, CHORDS, COLOUR = range(5)
BARS = 8
TUNE = ((0, 3, 72), (4, 2, 74), (6, 4, 76), (11, 2, 74), (14, 2, 71), (16, 6, 72), (24, 2, 69), (27, 5, 67))


def tune(first=0, last=BARS, up=0):
    """A tune of two bars, again and again."""
    rows = [(bar * 16 + s, n, p + up, 80) for bar in range(first, last, 2) for s, n, p in TUNE]
    return as_notes([row for row in rows if row[0] < last * 16])


def root(low=40):
    return as_notes([(step, 4, low + 5 * (step // 32 % 2), 80) for step in range(0, BARS * 16, 4)])


def comping():
    return as_notes([(s, 3, p, 70) for s in range(0, BARS * 16, 4) for p in (55, 60, 64)])


def pad():
    return as_notes([(s, 16, p, 60) for s in range(0, BARS * 16, 16) for p in (60, 64, 67)])


def beat():
    return as_notes([(s, 1, p, 90) for s in range(0, BARS * 16, 4) for p in (36 if s % 8 == 0 else 38, 42)])


def sheet(*tracks):
    """Tracks of (name, program, notes), a drum kit where the program is `drums`."""
    made = [
        Instrument(n, name, None if program == "drums" else program, program == "drums", notes)
        for n, (name, program, notes) in enumerate(tracks, 1)
    ]
    return Sheet("test/song", BARS, "4/4", 120.0, 0.5, tuple(made))


BAND = (("", 25, comping()), ("", 80, tune()), ("", 33, root()), ("", "drums", beat()), ("", 48, pad()))


def test_an_unnamed_band_is_found_by_its_sounds_and_its_playing():
    found = roles.find(sheet(*BAND), USUAL)
    assert found.players == ((2,), (4,), (3,), (1,), (5,))
    assert found.missing == ()


def test_every_assignment_says_why():
    found = roles.find(sheet(*BAND), USUAL)
    assert "program 33 Fingered Bass" in found.why[3]
    assert "the lowest in 100%" in found.why[3] or "program" in found.why[3]
    assert found.why[4] == "a drum kit"
    assert set(found.why) == {1, 2, 3, 4, 5}


def test_without_sounds_the_playing_decides():
    bare = [(name, "drums" if program == "drums" else None, notes) for name, program, notes in BAND]
    found = roles.find(sheet(*bare), USUAL)
    assert found.players == ((2,), (4,), (3,), (1,), (5,))


@pytest.mark.parametrize("name", ["Lead Guitar", "MELODY", "vocals", "Melodia", "Gesang", "LeadVox 1"])
def test_a_name_outweighs_a_better_tune(name):
    tracks = [("Piano", 0, comping()), ("x", 73, tune(up=5)), (name, 26, tune(up=-7)), ("Bass", 33, root())]
    found = roles.find(sheet(*tracks), USUAL)
    assert found.players[MELODY] == (3,)
    assert f"named '{name}'" in found.why[3]


@pytest.mark.parametrize("name", ["Lead 2 (sawtooth)", "Square Lead", "Solo Vox"])
def test_the_name_of_a_sound_is_no_word_of_the_user(name):
    steady = as_notes([(s, 2, 60 + s // 2 % 3 * 4, 70) for s in range(0, BARS * 16, 2)])
    found = roles.find(sheet((name, 81, steady), ("flute", 73, tune()), ("Bass", 33, root())), USUAL)
    assert found.players[MELODY] == (2,)


def test_a_title_that_every_track_bears_says_nothing():
    titled = [("Lead me home", program, notes) for _, program, notes in BAND]
    assert roles.find(sheet(*titled), USUAL).players[MELODY] == (2,)


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("Bass Guitar", "bass"),
        ("Synth Bass 1", "bass"),
        ("Bass Clarinet", "clarinet"),
        ("Bassoon", "bassoon"),
        ("Baixo 01", "bass"),
        ("Gitarre", "guitar"),
        ("Streicher", "strings"),
        ("SSTRINGS2", "strings"),
        ("Bass Drum", "drums"),
    ],
)
def test_names_are_understood_in_several_languages(name, family):
    found = named(name)
    assert found is not None
    assert found.name == family


@pytest.mark.parametrize("name", ["Melody", "Track 7", "", "Staff-1"])
def test_some_names_speak_of_no_instrument(name):
    assert named(name) is None


def test_no_tune_no_melody():
    found = roles.find(sheet(("", 30, comping()), ("", 33, root()), ("", 89, pad())), USUAL)
    assert found.players[MELODY] == ()


def test_missing_parts_are_named_in_the_words_of_the_recipe():
    found = roles.find(sheet(("Lead", 73, tune()), ("Piano", 0, tune(up=-12))), POP)
    assert "drums" in found.missing
    assert "bass" in found.missing
    assert "strings" in found.missing


def test_leads_that_take_turns_are_one_melody():
    tracks = [("Lead", 65, tune(0, 4)), ("Lead", 48, tune(4, 8)), ("Piano", 0, comping()), ("", 33, root())]
    song = sheet(*tracks)
    found = roles.find(song, USUAL)
    assert sorted(found.players[MELODY]) == [1, 2]
    melody = voices(song, found)[MELODY]
    assert melody is not None
    assert melody.tolist() == tune().tolist()


def test_leads_that_clash_are_not_merged():
    found = roles.find(sheet(("Lead", 65, tune()), ("Lead 2", 65, tune(up=4)), ("Bass", 33, root())), USUAL)
    assert found.players[MELODY] == (1,)
    assert 2 not in found.players[BASS]


def test_a_track_in_unison_is_set_aside():
    found = roles.find(sheet(*BAND, ("copy", 25, comping())), USUAL)
    assert found.roles(6) == () or found.roles(1) == ()
    assert any(why.startswith("plays the same as") for why in found.why.values())


@pytest.mark.parametrize("echo", [tune(up=12), moved(tune(), 3), moved(tune(up=-12), 4)], ids=str)
def test_what_follows_the_melody_note_by_note_is_no_part(echo):
    tracks = [("Lead", 80, tune()), ("", 48, echo), ("Piano", 0, comping()), ("Bass", 33, root())]
    found = roles.find(sheet(*tracks), USUAL)
    assert found.roles(2) == ()
    assert found.why[2] == "follows 1 note by note"


def test_all_drum_tracks_play_the_drums():
    hats = as_notes([(s, 1, 42, 60) for s in range(0, BARS * 16, 2)])
    found = roles.find(sheet(*BAND, ("hats", "drums", hats)), USUAL)
    assert sorted(found.players[DRUMS]) == [4, 6]


def test_a_pitched_track_is_never_drums_and_drums_are_never_pitched():
    found = roles.find(sheet(("Drums", 118, comping()), ("Lead", 73, tune()), ("", "drums", beat())), USUAL)
    assert found.players[DRUMS] == (3,)
    assert all(3 not in found.players[role] for role in (MELODY, BASS, CHORDS, COLOUR))


def test_a_piano_without_a_bass_player_is_parted_into_its_hands():
    piano = as_notes([*root(36).tolist(), *comping().tolist()])
    song = sheet(("Voice", 52, tune()), ("Piano", 0, piano))
    found = roles.find(song, POP)
    assert found.players[BASS] == found.players[3] == (2,)
    played = voices(song, found)
    assert played[BASS] is not None
    assert played[3] is not None
    assert set(played[BASS][:, 2].tolist()) == {36, 41}
    assert played[3][:, 2].min() == 55


def test_what_the_user_wants_is_done():
    found = roles.find(sheet(*BAND), USUAL, {MELODY: (5,), COLOUR: (2,), BASS: ()})
    assert found.players[MELODY] == (5,)
    assert found.players[COLOUR] == (2,)
    assert found.players[BASS] == ()
    assert found.why[5] == "as you said"
    assert found.missing == ()
    bass = voices(sheet(*BAND), found)[BASS]
    assert bass is not None
    assert len(bass) == 0


def test_melody_and_bass_are_one_note_at_a_time_and_chords_keep_theirs():
    played = voices(sheet(*BAND), roles.find(sheet(*BAND), USUAL))
    for role, together in ((MELODY, 1), (BASS, 1), (CHORDS, 3)):
        notes = played[role]
        assert notes is not None
        assert np.unique(notes[:, 0], return_counts=True)[1].max() == together


def test_an_orchestra_is_dealt_by_instrument():
    strings = band.parts(("cellos", "violas", "violins", "horns"))
    tracks = [
        ("Flute", 73, tune(up=7)),
        ("Violins II", 40, pad()),
        ("Violas", 41, pad()[:, :] - [0, 0, 5, 0]),
        ("Violoncello", 42, root(43)),
        ("Corni in F", 60, pad() - [0, 0, 7, 0]),
    ]
    found = roles.find(sheet(*tracks), strings)
    assert found.players == ((1,), (4,), (3,), (2,), (5,))


def test_parts_are_known_by_kind_or_instrument():
    made = band.parts(("drums", "Upright Bass", "Rhodes", "Horns"))
    assert [part.kind for part in made] == ["drums", "bass", "chords", "colour"]


def test_an_unknown_part_is_refused_with_the_kinds_that_are_known():
    with pytest.raises(ValueError, match="drums, bass, chords, colour"):
        band.parts(("drums", "bass", "kazzoo", "colour"))


def test_parts_must_differ():
    with pytest.raises(ValueError, match="names that differ"):
        band.parts(("drums", "bass", "Bass", "keys"))


def test_the_melody_is_no_part():
    with pytest.raises(ValueError, match="'melody' is unknown"):
        band.parts(("melody", "bass", "keys", "drums"))


def test_a_kit_by_another_name_is_refused():
    with pytest.raises(ValueError, match="call it 'drums'"):
        band.part("percussion")


def test_roles_are_dealt_for_the_best_total():
    greedy_would_take = {1: {0: 5.0, 1: 4.5}, 2: {0: 4.0, 1: -1.0}}
    assert roles.best(greedy_would_take) == {1: 1, 2: 0}


@given(st.lists(st.lists(st.floats(-3, 3), min_size=3, max_size=3), max_size=4))
def test_no_other_deal_is_better(table):
    scores = {n: dict(enumerate(row)) for n, row in enumerate(table)}
    dealt = roles.best(scores)
    ways = itertools.product([None, 0, 1, 2], repeat=len(table))
    fair = [w for w in ways if len({r for r in w if r is not None}) == sum(r is not None for r in w)]
    totals = [sum(scores[n][r] for n, r in enumerate(w) if r is not None) for w in fair]
    assert sum(scores[n][r] for n, r in dealt.items()) == pytest.approx(max(totals))
    assert len(set(dealt.values())) == len(dealt)


def test_the_melody_is_not_its_echo():
    tracks = [("echo", 80, moved(tune(), 2)), ("", 80, tune()), ("", 80, moved(tune(), 4)), ("", 33, root())]
    found = roles.find(sheet(*tracks), USUAL)
    assert found.players[MELODY] == (2,)
    assert found.why[1] == found.why[3] == "follows 2 note by note"
