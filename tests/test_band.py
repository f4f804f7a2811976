"""The generator that renders the plan, its critic and how it is taught, at tiny sizes."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bandmate.models import contract
from bandmate.models.contract import Card
from bandmate.models.decoding import Limits
from bandmate.models.generator import Generator
from bandmate.training.fitting.recipe import PARTS, Recipe
from bandmate.training.songs import Song

torch = pytest.importorskip("torch")

from bandmate.training.band import calibrate, critic, losses, style
from bandmate.training.band.calibrate import Aim
from bandmate.training.band.critic import Critic
from bandmate.training.band.lesson import BandLesson
from bandmate.training.band.network import Band, Player
from bandmate.training.band.situations import Inputs, Truth, draw, fates
from bandmate.training.fitting import export, loop
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import HEIGHT, KIT, LOW, Corpus
from bandmate.training.judging.rollout import USUALLY, Stage, free_run

TINY = Recipe(
    channels=(8, 8, 16, 16),
    code=4,
    bank=6,
    batch=4,
    epochs=1,
    critic_epochs=1,
    critic_channels=(4, 4, 8, 8),
    critic_warmup=1,
    kl_rise=2,
    warmup=2,
)
GENRES = pytest.mark.parametrize("genre", sorted(PARTS))


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def recipe(genre: str) -> Recipe:
    return replace(TINY, genre=genre, parts=PARTS[genre])


def songs(count: int = 2, bars: int = 9) -> list[Song]:
    """Songs on C and G in which every part plays in every bar."""
    out = []
    for k in range(count):
        chords = np.repeat(np.array([0, 7] * bars, np.uint8)[:bars], 4)
        each = [
            [(4 * b, 4, 72 + (b + k) % 5, 90) for b in range(4 * bars)],
            [(4 * b, 1, 36 if b % 2 == 0 else 38, 100) for b in range(4 * bars)],
            [(16 * b, 16, 36 + 7 * (b % 2), 80) for b in range(bars)],
            [(8 * b, 8, pitch, 70) for b in range(2 * bars) for pitch in (60, 64, 67)],
            [(16 * b, 16, 79, 60) for b in range(bars)],
        ]
        notes = tuple(np.array(voice, np.int16) for voice in each)
        out.append(Song(f"tiny/{k}", "pop", "train", notes, chords, np.zeros((bars, 5), np.uint8)))
    return out


def batch(chosen: Recipe, size: int = 4, seed: int = 0) -> tuple[Inputs, Truth]:
    corpus = Corpus(songs(), chosen.parts)
    rng = np.random.default_rng(seed)
    which = rng.integers(0, len(corpus), size)
    inputs, truth = draw(corpus, which, fates(size, chosen, rng), chosen)
    return (
        Inputs(*(torch.from_numpy(np.ascontiguousarray(x)) for x in inputs)),
        Truth(*(torch.from_numpy(np.ascontiguousarray(x)) for x in truth)),
    )


def player(chosen: Recipe) -> Player:
    torch.manual_seed(0)
    bank = torch.randn(chosen.bank, chosen.code)
    keys = style.keys_of(bank)
    return Player(Band(chosen), bank, keys, style.sharpness_of(keys)).eval()


@GENRES
def test_sound_is_probabilities_of_four_parts(genre: str) -> None:
    chosen = recipe(genre)
    band = Band(chosen).eval()
    inputs, _ = batch(chosen)
    heads = band(inputs, torch.randn(4, chosen.code))
    sound = band.sound(heads)
    assert sound.gate.shape == (4, 4, 32)
    for plane in (sound.onset, sound.sustain, sound.velocity):
        assert plane.shape == (4, 4, 32, HEIGHT)
        assert plane.min() >= 0
        assert plane.max() <= 1
    for i, part in enumerate(band.pitched):
        given = torch.sigmoid(heads.pitch[:, i])
        assert torch.allclose(sound.onset[:, part], sound.gate[:, part, :, None] * given)


def test_a_kit_is_nine_drums_that_are_not_held_and_its_gate_is_the_likeliest() -> None:
    band = Band(TINY).eval()
    inputs, _ = batch(TINY)
    sound = band.sound(band(inputs, torch.randn(4, TINY.code)))
    rows = [pitch - LOW for pitch in KIT]
    others = [row for row in range(HEIGHT) if row not in rows]
    assert not sound.onset[:, 0, :, others].any()
    assert not sound.sustain[:, 0].any()
    assert torch.equal(sound.gate[:, 0], sound.onset[:, 0].amax(-1))


def test_the_network_sees_what_each_part_holds_at_the_cut() -> None:
    from bandmate.training.band.picture import sounding

    tracks = torch.zeros(1, 2, 4, 32, HEIGHT)
    tracks[0, 0, 3, 4:8, 40] = 1
    tracks[0, 1, 1, 20:, 30] = 1
    tracks[0, 1, 3, :6, 30] = 1
    heard, played = ((torch.arange(32) < n).float() for n in (9, 6))
    held = sounding(tracks, torch.stack([heard, played])[None])
    assert not held[0, 0].any()
    assert held[0, 1, :, 30].all()
    at_start = sounding(tracks, torch.zeros(1, 2, 32))
    assert at_start[0, 1, :, 30].all()


def test_a_voice_lies_under_itself_a_bar_and_a_window_later() -> None:
    from bandmate.training.band.picture import lay

    steps = torch.arange(64.0)
    tracks = torch.stack([steps[:32], steps[:32], steps[32:], steps[32:]])[None, None, :, :, None]
    now, _, bar, _, window, _ = lay(tracks)[0, 0, :, :, 0]
    assert (now - bar == 16).all()
    assert (now - window == 32).all()


@GENRES
def test_an_exported_file_keeps_the_contract_and_plays_as_its_network(genre: str) -> None:
    made = player(recipe(genre))
    card = Card("generator", genre, PARTS[genre], gate=(0.3, 0.4, 0.5, 0.6), metrics={"bass.onsets": 1.5})
    data = export.to_bytes(made, card)
    assert export.parity(made, data, "toy.onnx") <= export.TOLERANCE
    generator = Generator(data, "toy.onnx")
    assert generator.card == card
    assert generator.noise_size == TINY.code
    offer = {name: value.numpy() for name, value in export.examples(made, 9).items()}
    said = generator.run(offer)
    assert said.onset.shape == (4, 32, 128)
    assert not said.onset[..., :LOW].any()
    assert not said.onset[..., LOW + HEIGHT :].any()
    assert len(data) < 12e6


def test_a_file_unlike_its_network_is_refused() -> None:
    made = player(TINY)
    data = export.to_bytes(made, Card("generator", parts=TINY.parts))
    with torch.no_grad():
        made.band.steps[-1].bias += 1
    with pytest.raises(contract.ModelError, match=r"toy\.onnx differs from its network"):
        export.parity(made, data, "toy.onnx")


def test_noise_zero_is_the_mean_style_and_much_noise_is_one_of_the_bank() -> None:
    made = player(TINY)
    assert torch.allclose(made.code(torch.zeros(1, TINY.code))[0], made.bank.mean(0), atol=1e-6)
    for k in range(TINY.bank):
        code = made.code(100 * made.keys[k : k + 1])[0]
        assert torch.allclose(code, made.bank[k], atol=1e-3)


def test_noise_of_half_scale_nearly_chooses() -> None:
    keys = style.keys_of(torch.randn(64, 12, generator=torch.Generator().manual_seed(3)))
    assert torch.allclose(keys.norm(dim=1), torch.ones(64))
    noise = 0.5 * torch.randn(256, 12, generator=torch.Generator().manual_seed(4))
    share = torch.softmax(style.sharpness_of(keys) * noise @ keys.T, -1).amax(-1).mean()
    assert 0.7 < share < 0.9


def test_neutral_controls_say_nothing_and_others_do() -> None:
    torch.manual_seed(0)
    band = Band(TINY).eval()
    inputs, _ = batch(TINY)
    code = torch.zeros(4, TINY.code)
    neutral = inputs._replace(controls=torch.full((4, 5), 0.5))
    plain = band(neutral, code).gate
    dense = band(inputs._replace(controls=torch.ones(4, 5)), code).gate
    with torch.no_grad():
        band.cond[0].weight[:, TINY.code :] = 0
    assert torch.equal(band(neutral, code).gate, plain)
    assert not torch.allclose(dense, plain)


def test_loss_counts_only_what_comes_after_the_cut() -> None:
    band = Band(TINY).eval()
    inputs, truth = batch(TINY)
    heads = band(inputs, torch.zeros(4, TINY.code))
    whole = losses.reconstruction(band, heads, truth)
    nothing = losses.reconstruction(band, heads, truth._replace(weight=torch.zeros(4, 32)))
    assert all(value > 0 for value in whole.values())
    assert not any(nothing.values())


def test_the_encoder_hears_texture_not_key() -> None:
    planes = torch.zeros(2, 1, 2, HEIGHT)
    planes[0, 0, 0, 30] = planes[1, 0, 0, 71] = 1
    shifted = style.moved(planes, torch.tensor([5, 1]))
    assert torch.nonzero(shifted).tolist() == [[0, 0, 0, 35]]


def test_critic_has_four_strided_convolutions_and_a_dense_layer() -> None:
    judge = Critic((64, 128, 256, 512))
    shapes = [tuple(p.shape) for p in judge.parameters()]
    inside = critic.ROLL + critic.CONDITION
    assert shapes[0::2] == [
        (64, inside, 4, 4),
        (128, 64, 4, 4),
        (256, 128, 4, 4),
        (512, 256, 4, 4),
        (1, 512 * 2 * 4),
    ]
    score = judge(torch.zeros(3, critic.ROLL, 32, HEIGHT), torch.zeros(3, critic.CONDITION, 32, HEIGHT))
    assert score.shape == (3,)


@pytest.mark.parametrize("slope", [0.0, 1.0, 3.0])
def test_gradient_penalty_is_the_squared_distance_of_the_slope_from_one(slope: float) -> None:
    direction = torch.zeros(critic.ROLL, 32, HEIGHT)
    direction[2, 3, 4] = slope
    real, fake = torch.ones(4, critic.ROLL, 32, HEIGHT), torch.zeros(4, critic.ROLL, 32, HEIGHT)
    rng = Dice([0], 4, slice(None), "cpu")
    found = critic.penalty(lambda roll, _: (roll * direction).flatten(1).sum(1), real, fake, real, rng)
    assert found.item() == pytest.approx((slope - 1) ** 2, abs=1e-3)


def test_samples_are_hard_drawn_by_their_probability_and_let_the_gradient_through() -> None:
    logits = torch.full((20000,), 1.2, requires_grad=True)
    _, drawn = critic.concrete(logits, 0.5, Dice([0], 20000, slice(None), "cpu"))
    assert set(drawn.detach().round(decimals=5).tolist()) == {0.0, 1.0}
    assert drawn.mean().item() == pytest.approx(torch.sigmoid(torch.tensor(1.2)).item(), abs=0.02)
    drawn.sum().backward()
    assert (logits.grad > 0).float().mean() > 0.99


def test_a_note_sounds_while_it_is_held_and_a_hold_alone_is_silent() -> None:
    onset, hold = torch.zeros(1, 1, 6, 1), torch.tensor([1.0, 0, 1, 0, 1, 1]).reshape(1, 1, 6, 1)
    onset[0, 0, 1] = onset[0, 0, 4] = 1
    quiet = critic.sounding(onset, hold, torch.zeros(1, 1, 1))[0, 0, :, 0]
    held_over = critic.sounding(onset, hold, torch.ones(1, 1, 1))[0, 0, :, 0]
    assert quiet.tolist() == [0, 1, 1, 0, 1, 1]
    assert held_over.tolist() == [1, 1, 1, 0, 1, 1]


@GENRES
def test_what_the_critic_is_shown_keeps_the_real_past(genre: str) -> None:
    chosen = recipe(genre)
    band = Band(chosen)
    inputs, truth = batch(chosen)
    heads = band(inputs, torch.zeros(4, chosen.code))
    shown = critic.perform(band, heads, truth, 0.5, Dice([0], 4, slice(None), "cpu"))
    true = critic.real(truth)
    past = (truth.weight == 0)[:, None, :, None].expand_as(true)
    assert shown.shape == true.shape
    assert torch.equal(shown.detach()[past], true[past])
    onset, sustain = shown.detach().chunk(2, 1)
    assert (sustain >= onset - 1e-5).all()


def lesson(chosen: Recipe = TINY) -> BandLesson:
    return BandLesson(Corpus(songs(), chosen.parts), chosen, Together("cpu"))


@pytest.mark.parametrize("stop_at", [2, 5])
def test_a_resumed_run_ends_with_the_weights_of_an_uninterrupted_one(stop_at: int, tmp_path: Path) -> None:
    whole = lesson()
    assert (whole.first, whole.second) == (4, 4)
    loop.fit(whole, tmp_path / "whole")
    part = lesson()
    loop.fit(part, tmp_path / "part", stop=lambda: part.step == stop_at)
    assert part.step == stop_at
    resumed = lesson()
    resumed.load(tmp_path / "part" / "checkpoint.pt")
    loop.fit(resumed, tmp_path / "part")
    assert resumed.step == 8
    for name in ("band", "encoder", "critic"):
        mine, other = (getattr(x, name).state_dict() for x in (whole, resumed))
        assert all(torch.equal(mine[key], other[key]) for key in mine), name


def test_both_phases_move_the_generator_and_only_the_second_the_critic(tmp_path: Path) -> None:
    taught = lesson()
    start = taught.critic.dense.weight.detach().clone()
    taught.step = taught.first - 1
    taught.advance()
    assert torch.equal(taught.critic.dense.weight, start)
    before = taught.band.unet.enter.weight.detach().clone()
    row = taught.advance()
    assert not torch.equal(taught.critic.dense.weight, start)
    assert not torch.equal(taught.band.unet.enter.weight, before)
    assert {"critic", "slope", "score", "loss"} <= set(row)


def test_the_end_of_each_phase_is_kept(tmp_path: Path) -> None:
    told = []
    assert loop.fit(lesson(), tmp_path, tell=lambda step, losses: told.append((step, sorted(losses))))
    assert {path.name for path in tmp_path.iterdir()} == {"checkpoint.pt", "reconstruction.pt", "latest.pt"}
    assert [step for step, _ in told] == list(range(1, 9))
    first = ["gate", "hold", "kit", "loss", "loud", "nats", "pitch"]
    assert [names for _, names in told] == [first] * 4 + [sorted([*first, "critic", "slope", "score"])] * 4


def test_teaching_lowers_the_loss() -> None:
    taught = lesson(replace(TINY, epochs=30, critic_epochs=0, learning_rate=5e-3))
    rows = [taught.advance()["loss"] for _ in range(40)]
    assert np.mean(rows[-5:]) < 0.6 * np.mean(rows[:5])


def grid(*hits: tuple[int, int]) -> np.ndarray:
    """A window of a kit, bool[1,32,9], with these (step, drum) hits."""
    out = np.zeros((1, 32, len(KIT)), bool)
    for step, drum in hits:
        out[0, step, KIT.index(drum)] = True
    return out


def beat(bar: int, *more: tuple[int, int]) -> list[tuple[int, int]]:
    """A bar of rock: kick on 1, snare on 2 and 4, hats in eighths."""
    hats = [(step, 42) for step in range(0, 16, 2)]
    return [(16 * bar + step, drum) for step, drum in [(0, 36), (4, 38), (12, 38), *hats, *more]]


@pytest.mark.parametrize(
    ("hits", "is_steady"),
    [
        (beat(0) + beat(1), True),
        (beat(0) + beat(1, (10, 36)), True),
        (beat(0), False),
        (beat(0) + beat(1, *((step, 45) for step in range(16))), False),
        ([hit for hit in beat(0) + beat(1) if hit[1] != 42], False),
        ([hit for hit in beat(0) + beat(1) if hit != (12, 38)], False),
    ],
)
def test_a_steady_beat_repeats_and_has_kick_snare_and_hats(
    hits: list[tuple[int, int]], is_steady: bool
) -> None:
    assert calibrate.steady(grid(*hits)).tolist() == [is_steady]


def test_the_bank_prefers_windows_in_which_all_parts_play() -> None:
    full = songs(2)
    silent = [replace(song, notes=(*song.notes[:4], song.notes[4][:0])) for song in songs(2)]
    corpus = Corpus([silent[0], full[0], silent[1], full[1]], TINY.parts)
    chosen = calibrate.typical_windows(corpus, 8, seed=0)
    assert set(corpus.song[chosen]) == {1, 3}


@pytest.mark.parametrize(("mine", "moves"), [(2.0, 1), (0.5, -1), (1.0, 0)])
def test_a_cut_rises_where_too_much_is_played(mine: float, moves: int) -> None:
    moved = calibrate._move(0.4, mine, 1.0)
    assert np.sign(round(moved - 0.4, 6)) == moves
    assert calibrate._move(0.05, 0.0, 5.0) >= 0.05


def test_drawn_cuts_settle_at_as_many_notes_as_short_and_as_long_as_the_aim() -> None:
    songs_heard = 24
    onset = np.zeros((songs_heard, 4, 32, 128), np.float32)
    onset[:, 1, ::4, 40] = 0.4
    hold = np.zeros_like(onset)
    hold[:, 1, :, 40] = 0.4
    plan = np.zeros((songs_heard, 128, 24), np.float32)
    melody = np.zeros((songs_heard, 2, 128, 128), np.float32)
    given = Stage(melody, plan, np.zeros((songs_heard, 4, 2, 128, 128), np.float32))
    aim = Aim((0.0, 2.8, 0.0, 0.0), (0.0, 2.0, 0.0, 0.0), (0.0, 0.2, 0.0, 0.0), (0.0, 3.0, 0.0, 0.0))
    card = Card("generator", parts=("drums", "bass", "keys", "strings"), drawn=calibrate.EVEN)

    def say(offer: object) -> tuple[np.ndarray, ...]:
        return onset, hold, onset, onset.max(3)

    settled = calibrate.settle_drawn(say, 3, card, Limits(), given, aim)

    def played(each: Card) -> np.ndarray:
        """Onsets, crumbs and the length of the others, of the bass, over performances."""
        runs = [free_run(say, each, Limits(), given, 3, replace(USUALLY, seed=seed)) for seed in (97, 98, 99)]
        heard = [Aim.of(run, plan) for run in runs]
        return np.mean([(aim.onsets[1], aim.crumbs[1], aim.longer[1]) for aim in heard], 0)

    before, after = played(card), played(settled)
    assert before[0] < 2.2
    assert before[1] > 0.5
    assert after[0] == pytest.approx(2.8, abs=0.4)
    assert after[1] == pytest.approx(0.2, abs=0.2)
    assert after[2] == pytest.approx(3.0, abs=0.5)
