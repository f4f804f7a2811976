"""DeepComposer's generator and critic: the counts, the arithmetic, the lesson, and how it plays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from torch import nn
from torch.nn import functional as F

from bandmate.models.generator import Generator as Played
from bandmate.models.roll import PARTS
from bandmate.training.fitting import export, recipe
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.lesson import say
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import KIT, Corpus
from bandmate.training.judging.rollout import Limits, Manner, free_run, stage
from bandmate.training.lines import as_notes
from bandmate.training.songs import Song
from bandmate.training.unet_gan import performer
from bandmate.training.unet_gan.lesson import UNetGanLesson, truncated
from bandmate.training.unet_gan.network import Critic, Doubled, Generator
from bandmate.training.unet_gan.performer import UNetGanPerformer
from bandmate.training.unet_gan.roll import Rolls

FULL = (64, 128, 256, 512)
SMALL = (4, 4, 6, 8)
CHOIR = recipe.PARTS["chorales"]
GROUP = ("drums", "bass", "chords", "colour")


def song(name: str = "tune", bars: int = 3) -> Song:
    """A tune in quarters; under it a pulse of the first part, and three that strike one note each bar."""
    steps = 16 * bars
    tune = [(4 * i, 4, 60 + (0, 2, 4, 7)[i % 4], 90) for i in range(4 * bars)]
    pulse = [(i, 1, (36, 42)[i // 2 % 2], 100) for i in range(0, steps, 2)]
    held = [[(16 * i, 12, pitch, 70) for i in range(bars)] for pitch in (48, 55, 64)]
    notes = tuple(as_notes(rows) for rows in (tune, pulse, *held))
    chords, origin = np.zeros(4 * bars, np.uint8), np.zeros((bars, 5), np.uint8)
    return Song(name, "any", "train", notes, chords, origin)


def lesson(**said: object) -> UNetGanLesson:
    small = {"channels": SMALL, "critic_channels": SMALL, "batch": 2, "update_ratio": 2, "parts": GROUP}
    chosen = recipe.of("unet-gan", **(small | said))
    return UNetGanLesson(Corpus([song()], chosen.parts), chosen, Together("cpu", chosen.precision))


def keras_count(network: nn.Module) -> int:
    """Parameters as Keras counts them, with the running statistics."""
    statistics = sum(m.running_mean.numel() * 2 for m in network.modules() if isinstance(m, nn.BatchNorm2d))
    return sum(p.numel() for p in network.parameters()) + statistics


def rolls(count: int, voices: int, seed: int = 0) -> torch.Tensor:
    dice = torch.Generator().manual_seed(seed)
    return torch.where(torch.rand(count, voices, 32, 128, generator=dice) < 0.02, 1.0, -1.0)


def test_the_networks_have_the_parameters_that_deepcomposer_publishes() -> None:
    assert keras_count(Generator(FULL)) == 8_273_540
    assert sum(p.numel() for p in Generator(FULL).parameters()) == 8_270_852
    assert keras_count(Critic(FULL)) == 2_766_785


def test_a_network_of_three_resolutions_is_refused() -> None:
    with pytest.raises(ValueError, match="4 channels"):
        Generator((1, 2, 3))
    with pytest.raises(ValueError, match="4 critic_channels"):
        Critic((1, 2, 3))


@pytest.mark.parametrize("maps", [3, 20])
def test_a_doubled_convolution_is_the_convolution_of_the_enlarged_picture(maps: int) -> None:
    torch.manual_seed(1)
    doubled = Doubled(5, maps).double()
    nn.init.normal_(doubled.bias)
    x = torch.randn(2, 5, 3, 6, dtype=torch.double, requires_grad=True)
    plain = F.conv2d(F.pad(F.interpolate(x, scale_factor=2.0), (1, 2, 1, 2)), doubled.weight, doubled.bias)
    torch.testing.assert_close(doubled(x), plain)
    weigh, mine = torch.randn_like(plain), (x, doubled.weight, doubled.bias)
    pairs = zip(
        torch.autograd.grad((doubled(x) * weigh).sum(), mine),
        torch.autograd.grad((plain * weigh).sum(), mine),
        strict=True,
    )
    for ours, real in pairs:
        torch.testing.assert_close(ours, real)


def test_the_slope_and_its_gradient_are_those_of_autograd() -> None:
    torch.manual_seed(1)
    critic = Critic(SMALL)
    melody, mixed = rolls(3, 1), torch.rand(3, 4, 32, 128, requires_grad=True)
    (steep,) = torch.autograd.grad(critic(mixed, melody).sum(), mixed, create_graph=True)
    real = torch.sqrt(1e-8 + steep.square().sum((1, 2, 3)))
    mine = critic.slope(mixed.detach(), melody)
    torch.testing.assert_close(mine, real, rtol=1e-5, atol=1e-6)
    weights = [p for name, p in critic.named_parameters() if name.endswith("weight")]
    theirs = torch.autograd.grad((real - 1).square().mean(), weights)
    for ours, other in zip(torch.autograd.grad((mine - 1).square().mean(), weights), theirs, strict=True):
        torch.testing.assert_close(ours, other, rtol=1e-4, atol=1e-5)


def test_the_generator_bends_before_it_normalises_going_down_and_after_going_up() -> None:
    generator = Generator(SMALL)
    order: list[str] = []
    for name, module in generator.named_modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(lambda _m, given, _o, name=name: order.append(_sign(name, given[0])))
    generator(rolls(2, 1), torch.randn(2, *generator.noise))
    assert order == ["down bent"] * 3 + ["up straight"] * 3
    assert {(m.eps, m.momentum) for m in generator.modules() if isinstance(m, nn.BatchNorm2d)} == {
        (1e-3, 0.2)
    }


def _sign(name: str, given: torch.Tensor) -> str:
    """Whether what is normalised was bent, so that its negative values are the small ones."""
    lopsided = -given.min() < 0.6 * given.max()
    return f"{name.split('.')[0]} {'bent' if lopsided else 'straight'}"


def test_weights_begin_as_keras_begins_them() -> None:
    critic = Critic(FULL)
    for layer, inward, outward in ((critic.convolutions[0], 5 * 16, 64 * 16), (critic.score, 8192, 1)):
        edge = (6 / (inward + outward)) ** 0.5
        assert edge * 0.95 < float(layer.weight.detach().abs().max()) <= edge
        assert float(layer.bias.detach().abs().max()) == 0


def test_noise_is_normal_and_cut_at_two() -> None:
    noise = truncated(Dice([1], 64, slice(0, 64), "cpu"), (2, 8, 32))
    assert float(noise.abs().max()) <= 2
    assert float(noise.mean()) == pytest.approx(0, abs=0.02)
    assert float(noise.std()) == pytest.approx(0.880, abs=0.01)


def test_rolls_show_what_sounds_moved_by_semitones_but_for_the_drums() -> None:
    corpus = Corpus([song()], GROUP)
    melody, parts = Rolls(corpus, "cpu").take(np.array([0, 1]), torch.tensor([0, 5]))
    assert melody.shape == (2, 1, 32, 128)
    assert set(torch.cat([melody, parts], 1).unique().tolist()) == {-1.0, 1.0}
    assert [int(row.argmax()) for row in melody[0, 0, ::4]] == [60, 62, 64, 67] * 2
    assert [int(row.argmax()) for row in melody[1, 0, ::4]] == [65, 67, 69, 72] * 2
    drums = (parts[:, 0] > 0).nonzero()[:, 2].unique().tolist()
    assert drums == sorted(KIT[i] for i in (0, 2))
    assert [int((part > 0).sum()) for part in parts[1, 1:]] == [24, 24, 24]
    assert [int(part[0].argmax()) for part in parts[1, 1:]] == [53, 60, 69]


def test_an_update_tells_its_losses_and_the_same_recipe_gives_the_same_ones() -> None:
    once, again = lesson(), lesson()
    first = [once.advance() for _ in range(2)]
    assert set(first[0]) == {"critic", "distance", "slope", "generator"}
    assert all(np.isfinite(list(row.values())).all() for row in first)
    assert first == [again.advance() for _ in range(2)]
    assert first != [lesson(seed=2).advance()]


def test_the_critic_is_taught_by_itself_and_judges_the_generator_as_it_plays() -> None:
    taught = lesson()
    before = {name: value.clone() for name, value in taught.generator.state_dict().items()}
    taught._judge(taught.dice(1))
    assert all(torch.equal(value, before[name]) for name, value in taught.generator.state_dict().items())
    critic = [p.detach().clone() for p in taught.critic.parameters()]
    taught._play(taught.dice(0))
    assert all(torch.equal(old, new) for old, new in zip(critic, taught.critic.parameters(), strict=True))
    moved = {name for name, value in taught.generator.state_dict().items() if not value.equal(before[name])}
    assert "down.0.norm.running_mean" in moved
    assert "end.weight" in moved


def test_a_lesson_goes_on_from_its_checkpoint_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    whole, begun, resumed = lesson(), lesson(), lesson()
    rows = [whole.advance() for _ in range(3)]
    begun.advance()
    begun.save(tmp_path / "checkpoint.pt")
    resumed.load(tmp_path / "checkpoint.pt")
    assert [resumed.advance() for _ in range(2)] == rows[1:]


def test_a_critic_that_is_taught_alone_tells_real_from_played() -> None:
    taught = lesson(batch=8)
    for turn in range(40):
        told = taught._judge(taught.dice(turn + 1))
    assert told["distance"].item() > 0
    assert told["critic"].item() < 0


def test_the_file_of_a_performer_agrees_with_it_and_is_played_by_the_player() -> None:
    taught = lesson()
    taught.advance()
    player, card = taught.performer([song()], quick=True)
    data = export.to_bytes(player, card)
    assert export.parity(player, data, "small.onnx") <= export.TOLERANCE
    played = Played(data, "small.onnx")
    assert played.noise_size == 2 * 8 * SMALL[3]
    assert played.card.parts == GROUP
    given = stage([song(bars=4)], GROUP, 1, bars=4)
    heard = free_run(say(player), card, Limits(), given, player.noise, Manner())
    assert heard.shape == (1, PARTS, 2, 64, 128)


class Chord(nn.Module):
    """A generator that is sure of one pitch in every part, all the time, and of nothing else."""

    noise = (1, 1, 1)

    def forward(self, melody: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        out = torch.full((len(melody), PARTS, 32, 128), -0.999)
        out[..., 60] = 0.999
        return out


def test_a_held_note_is_struck_once_and_a_drum_at_every_step() -> None:
    player = UNetGanPerformer(Chord(), GROUP)
    silence, band, nothing = torch.zeros(1, 4, 32, 128), torch.zeros(1, 16, 32, 128), torch.zeros(1, 32)
    onset, sustain, velocity, gate = player(silence, band, nothing, torch.zeros(1, 1))
    assert (sustain[0, 1, :, 60] > 0.9).all()
    assert [t for t in range(32) if onset[0, 1, t, 60] > 0.5] == [0]
    assert [t for t in range(32) if onset[0, 0, t, 60] > 0.5] == list(range(32))
    assert (gate == onset.amax(3)).all()
    assert velocity[0, 1, [0, 1, 4, 16], 60].mul(127).round().tolist() == [88, 80, 84, 88]


def test_what_the_band_committed_decides_whether_a_note_goes_on_or_begins() -> None:
    player = UNetGanPerformer(Chord(), CHOIR)
    silence, band, played = torch.zeros(1, 4, 32, 128), torch.zeros(1, 16, 32, 128), torch.zeros(1, 32)
    band[0, 1, -1, 60] = 1  # the soprano sounded at the end of the window before
    played[0, :8] = 1  # and all four have rested in this one until step 8
    onset = player(silence, band, played, torch.zeros(1, 1))[0][0, :, :, 60]
    assert [round(float(v)) for v in onset[:, 0]] == [0, 1, 1, 1]
    assert [round(float(v)) for v in onset[:, 8]] == [1, 1, 1, 1]
    assert [round(float(v)) for v in onset[:, 9]] == [0, 0, 0, 0]


def test_noise_beyond_two_is_as_two() -> None:
    taught = lesson()
    player, _ = taught.performer([song()], quick=True)
    silence, band, nothing = torch.zeros(1, 4, 32, 128), torch.zeros(1, 16, 32, 128), torch.zeros(1, 32)
    with torch.no_grad():
        loud, edge, calm = (
            player(silence, band, nothing, torch.full((1, player.noise), z))[1] for z in (9.0, 2.0, 1.0)
        )
    assert torch.equal(loud, edge)
    assert not torch.equal(edge, calm)


class Glimmer(nn.Module):
    """A generator that plays now and then one long note, a little more or less surely, whatever it hears."""

    noise = (1, 1, 1)

    def forward(self, melody: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
        dice = torch.Generator().manual_seed(int(noise.abs().sum() * 1000))
        out = torch.full((len(melody), PARTS, 32, 128), -0.999)
        out[:, :, ::2, 60] = torch.rand(len(melody), PARTS, 16, generator=dice) * 2 - 1
        return out


def test_cuts_are_where_as_much_is_struck_and_sounds_as_in_the_data() -> None:
    chosen, corpus = recipe.of("unet-gan", parts=CHOIR), Corpus([song()], CHOIR)
    player = UNetGanPerformer(Glimmer(), CHOIR)
    card = performer.calibrated(player, corpus, chosen, quick=True)
    melody, _ = Rolls(corpus, "cpu").take(np.zeros(128, np.int64), torch.zeros(128, dtype=torch.long))
    onset, sustain = performer.answers(player, melody, np.random.default_rng(2))
    struck = [float((onset[:, p] > card.gate[p]).sum((1, 2)).float().mean()) for p in range(1, PARTS)]
    assert struck == pytest.approx([2, 2, 2], rel=0.2)
    assert card.gate[0] == 0.05  # sixteen strokes are more than it has
    sounding = [float((sustain[:, p] > card.hold[p]).sum((1, 2)).float().mean()) for p in range(PARTS)]
    assert sounding[0] == pytest.approx(16, rel=0.2)
