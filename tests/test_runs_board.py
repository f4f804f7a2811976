"""What TensorBoard is shown of a run, read back as TensorBoard reads it."""

from pathlib import Path

import pytest
from PIL import Image

torch = pytest.importorskip("torch")

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from bandmate.training.runs.board import Board


def read(folder: Path) -> EventAccumulator:
    found = EventAccumulator(str(folder), size_guidance={"scalars": 0, "images": 0, "tensors": 0})
    found.Reload()
    return found


def shown(folder: Path, tag: str) -> list[tuple[int, float]]:
    return [(event.step, round(event.value, 4)) for event in read(folder).Scalars(tag)]


def test_figures_of_what_is_played_and_of_the_songs_share_their_tags(tmp_path: Path) -> None:
    board = Board(tmp_path)
    board.recipe("genre: pop\nseed: 1\n")
    board.losses(10, {"loss": 2.5, "gate": 1.5})
    board.measured(10, {"similarity": 0.5, "bass.empty": 0.25}, {"similarity": 1.0, "bass.empty": 0.125})
    board.measured(20, {"similarity": 0.75, "bass.empty": float("nan")}, {"bass.empty": 0.125})
    board.rolls(20, {"1 tiny": Image.new("RGB", (30, 20), (213, 94, 0))})
    board.close()
    generated, data = tmp_path / "generated", tmp_path / "data"
    tags = read(generated).Tags()
    assert set(tags["scalars"]) == {"losses/loss", "losses/gate", "similarity", "figures/bass.empty"}
    assert tags["images"] == ["rolls/1 tiny"]
    assert set(read(data).Tags()["scalars"]) == {"similarity", "figures/bass.empty"}
    assert shown(generated, "similarity") == [(10, 0.5), (20, 0.75)]
    assert shown(generated, "figures/bass.empty") == [(10, 0.25)]
    assert shown(data, "figures/bass.empty") == [(10, 0.125), (20, 0.125)]
    (picture,) = read(generated).Images("rolls/1 tiny")
    assert (picture.step, picture.width, picture.height) == (20, 30, 20)
    assert b"genre: pop" in read(generated).Tensors("recipe/text_summary")[0].tensor_proto.string_val[0]


def test_after_a_resumption_no_update_is_shown_twice(tmp_path: Path) -> None:
    board = Board(tmp_path)
    for step in range(1, 7):
        board.losses(step, {"loss": float(step)})
    board.close()
    again = Board(tmp_path, resumed=4)
    for step in range(5, 9):
        again.losses(step, {"loss": -float(step)})
    again.close()
    assert shown(tmp_path / "generated", "losses/loss") == [
        (1, 1), (2, 2), (3, 3), (4, 4), (5, -5), (6, -6), (7, -7), (8, -8),
    ]  # fmt: skip
