"""MuseGAN: what each part of the noise moves, and the melody; who learns in an update; and how it plays."""

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from bandmate.models.generator import Generator as Played
from bandmate.training.fitting import export, recipe
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.lesson import say
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.wasserstein import steepness
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW, Corpus
from bandmate.training.judging import figures, limits
from bandmate.training.judging.rollout import USUALLY, free_run, stage
from bandmate.training.musegan import batch, calibrate
from bandmate.training.musegan.critic import Critic, Halve
from bandmate.training.musegan.lesson import MuseGanLesson
from bandmate.training.musegan.network import Generator
from bandmate.training.musegan.performer import loudness
from bandmate.training.songs import Song

DRUMS, BASS, KEYS, STRINGS = range(4)
SMALL = recipe.of(
    "musegan",
    latent=3,
    channels=(4, 6, 8, 10),
    critic_channels=(4, 6, 8, 10),
    batch=4,
    update_ratio=2,
    device="cpu",
    transpose=(0, 0),
)
LATENT = SMALL.latent


def song(name: str = "tiny/1", bars: int = 16) -> Song:
    """A melody in quarters, a loud backbeat, whole notes below, chords in halves, one long note."""
    melody = [(4 * k, 4, 72 + k % 5, 100) for k in range(4 * bars)]
    drums = [(4 * k, 1, 38 if k % 2 else 36, 110 if k % 2 else 80) for k in range(4 * bars)]
    bass = [(16 * k, 16, 36 + k % 3, 80) for k in range(bars)]
    keys = [(8 * k, 8, pitch, 70) for k in range(2 * bars) for pitch in (60, 64, 67)]
    strings = [(0, 16 * bars, 79, 60)]
    notes = tuple(np.array(v, np.int16).reshape(-1, 4) for v in (melody, drums, bass, keys, strings))
    return Song(name, "pop", "train", notes, np.zeros(4 * bars, np.uint8), np.zeros((bars, 5), np.uint8))


def corpus() -> Corpus:
    return Corpus([song("tiny/1"), song("tiny/2")], SMALL.parts)


def lesson(**said: object) -> MuseGanLesson:
    return MuseGanLesson(corpus(), replace(SMALL, **said), Together("cpu"))


def dice(size: int = 64, seed: int = 0) -> Dice:
    return Dice([seed], size, slice(0, size), "cpu")


@pytest.fixture
def fresh() -> Generator:
    torch.manual_seed(1)
    return Generator(SMALL).eval()


def tune(size: int = 1, seed: int = 0) -> torch.Tensor:
    return (torch.rand(size, 48, 72, 2, generator=torch.Generator().manual_seed(seed)) < 0.05).float()


def moved(before: torch.Tensor, after: torch.Tensor) -> torch.Tensor:
    """bool[2,4]: whether each part of each bar is not as it was; logits [1,32,72,8]."""
    change = (before - after).abs().reshape(2, 16, HEIGHT, 4, 2)
    return change.amax((1, 2, 4)) > 1e-6


def test_the_noise_is_ten_latents_and_the_answer_two_planes_of_four_parts(fresh: Generator) -> None:
    assert fresh.noise == 10 * LATENT
    assert fresh(tune(3), torch.randn(3, fresh.noise)).shape == (3, 32, 72, 8)
    assert Critic(SMALL.critic_channels)(torch.rand(3, 32, 72, 8), tune(3)).shape == (3,)


def test_the_usual_size_is_the_papers_and_its_file_is_under_12_megabytes() -> None:
    usual = Generator(recipe.of("musegan"))
    assert 2_500_000 < sum(p.numel() for p in usual.parameters()) < 3_000_000


@pytest.mark.parametrize("which", [0, 1], ids=["always", "in time"])
def test_a_shared_latent_moves_every_part(fresh: Generator, which: int) -> None:
    noise = torch.randn(1, fresh.noise)
    other = noise.clone()
    other[:, which * LATENT : (which + 1) * LATENT] += 1
    assert moved(fresh(tune(), noise), fresh(tune(), other)).all()


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("first", [2, 6], ids=["always", "in time"])
def test_a_private_latent_moves_its_own_part_only(fresh: Generator, part: int, first: int) -> None:
    noise = torch.randn(1, fresh.noise)
    other = noise.clone()
    begin = (first + part) * LATENT
    other[:, begin : begin + LATENT] += 1
    change = moved(fresh(tune(), noise), fresh(tune(), other))
    assert change[:, part].all()
    assert change.sum() == 2


def test_latents_out_of_time_are_the_same_in_both_bars_and_those_in_time_are_not(fresh: Generator) -> None:
    first, second = fresh.latents(torch.randn(1, fresh.noise))[0]
    always, shared, mine, own = ((first - second).abs().reshape(4, 4, LATENT).amax(2)).T
    assert not always.any()
    assert not mine.any()
    assert (shared > 0).all()
    assert (own > 0).all()


