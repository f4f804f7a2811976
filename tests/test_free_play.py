"""Free play and its figures: what is offered to the generator, and what is said of the notes."""

from collections.abc import Mapping

import numpy as np
import pytest

from bandmate.models.contract import Card
from bandmate.models.decoding import Limits
from bandmate.training.fitting import recipe
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.judging import figures, rollout
from bandmate.training.judging.rollout import Manner, Stage

PARTS = ("drums", "bass", "keys", "strings")
CARD = Card("generator", parts=PARTS)


def given(bars: int = 4) -> Stage:
    """One song: a melody in quarters over C; the real parts are not looked at."""
    melody = np.zeros((1, 2, 16 * bars, 128), np.float32)
    melody[0, :, ::4, 72] = melody[0, 1, :, 72] = 1
    plan = np.zeros((1, 16 * bars, 24), np.float32)
    plan[:, :, [0, 4, 7, 12]] = 1
    return Stage(melody, plan, np.zeros((1, 4, 2, 16 * bars, 128), np.float32))


def quarters(offer: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
    """A generator: kick and bass on every beat, each bass note held until the next."""
    onset = np.zeros((1, 4, 32, 128), np.float32)
    onset[0, 0, ::4, 36] = onset[0, 1, ::4, 40] = 0.9
    hold = np.zeros_like(onset)
    hold[0, 1] = 1
    return onset, hold, onset, onset.max(3)


def test_free_play_plays_what_the_generator_says() -> None:
    played = rollout.free_run(quarters, CARD, Limits(), given(), 3, Manner())
    assert np.argwhere(played[0, 1, 0])[:, 0].tolist() == list(range(0, 64, 4))
    assert played[0, 1, 1, :, 40].all()
    assert not played[0, 2:].any()


@pytest.mark.parametrize("ahead", [False, True])
def test_only_the_past_is_offered_and_it_is_the_bands_own(ahead: bool) -> None:
    offers = []

    def listen(offer: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
        offers.append({name: value.copy() for name, value in offer.items()})
        return quarters(offer)

    rollout.free_run(listen, CARD, Limits(), given(), 3, Manner(ahead=ahead))
    assert len(offers) == 16
    for hop, offer in enumerate(offers):
        cut = 4 * (hop % 4)
        band = offer["band"].reshape(4, 4, 32, 128)
        assert offer["played"].sum() == cut
        assert offer["heard"].sum() == (32 if ahead else cut)
        assert band[1, 2, ::4, 40].sum() == cut // 4
        assert band[1, 0, :, 40].sum() == 4 * min(hop // 4, 2)
        assert offer["melody"][0, 2, :, 72].sum() == pytest.approx(
            cut / 4 if not ahead else min(8, 16 - 4 * (hop // 4))
        )


def test_noise_is_held_for_a_phrase() -> None:
    noises = []

    def listen(offer: Mapping[str, np.ndarray]) -> tuple[np.ndarray, ...]:
        noises.append(offer["noise"])
        return quarters(offer)

    rollout.free_run(listen, CARD, Limits(), given(4), 3, Manner(phrase=2))
    assert all((noises[k] == noises[0]).all() for k in range(8))
    assert not (noises[8] == noises[0]).all()


def performance(notes: list[tuple[int, int, int]], bars: int = 2) -> np.ndarray:
    played = np.zeros((1, 2, 16 * bars, 128), np.float32)
    for step, length, pitch in notes:
        played[0, 0, step, pitch] = 1
        played[0, 1, step : step + length, pitch] = 1
    return played


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ([], {"onsets": 0, "empty": 1, "one_step": 0, "repeated": 0}),
        ([(0, 4, 60), (8, 4, 64)], {"onsets": 1, "empty": 0.5, "one_step": 0, "length": 4, "in_plan": 1}),
        ([(0, 1, 60), (16, 1, 60)], {"one_step": 1, "repeated": 1, "patterns": 1}),
        ([(0, 1, 60), (16, 1, 64)], {"repeated": 0, "patterns": 1}),
        ([(0, 1, 60), (20, 1, 60)], {"repeated": 0, "patterns": 0}),
        ([(0, 4, 60), (0, 4, 61)], {"size": 2, "voices": 2, "in_plan": 0.5}),
        ([(0, 4, 60), (4, 4, 60)], {"onsets": 1, "length": 4}),
    ],
)
def test_figures_of_a_part(notes: list[tuple[int, int, int]], said: dict[str, float]) -> None:
    plan = given(2).plan
    found = figures.of_part(performance(notes), plan)
    assert {name: found[name] for name in said} == pytest.approx(said)


def test_a_recipe_is_kept_and_changed_line_by_line() -> None:
    mine = recipe.changed(Recipe(), ("epochs=2", "channels=[8, 8, 16, 16]", "genre=symphony"))
    assert (mine.epochs, mine.channels, mine.genre) == (2.0, (8, 8, 16, 16), "symphony")
    assert recipe.parse(recipe.dump(mine), "recipe.yaml") == mine


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lerning_rate: .1", "'lerning_rate' is unknown, did you mean 'learning_rate'?"),
        ("batch: many", "'batch' is 'many' and should look like 16"),
        ("batch: 1.5\nseed: x", "'batch' is 1.5 .*'seed' is 'x'"),
        ("- 1", "must hold `key: value` lines"),
    ],
)
def test_a_faulty_recipe_is_refused_with_every_fault(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=f"recipe.yaml.*{said}"):
        recipe.parse(text, "recipe.yaml")
