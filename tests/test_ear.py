"""The ear, untaught: its laws hold before it has learned anything."""

from pathlib import Path

import numpy as np
import pytest

from bandmate.models import listening
from bandmate.models.contract import Card
from bandmate.models.generator import Ear as Played
from bandmate.models.harmony import NONE, Reluctance
from bandmate.training import lines
from bandmate.training.songs import Song

torch = pytest.importorskip("torch")

from bandmate.training.ear import export as ear_export
from bandmate.training.ear import fit as ear_fit
from bandmate.training.ear import lessons, settling
from bandmate.training.ear import score as ear_score
from bandmate.training.ear.network import STATE, Ear
from bandmate.training.fitting import loop
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together

TUNE = (60, 60, 67, 67, 69, 69, 67, -1, 65, 65, 64, 64, 62, 62, 60, -1)


def song(up: int = 0, repeats: int = 3) -> Song:
    """A tune in quarters, bars of I and IV under it, all moved up by some semitones."""
    tune = [(4 * b, 3, p + up, 90) for b, p in enumerate(TUNE * repeats) if p >= 0]
    bars = 4 * repeats
    bass = [(16 * b, 16, 36 + 5 * (b % 2) + up, 80) for b in range(bars)]
    chords = np.repeat([up % 12, (5 + up) % 12] * (bars // 2), 4).astype(np.uint8)
    silent = lines.as_notes([])
    notes = (lines.as_notes(tune), silent, lines.as_notes(bass), silent, silent)
    return Song(f"tiny/{up}", "pop", "train", notes, chords, np.zeros((bars, 5), np.uint8))


@pytest.fixture(scope="module")
def ear() -> Ear:
    torch.manual_seed(7)
    return Ear().eval()


def turned(chord: np.ndarray, up: int) -> np.ndarray:
    """Chord probabilities [..., 25] moved up by some semitones."""
    return np.concatenate(
        [np.roll(chord[..., :12], up, -1), np.roll(chord[..., 12:24], up, -1), chord[..., 24:]], -1
    )


@pytest.mark.parametrize("up", [1, 5, 11])
@pytest.mark.parametrize("known", [0, 2])
def test_a_melody_moved_up_moves_the_answer_up(ear: Ear, up: int, known: int) -> None:
    here = ear_score.guess(ear, lessons.lesson(song(), 2), known)
    high = lessons.lesson(song(up), 2)
    heights = np.arange(4) * listening.STEP_SIZE + 24
    high.beat[:, heights] = lessons.lesson(song(), 2).beat[:, heights]
    there = ear_score.guess(ear, high, known)
    assert np.abs(turned(here.chord, up) - there.chord).max() < 1e-5
    assert np.abs(np.roll(here.melody, up, -1) - there.melody).max() < 1e-5
    assert np.abs(here.chord - there.chord).max() > 1e-4


def test_no_completed_beat_leaves_the_state(ear: Ear) -> None:
    offer = {name: torch.from_numpy(value) for name, value in ear_export.examples(1).items()}
    playable = ear_export.Playable(ear)
    assert not torch.allclose(playable(**offer)[0], offer["state"])
    offer["beat_phase"] = torch.zeros(1, listening.PHASES)
    assert torch.equal(playable(**offer)[0], offer["state"])


def test_answers_are_probabilities(ear: Ear) -> None:
    chord, melody = ear_score.guess(ear, lessons.lesson(song(), 2), 0).__dict__.values()
    assert np.abs(chord.sum(-1) - 1).max() < 1e-5
    assert ((melody.sum(-1) > 0) & (melody.sum(-1) <= 1)).all()


def test_the_file_as_played_says_beat_by_beat_what_the_network_says_of_the_whole_line(
    ear: Ear,
) -> None:
    data = ear_export.to_bytes(ear, Card(kind="ear", genre="pop"))
    assert ear_export.parity(ear, data, "tiny-ear.onnx") < 1e-4
    played = Played(data, "tiny-ear.onnx")
    assert played.card.genre == "pop"
    assert played.state_size == STATE
    of = song()
    whole = [ear_score.guess(ear, lessons.lesson(of, 2), known) for known in (0, 1)]
    pitch, onset = lines.line(of.notes[0], of.steps)
    listener, state = listening.Listener(), played.silence()
    beat, beat_phase = np.zeros(listening.BEAT_SIZE, np.float32), np.zeros(listening.PHASES, np.float32)
    for at in range(len(of.chords)):
        for known in (0, 1):
            span = slice(4 * at, 4 * at + known)
            said = played.run(
                {
                    "state": state[None],
                    "beat": beat[None],
                    "beat_phase": beat_phase[None] * (known == 0),
                    "partial": listening.partial(pitch[span], onset[span], listener.since)[None],
                    "known": np.eye(4, dtype=np.float32)[[known]],
                    "phase": listening.phase(at % 4, at // 4)[None],
                }
            )
            state = said.state
            assert np.abs(said.chord - whole[known].chord[at]).max() < 1e-4
            assert np.abs(said.melody - whole[known].melody[at]).max() < 1e-4
        beat = listener.beat(pitch[4 * at : 4 * at + 4], onset[4 * at : 4 * at + 4])
        beat_phase = listening.phase(at % 4, at // 4)


def test_what_is_still_to_come_changes_no_answer(ear: Ear) -> None:
    of = lessons.lesson(song(), 2)
    now = 20
    changed = of._replace(beat=of.beat.copy())
    changed.beat[now:] += 1
    before, after = (ear_score.guess(ear, one, 0).chord for one in (of, changed))
    assert np.array_equal(before[: now + 1], after[: now + 1])
    assert not np.array_equal(before[now + 1 :], after[now + 1 :])


def test_an_excerpt_tells_the_truth_and_nothing_outside_the_song() -> None:
    of = lessons.lesson(song(repeats=1), 2)
    known = np.array([0, 3, 1, 0])
    row = lessons.Batch(*lessons.excerpt(of, 14, 4, known))
    assert row.chord[0].tolist() == [5, 5] + [lessons.UNKNOWN] * 6
    assert row.past[0].tolist() == [5, 5, 0, 0, 0, 0, 5, 5]
    assert (row.chord[2:] == lessons.UNKNOWN).all()
    assert row.bass.tolist() == [5, 5, lessons.UNKNOWN, lessons.UNKNOWN]
    assert not row.partial[0].any()
    assert row.melody[0, 0, 0] == 0.75
    assert (row.melody[1, 1:] == -1).all()


def test_a_perfect_harmony_has_perfect_figures() -> None:
    of = song()
    real = ear_score.Figures()
    real.add(of, np.repeat(of.chords.astype(np.int64), 4))
    figures = real.named()
    assert figures["in-gt"] == 1
    assert figures["chg/b"] == round(11 / 48, 3)
    assert figures["on13"] == 1
    sung = [0, 0, 7, 7, 9, 9, 7, 5, 5, 4, 4, 2, 2, 0]
    under = [0] * 4 + [5] * 3 + [0] * 4 + [5] * 3
    triads = {0: {0, 4, 7}, 5: {5, 9, 0}}
    assert figures["mel-in"] == round(sum(s in triads[u] for s, u in zip(sung, under, strict=True)) / 14, 3)


def course(updates: int = 8) -> ear_fit.EarCourse:
    recipe = Recipe(ear_updates=updates, ear_batch=4, ear_beats=32, ear_rate=5e-3, save_every=3)
    return ear_fit.EarCourse([lessons.lesson(song(up), 2) for up in (0, 3)], recipe, Together("cpu"))


def test_an_ear_learns() -> None:
    taught = course(60)
    before = ear_fit.validate(taught.ear, taught.lessons)
    while not taught.done:
        taught.advance()
    assert ear_fit.validate(taught.ear, taught.lessons) < 0.9 * before


def test_an_ear_goes_on_where_it_stopped_to_the_same_curve(tmp_path: Path) -> None:
    curves: dict[str, list[float]] = {"whole": [], "killed": [], "resumed": []}

    def tell(name: str) -> loop.Tell:
        return lambda step, losses: curves[name].append(losses["ear"])

    whole, killed, resumed = course(), course(), course()
    loop.fit(whole, tmp_path / "whole", tell("whole"))
    for _ in range(5):  # as the loop does it, up to a kill: the checkpoint is of update 3
        tell("killed")(killed.step, killed.advance())
        if killed.step == 3:
            killed.save(tmp_path / loop.LATEST)
    resumed.load(tmp_path / loop.LATEST)
    loop.fit(resumed, tmp_path, tell("resumed"))
    assert curves["killed"] == curves["whole"][:5]
    assert curves["resumed"] == curves["whole"][3:]
    pairs = zip(whole.ear.parameters(), resumed.ear.parameters(), strict=True)
    assert all(torch.equal(mine, other) for mine, other in pairs)


def test_the_lowest_pitched_part_is_the_bass() -> None:
    assert lessons.lowest_voice([song()], ("drums", "bass", "keys", "strings")) == 2


def test_a_published_ear_plays_and_says_how_well() -> None:
    known = Card(kind="ear", genre="pop", trained_on=("made",), lean=1.5)
    data, worst = ear_export.publish(course(0).ear, [song()], ("drums", "bass", "keys", "strings"), known)
    assert worst <= 1e-4
    card = Played(data, "made-ear.onnx").card
    assert (card.kind, card.genre, card.trained_on, card.lean) == ("ear", "pop", ("made",), 1.5)
    assert {"ahead mel-in", "revised in-gt"} <= set(card.metrics)
    assert card.reluctance != Reluctance(), "settled on the song"


def test_prices_settle_where_the_plan_changes_as_often_as_asked(ear: Ear) -> None:
    heard = ear_score.rehearse(ear, [song(repeats=8)])
    rates = [settling.changes(heard, settling.between(share)) for share in (0, 0.5, 1)]
    assert rates[0] < rates[1] < rates[2]
    found = settling.settled(heard, rates[1])
    assert abs(settling.changes(heard, found) - rates[1]) < 0.2
    assert settling.settled(heard, 0) == settling.between(2**-9), "nothing more patient"


def test_the_harmony_heard_is_that_of_the_voices_but_the_melody_and_the_drums() -> None:
    assert settling.heard([song()], pitched=[2]) == pytest.approx(11 / 12)
    assert np.isnan(settling.heard([song()], pitched=[3, 4]))


def test_decisions_are_chords_for_every_step_and_revised_ones_may_move_on_the_second(ear: Ear) -> None:
    (one,) = ear_score.rehearse(ear, [song()])
    ahead = ear_score.decide(one, Reluctance(), revised=False).reshape(-1, 4)
    revised = ear_score.decide(one, Reluctance(), revised=True).reshape(-1, 4)
    assert (ahead != NONE).all()
    assert (ahead == ahead[:, :1]).all()
    assert (revised[:, 1:] == revised[:, 1:2]).all()
    eager = ear_score.decide(one, Reluctance(revise=-2.0, revise_weak=-2.0), revised=True).reshape(-1, 4)
    assert (eager[:, 0] != eager[:, 1]).any()
