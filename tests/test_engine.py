"""The engine in virtual time: what is played in, what the band plays and when."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import mido
import numpy as np
import pytest

from bandmate.bridge.events import NoteOff, Program, Stop
from bandmate.daemon.clock.source import Clock
from bandmate.daemon.engine.settings import Settings
from bandmate.daemon.leading.presence import Presence
from bandmate.daemon.sending.takes import MELODY, Take

C, F, G = ({(root + tone) % 12 for tone in (0, 4, 7)} for root in (0, 5, 7))


def test_with_nothing_played_no_note_leaves(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.pulses(1, 20), 30)
    assert heard.struck() == []
    assert heard.requests == []


def test_the_parts_programs_are_sent_at_the_start_unless_turned_off(stage: Any) -> None:
    sounds = [Program(2, 34), Program(3, 5), Program(4, 49)]
    assert stage.play([], 1).sent == [(0.0, event) for event in sounds]
    assert stage.play([], 1, settings=Settings(programs=False)).sent == []


@pytest.mark.parametrize(("struck", "enters"), [(1.0, 2.0), (7.3, 8.3)])
def test_on_our_own_clock_the_first_note_is_the_downbeat_and_the_band_enters_on_the_next_beat(
    stage: Any, scores: ModuleType, struck: float, enters: float
) -> None:
    heard = stage.play(scores.note(struck, 72, 8), struck + 8)
    assert heard.struck(scores.KICK) == pytest.approx([enters + k for k in range(7)], abs=1e-3)


@pytest.mark.parametrize(
    ("struck", "enters"), [(2.0, 3.0), (2.25, 3.0), (2.9, 3.0), (2.97, 4.0), (3.75, 4.0)]
)
def test_on_the_daws_clock_the_band_enters_on_the_beat_after_the_first_note(
    stage: Any, scores: ModuleType, struck: float, enters: float
) -> None:
    heard = stage.play(scores.pulses(0.01, 12) + scores.note(struck + 0.01, 72, 4), 10)
    assert heard.struck()[0] == pytest.approx(enters + 0.01, abs=0.002)


def test_every_note_starts_on_a_step_of_the_grid(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune([72, 74, 76, 77] * 4, length=0.5), 8)
    assert len(heard.struck()) > 20
    assert all((4 * beat) % 1 == 0 for beat in heard.struck())
    assert heard.engine.band.desk.dropped == 0


def test_the_chords_follow_the_melody_of_the_beat_before(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.tune([72] * 4 + [67] * 4 + [65] * 4), 13)
    chords = heard.chords()
    assert [chords[beat] for beat in scores.beats(1, 4)] == [C] * 4
    assert [chords[beat] for beat in scores.beats(5, 8)] == [G] * 4
    assert [chords[beat] for beat in scores.beats(9, 12)] == [F] * 4


def test_when_the_player_is_silent_for_two_bars_the_band_winds_down_and_stops_at_the_bar_line(
    stage: Any, scores: ModuleType
) -> None:
    heard = stage.play(scores.note(0, 72, 5), 30)
    assert max(heard.struck()) == 15.0
    assert heard.sounding(16.01) == set()
    densities = [request.controls[0] for request in heard.requests]
    firsts = [request.first for request in heard.requests]
    usual = scores.preset().parts[0].density
    ending = [f for f, density in zip(firsts, densities, strict=True) if f > 32 and density < usual]
    assert ending == [52, 56, 60]


def test_the_least_patient_part_rests_first_and_each_at_a_bar_line(stage: Any, scores: ModuleType) -> None:
    chosen = scores.preset()
    bars = (3, 2, 1, 0)
    parts = tuple(replace(part, patience=n) for part, n in zip(chosen.parts, bars, strict=True))
    heard = stage.play(scores.note(0, 72, 3), 40, replace(chosen, parts=parts))
    last = [max(heard.struck(part.channel)) for part in parts]
    assert last == [15.0, 11.0, 7.0, 3.0]


def test_while_the_clock_runs_on_the_band_is_twice_as_patient(stage: Any, scores: ModuleType) -> None:
    calls = [(0, lambda engine, now: engine.run(now))]
    assert max(stage.play(scores.note(0.25, 72, 5), 60, calls=calls).struck()) == 23.0
    assert max(stage.play(scores.note(0.25, 72, 5), 60).struck()) == 15.25


def test_patience_is_longer_than_the_memory_of_notes(stage: Any, scores: ModuleType) -> None:
    chosen = scores.preset()
    parts = tuple(replace(part, patience=12) for part in chosen.parts)
    heard = stage.play(scores.note(0, 72, 3), 70, replace(chosen, parts=parts))
    assert max(heard.struck()) == 51.0


def test_a_player_who_comes_back_in_time_finds_the_band_playing(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 4) + scores.note(14.5, 67, 4), 18)
    assert heard.struck(scores.KICK) == scores.beats(1, 17)


def test_after_a_rest_the_next_note_is_the_new_downbeat(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 4) + scores.note(25.37, 65, 4), 31)
    later = [beat for beat in heard.struck(scores.KICK) if beat > 20]
    assert later == pytest.approx([26.37, 27.37, 28.37, 29.37, 30.37], abs=1e-3)
    first = next(request for request in heard.requests if request.first > 100)
    assert first.beat_in_bar == 1
    assert len(first.beats.features) > 8, "it is the same performance"


def test_set_running_the_song_goes_on_through_a_rest(stage: Any, scores: ModuleType) -> None:
    score = scores.note(0, 72, 4) + scores.note(25.25, 65, 4)
    heard = stage.play(score, 31, calls=[(0, lambda engine, now: engine.run(now))])
    assert [beat for beat in heard.struck(scores.KICK) if beat > 20] == scores.beats(26, 30)


def test_the_status_tells_bar_beat_presence_and_chords(stage: Any, scores: ModuleType) -> None:
    seen = []
    looks = [(beat, lambda engine, now: seen.append(engine.status(now))) for beat in (0.5, 6.5, 16.5, 40)]
    stage.play(scores.note(1, 72, 7), 41, calls=looks)
    told = [(s.bar, s.beat, s.presence, s.chords) for s in seen]
    assert told[0] == (0, 0, Presence.RESTING, ())
    assert told[1][:3] == (2, 2, Presence.PLAYING)
    assert told[1][3][0] == "C"
    assert told[2][:3] == (4, 4, Presence.ENDING)
    assert told[3] == (0, 0, Presence.RESTING, ())
    assert [s.bpm for s in seen] == pytest.approx([120] * 4)


def test_the_same_arrivals_and_seed_give_the_same_events(
    stage: Any, scores: ModuleType, toys: ModuleType
) -> None:
    score, chosen = scores.tune([72, 76, 79, 77] * 4), scores.preset(variation=1.0)
    first = stage.play(score, 20, chosen, Settings(seed=4))
    again = scores.Stage(toys).play(score, 20, chosen, Settings(seed=4))
    assert first.sent == again.sent
    other = stage.play(score, 20, chosen, Settings(seed=5))
    assert first.sent != other.sent


def test_a_phrase_keeps_its_noise_and_the_next_has_another(stage: Any, scores: ModuleType) -> None:
    melody = [60 + 5 * beat * beat % 17 for beat in range(40)]
    heard = stage.play(scores.tune(melody), 40, settings=Settings(seed=9))
    phrases = {request.first: request.origins[0].phrase for request in heard.requests}
    assert {phrases[first] for first in range(4, 128, 4)} == {0}
    assert {phrases[first] for first in range(128, 156, 4)} == {1}
    assert {request.seed for request in heard.requests} == {9}


def test_a_swung_preset_plays_its_off_beats_late(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 8), 8, scores.preset(swing=2 / 3))
    ends = {round(b % 1, 3) for b, e in heard.sent if isinstance(e, NoteOff) and e.channel == scores.KICK}
    assert ends == {round(8 / 24, 3)}
    assert {b % 1 for b in heard.struck()} == {0.0}


def test_a_swung_note_of_the_player_is_heard_on_its_step(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(
        scores.tune([72] * 2) + scores.note(2 + 16 / 24, 72, 0.3), 4, scores.preset(swing=2 / 3)
    )
    last = next(request for request in heard.requests if request.first == 12)
    assert np.flatnonzero(last.melody[2].any(1))[:3].tolist() == [0, 4, 10]


def test_our_own_tempo_can_change(stage: Any, scores: ModuleType) -> None:
    heard = stage.play(scores.note(0, 72, 8), 8, calls=[(4.0, lambda engine, now: engine.tempo(240, now))])
    assert heard.struck(scores.KICK) == [1.0, 2.0, 3.0, 4.0, 4.5, 5.0, 5.5, 6.0, 6.5, 7.0, 7.5]


def test_the_take_is_what_was_played(stage: Any, scores: ModuleType, tmp_path: Path) -> None:
    chosen = scores.preset()
    take = Take([(p.name, p.channel, p.program) for p in chosen.parts])
    heard = stage.play(scores.tune([72] * 4 + [67] * 4), 8.9, chosen, take=take)
    assert [n[2] for n in take.notes(MELODY)] == [72] * 4 + [67] * 4
    assert [n[0] / 24 for n in take.notes(1)] == heard.struck(scores.KICK)
    assert [text for _, text in take.markers] == ["C", "G"]
    take.write(tmp_path / "take.mid")
    tracks = mido.MidiFile(tmp_path / "take.mid").tracks
    assert [track.name for track in tracks][1:] == ["melody", "drums", "bass", "keys", "strings"]


def test_a_key_held_over_stop_ends_there_in_the_take(stage: Any, scores: ModuleType) -> None:
    take = Take([(p.name, p.channel, p.program) for p in scores.preset().parts])
    score = [*scores.pulses(0, 4), (4.0, Stop()), *scores.note(1.0, 72, 9)]
    stage.play([*score, *scores.pulses(20, 8)], 28, take=take)
    begin, length, pitch, _ = take.notes(MELODY)[0]
    assert (pitch, round(begin / 24), round((begin + length) / 24)) == (72, 1, 4)
    assert all(length > 0 for voice in range(5) for _, length, *_ in take.notes(voice))


@pytest.mark.parametrize("clock", [Clock.INTERNAL, Clock.MIDI])
def test_a_clock_of_ones_choice(stage: Any, scores: ModuleType, clock: Clock) -> None:
    score = scores.note(1, 72, 8)
    own = stage.play(score, 6, settings=Settings(clock=clock)).struck()
    assert bool(own) is (clock is Clock.INTERNAL)