@pytest.mark.parametrize("bar", [0, 1])
def test_the_latents_of_a_bar_move_that_bar_only(fresh: Generator, bar: int) -> None:
    latents = fresh.latents(torch.randn(1, fresh.noise))
    other = latents.clone()
    other[:, bar] += 1
    change = moved(fresh.play(latents, tune()), fresh.play(other, tune()))
    assert change[bar].all()
    assert not change[1 - bar].any()


@pytest.mark.parametrize(("step", "bars"), [(3, [0]), (20, [0, 1]), (40, [1])])
def test_the_melody_of_a_bar_moves_that_bar_and_the_next(
    fresh: Generator, step: int, bars: list[int]
) -> None:
    noise, heard, other = torch.randn(1, fresh.noise), tune(), tune()
    other[:, step] = 1 - other[:, step]
    change = moved(fresh(heard, noise), fresh(other, noise))
    assert change.all(1).nonzero().flatten().tolist() == bars
    assert change.any(1).sum() == len(bars)


def test_a_kit_strikes_nothing_but_its_classes(fresh: Generator) -> None:
    said = torch.sigmoid(fresh(tune(), torch.randn(1, fresh.noise)))[0, :, :, 2 * DRUMS]
    kit = torch.tensor(KIT) - LOW
    assert (said[:, kit] > 1e-4).all()
    said[:, kit] = 0
    assert (said < 1e-6).all()


def test_a_window_is_as_it_was_played() -> None:
    drawn = batch.draw(corpus(), replace(SMALL, heard_all=1, heard_none=0), dice())
    onset, sustain = drawn.parts[0, ..., 0::2], drawn.parts[0, ..., 1::2]
    assert onset[::8, :, KEYS].sum(1).tolist() == [3] * 4
    assert onset.sum((0, 1)).tolist()[:3] == [8, 2, 12]
    assert sustain.sum((0, 1)).tolist() == [8, 32, 96, 32]
    assert onset[:, [36 - LOW, 38 - LOW], DRUMS][::4].sum(0).tolist() == [4, 4]
    later = drawn.tune[drawn.tune[:, 0].any(-1).any(-1)][0]
    assert later[..., 0].nonzero()[:, 0].tolist() == list(range(0, 48, 4))
    assert later[..., 1].sum(1).tolist() == [1] * 48


def test_the_melody_is_heard_to_a_moment_of_the_first_bar_or_wholly_or_not_at_all() -> None:
    partly = batch.draw(corpus(), replace(SMALL, heard_all=0, heard_none=0), dice(256)).tune
    sounds = partly[..., 1].any(2)[partly[:, 15, :, 1].any(1)]
    last = [int(one.nonzero().max()) + 1 - 16 for one in sounds]
    assert min(last) == 0
    assert max(last) <= 15 + 3
    assert {0, 4, 8, 12} < set(last)
    none = batch.draw(corpus(), replace(SMALL, heard_none=1), dice(16)).tune
    assert none[:, :16].any()
    assert not none[:, 16:].any()


def test_transposing_moves_the_pitched_parts_and_the_melody_but_not_the_drums() -> None:
    plain = batch.draw(corpus(), replace(SMALL, heard_all=1, heard_none=0), dice())
    up = batch.draw(corpus(), replace(SMALL, heard_all=1, heard_none=0, transpose=(2, 2)), dice())
    assert (up.parts[:, :, 2:, 2:] == plain.parts[:, :, :-2, 2:]).all()
    assert (up.tune[:, :, 2:] == plain.tune[:, :, :-2]).all()
    assert (up.parts[..., :2] == plain.parts[..., :2]).all()


def test_halving_is_a_convolution_of_four_steps_with_stride_two() -> None:
    halve, steps = Halve(3, 5), torch.rand(2, 16, 3)
    weight = halve.map.weight.unflatten(1, (4, 3)).transpose(1, 2)
    true = torch.nn.functional.conv1d(steps.transpose(1, 2), weight, halve.map.bias, 2, 1)
    assert torch.allclose(halve(steps), true.transpose(1, 2), atol=1e-6)


def test_steepness_is_the_length_of_the_gradient_of_each_window() -> None:
    class Slope(torch.nn.Module):
        def forward(self, parts: torch.Tensor, tune: torch.Tensor) -> torch.Tensor:
            return (3 * parts[:, 0, 0, 0] + 4 * parts[:, 5, 6, 7]) * torch.tensor([1.0, 2.0])

    assert steepness(Slope(), torch.rand(2, 32, 72, 8), tune(2)).tolist() == pytest.approx([5, 10])


