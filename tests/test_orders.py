"""What a user says becomes a recipe, and weights to begin from."""

from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from bandmate.training import base, orders
from bandmate.training.base import Base
from bandmate.training.fitting import recipe as recipes
from bandmate.training.fitting.recipe import PARTS, TUNED, USUAL_PARTS, Recipe
from bandmate.training.fitting.together import Together

STRINGS = PARTS["symphony"]


@pytest.mark.parametrize(
    ("parts", "said", "expected"),
    [
        (USUAL_PARTS, {}, {"technique": "band", "base": "pop", "learning_rate": TUNED["learning_rate"]}),
        (STRINGS, {}, {"base": "symphony"}),
        (("bass", "drums", "keys", "strings"), {}, {"base": ""}),
        (USUAL_PARTS, {"base": "scratch"}, {"base": "", "learning_rate": 2e-3, "epochs": 3.0}),
        (USUAL_PARTS, {"technique": "unet-gan"}, {"base": "", "batch": 64, "update_ratio": 5}),
        (USUAL_PARTS, {"technique": "musegan", "batch": 8}, {"batch": 8, "learning_rate": 1e-3}),
        (USUAL_PARTS, {"epochs": 2.0, "changes": ("near=3", "epochs=4")}, {"near": 3.0, "epochs": 4.0}),
    ],
)
def test_a_new_recipe(parts: tuple[str, ...], said: dict, expected: dict) -> None:
    made = orders.new("bossa", parts, said)
    assert (made.genre, made.parts) == ("bossa", parts)
    assert {name: getattr(made, name) for name in expected} == expected


def test_a_recipe_file_gives_all_but_name_and_parts_and_flags_win(tmp_path: Path) -> None:
    kept = recipes.of("musegan", genre="other", parts=STRINGS, seed=7, epochs=9.0)
    (tmp_path / "my.yaml").write_text(recipes.dump(kept))
    made = orders.new("bossa", USUAL_PARTS, {"recipe_file": tmp_path / "my.yaml", "epochs": 1.0})
    assert made == replace(kept, genre="bossa", parts=USUAL_PARTS, epochs=1.0)


def test_a_run_goes_on_by_its_own_recipe_only() -> None:
    kept = orders.new("bossa", USUAL_PARTS, {})
    assert orders.resumed(kept, {}) == kept
    assert orders.resumed(kept, {"seed": kept.seed, "epochs": kept.epochs}) == kept
    with pytest.raises(ValueError, match=r"seed 1 to 2.*--again"):
        orders.resumed(kept, {"seed": 2})


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"epochs": 0.0}, "epochs is 0 and must be more than 0"),
        ({"epochs": float("nan")}, "epochs is nan and must be more than 0"),
        ({"changes": ("device=abacus",)}, "device is 'abacus' and must be one of auto, cpu"),
        ({"changes": ("precision=8",)}, "'precision' is 8 and should look like"),
        ({"base": "polka"}, r"no weights 'polka'; there are pop, symphony, `scratch`"),
        ({"base": "symphony"}, "the weights 'symphony' are of the technique band with the parts cellos"),
        ({"base": "pop", "technique": "musegan"}, "begin from others, or --from scratch"),
    ],
)
def test_what_can_not_be_taught_is_said(said: dict, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        orders.new("bossa", USUAL_PARTS, said)


def test_the_packaged_weights_begin_a_band_and_its_ear() -> None:
    from bandmate.training.band.network import Band
    from bandmate.training.band.style import Encoder
    from bandmate.training.ear.network import Ear

    assert base.names() == ["pop", "symphony"]
    for name in base.names():
        weights = Base(name)
        made = weights.fitted(Recipe(genre="x", parts=PARTS[name], channels=(8, 8, 8, 8)))
        assert made.channels == (16, 32, 64, 96)
        modules = {"band": Band(made), "encoder": Encoder(made), "ear": Ear()}
        weights.begin(modules)
        kept = weights.tensors["band.unet.enter.weight"].float()
        assert torch.equal(modules["band"].unet.enter.weight, kept)


def test_weights_kept_by_a_run_are_read_again_and_others_are_refused(tmp_path: Path) -> None:
    tiny = Recipe(channels=(8, 8, 8, 8), code=4)
    path = tmp_path / "mine.safetensors"
    base.keep(tiny, {"band": torch.nn.Linear(2, 2)}, path)
    mine = Base(str(path))
    assert mine.recipe == tiny
    again = torch.nn.Linear(2, 2)
    mine.begin({"band": again})
    assert torch.equal(again.weight.half(), mine.tensors["band.weight"])
    with pytest.raises(ValueError, match="do not fit the band"):
        mine.begin({"band": torch.nn.Linear(3, 2)})
    path.write_bytes(path.read_bytes()[:40])
    with pytest.raises(ValueError, match="holds no weights of bandmate"):
        Base(str(path))


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is one")
def test_a_device_that_is_not_there_is_said() -> None:
    with pytest.raises(ValueError, match="there is no cuda device here"):
        Together("cuda")
