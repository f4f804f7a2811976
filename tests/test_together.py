"""Several processes that teach one generator, and what they share: shares of a batch, chance, the curve."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.together import Together

TINY = str(Path(__file__).with_name("teach_tiny.py"))


def taught(out: Path, *launcher: str) -> dict:
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *launcher, TINY, str(out)],
        capture_output=True,
        text=True,
        env=environment,
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(out.read_text())


def test_two_processes_give_the_curve_of_one_with_the_same_batch(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    one = taught(tmp_path / "one" / "losses.json")
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    two = taught(tmp_path / "two" / "losses.json", *launcher)
    assert (one["processes"], two["processes"]) == (1, 2)
    assert len(one["losses"]) == len(two["losses"]) > 5
    assert two["losses"] == pytest.approx(one["losses"], rel=1e-5)
    assert one["losses"][-1] < one["losses"][0]


def test_the_shares_of_a_batch_are_thrown_as_one() -> None:
    whole = Dice([1, 2], 8, slice(None), "cpu")
    halves = [Dice([1, 2], 8, slice(k, k + 4), "cpu") for k in (0, 4)]
    for throw in (lambda d: d.normal(3), lambda d: d.uniform(2, 2), lambda d: d.whole(-3, 9).float()):
        assert torch.equal(throw(whole), torch.cat([throw(half) for half in halves]))
    assert halves[0].which(100).tolist() == halves[1].which(100).tolist() == whole.which(100).tolist()


def test_a_batch_that_cannot_be_dealt_is_refused() -> None:
    together = Together("cpu")
    together.world = 3
    with pytest.raises(ValueError, match="16 can't be dealt to 3 processes; change it"):
        together.share(16)
    assert together.share(15) == slice(0, 5)


def test_alone_nothing_is_averaged() -> None:
    together = Together("cpu")
    weight = torch.nn.Parameter(torch.ones(2))
    weight.grad = torch.tensor([1.0, 2.0])
    together.average([weight])
    assert weight.grad.tolist() == [1, 2]
    assert together.mean({"a": torch.tensor(3.0)}) == {"a": 3.0}
    assert together.agree(True)
    assert not together.agree(False)