def test_a_turn_of_the_critic_moves_the_critic_only_and_the_generators_the_generator_only() -> None:
    taught = lesson()

    def weights() -> list[torch.Tensor]:
        both = (taught.generator, taught.critic)
        return [torch.nn.utils.parameters_to_vector(m.parameters()).detach().clone() for m in both]

    start = weights()
    taught._judge(taught.dice(1))
    judged = weights()
    assert (judged[0] == start[0]).all()
    assert (judged[1] != start[1]).any()
    taught._play(taught.dice(0))
    played = weights()
    assert (played[0] != judged[0]).any()
    assert (played[1] == judged[1]).all()


def test_an_update_tells_its_losses_by_name_and_counts() -> None:
    taught = lesson()
    said = taught.advance()
    assert set(said) == {"critic", "distance", "slope", "generator"}
    assert said["critic"] > -said["distance"]
    assert taught.step == 1


def test_a_lesson_that_is_stopped_and_resumed_goes_on_with_the_same_losses(tmp_path) -> None:
    whole = lesson()
    for _ in range(3):
        whole.advance()
    whole.save(tmp_path / "checkpoint.pt")
    went_on = [whole.advance() for _ in range(3)]
    again = lesson(seed=SMALL.seed)
    again.load(tmp_path / "checkpoint.pt")
    assert [again.advance() for _ in range(3)] == went_on


def test_wrong_numbers_of_channels_are_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="four channels, not 3"):
        lesson(channels=(4, 6, 8))
    with pytest.raises(ValueError, match="four critic channels, not 2"):
        lesson(critic_channels=(4, 6))


def test_loudness_is_the_mean_velocity_of_a_part_at_a_step_of_the_bar() -> None:
    loud = loudness(corpus())
    assert loud[DRUMS, [0, 4, 8, 12]] == pytest.approx(np.array([80, 110, 80, 110]) / 127)
    assert loud[DRUMS, 1] == pytest.approx(95 / 127)
    assert loud[KEYS] == pytest.approx(np.full(16, 70 / 127))


def test_a_cut_lets_a_share_through_and_more_when_it_is_moved() -> None:
    logits = np.linspace(-4, 4, 81, dtype=np.float32)
    cut = calibrate.cut_of(logits, 0.25)
    assert (logits > cut.at).mean() == pytest.approx(0.25, abs=0.01)
    assert (logits > cut.moved(2).at).mean() > 0.35
    assert (logits > cut.moved(0.5).at).mean() < 0.15
    assert calibrate.cut_of(logits / 100, 0.5).moved(2).at == pytest.approx(-0.8 * np.log(2), abs=1e-3)
    assert 0 < cut.moved(1e-9).share < 1


def test_first_cuts_open_at_as_many_steps_as_are_really_struck() -> None:
    taught = lesson()
    performer, card = taught.performer([song()], quick=True)
    drawn = batch.draw(taught.corpus, taught.recipe, dice(256, seed=5))
    melody = torch.zeros(256, 4, 32, 128)
    known = drawn.tune.permute(0, 3, 1, 2)
    melody[:, :2, 16:, LOW : LOW + HEIGHT], melody[:, 2:, :, LOW : LOW + HEIGHT] = known.split([16, 32], 2)
    with torch.no_grad():
        gate = performer(melody, torch.randn(256, performer.noise))[3]
    opens = [float((gate[:, part] > card.gate[part]).float().mean()) for part in (BASS, KEYS)]
    assert opens == pytest.approx([1 / 16, 1 / 8], abs=0.05)


def test_settled_cuts_play_about_as_many_notes_as_the_songs_have() -> None:
    taught = lesson()
    with torch.no_grad():  # as sure of itself as a taught one
        for part in taught.generator.parts:
            part.last.weight.mul_(20)
    songs = [song(f"tiny/{k}", bars=8) for k in range(8)]
    performer, card = taught.performer(songs)
    given = stage(songs, SMALL.parts, len(songs))
    played = free_run(say(performer), card, limits.of(taught.corpus), given, performer.noise, USUALLY)
    for part in (DRUMS, BASS, KEYS):
        real, mine = (figures.of_part(kind[:, part], given.plan)["onsets"] for kind in (given.real, played))
        assert real / 2.5 < mine < real * 2.5


def test_it_is_exported_and_plays_under_the_contract() -> None:
    taught = lesson()
    taught.advance()
    performer, card = taught.performer([song()], quick=True)
    data = export.to_bytes(performer, card)
    assert export.parity(performer, data, "musegan") < 1e-4
    file = Played(data, "musegan")
    assert file.noise_size == taught.generator.noise
    assert file.card.parts == SMALL.parts
    said = file.run({name: value.numpy() for name, value in export.examples(performer).items()})
    assert said.onset.shape == (4, 32, 128)
    assert said.velocity[DRUMS, 4, 38] == pytest.approx(110 / 127, abs=1e-4)
    assert said.gate == pytest.approx(said.onset.max(2))
    assert not said.onset[:, :, :LOW].any()
    assert not said.onset[:, :, LOW + HEIGHT :].any()
