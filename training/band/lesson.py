"""Teaching a generator: first from the notes, then against the critic; resumable at every checkpoint.

A run is a folder: recipe.yaml, checkpoint.pt (the latest), reconstruction.pt (the end of the first
phase), losses.csv and TensorBoard's files. Every update draws its windows and noise from the recipe's
seed and the update's number, so a run that is stopped and resumed ends with the same weights as one
that is not.
"""

from __future__ import annotations

import csv
import math
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.tensorboard import SummaryWriter

from bandmate.training.band import critic as judging
from bandmate.training.band import losses
from bandmate.training.band.critic import Critic
from bandmate.training.band.network import Band, Heads
from bandmate.training.band.style import SHIFT, Encoder
from bandmate.training.fitting import recipe, windows
from bandmate.training.fitting.recipe import Recipe

LOG_EVERY = 50
SAVE_EVERY = 500
CLIP = 50.0
COLUMNS = (
    "step", "phase", "gate", "pitch", "hold", "loud", "kit", "nats", "loss",
    "critic", "slope", "score", "windows_per_second",
)  # fmt: skip


class Lesson:
    """A generator being taught: networks, optimisers and how far they are.

    `step` counts generator updates over both phases; `first` and `second` are the updates of each.
    """

    def __init__(self, corpus: windows.Corpus, chosen: Recipe, device: str = "cpu") -> None:
        self.corpus, self.recipe, self.device = corpus, chosen, device
        torch.manual_seed(chosen.seed)
        self.band, self.encoder = Band(chosen).to(device), Encoder(chosen).to(device)
        self.critic = Critic(chosen.critic_channels).to(device)
        self.mine = [*self.band.parameters(), *self.encoder.parameters()]
        self.optimiser = torch.optim.AdamW(self.mine, chosen.learning_rate, weight_decay=0.01)
        second = {"betas": (0.5, 0.9)}
        self.late_optimiser = torch.optim.Adam(self.mine, chosen.generator_rate, **second)
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), chosen.critic_rate, **second)
        self.step = 0
        self.first = round(chosen.epochs * len(corpus) / chosen.batch)
        self.second = round(chosen.critic_epochs * len(corpus) / chosen.batch)

    def modules(self) -> dict[str, torch.nn.Module | torch.optim.Optimizer]:
        """All that has a state, by the name it has in a checkpoint."""
        return {
            "band": self.band,
            "encoder": self.encoder,
            "critic": self.critic,
            "optimiser": self.optimiser,
            "late_optimiser": self.late_optimiser,
            "critic_optimiser": self.critic_optimiser,
        }

    def save(self, path: Path) -> None:
        """Writes a checkpoint whole or not at all."""
        states = {name: module.state_dict() for name, module in self.modules().items()}
        torch.save({"step": self.step, **states}, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        """Goes on from a checkpoint of the same recipe."""
        kept = torch.load(path, map_location=self.device, weights_only=True)
        for name, module in self.modules().items():
            module.load_state_dict(kept[name])
        self.step = int(kept["step"])

    def advance(self) -> dict[str, float]:
        """One generator update of the phase that is due; the losses by name."""
        out = self._learn() if self.step < self.first else self._play()
        self.step += 1
        return {name: float(value.detach()) for name, value in out.items()}

    def _draw(self, salt: int) -> tuple[windows.Inputs[Tensor], windows.Truth[Tensor], torch.Generator]:
        """Windows and noise for an update; `salt` tells the critic's draws from the generator's."""
        rng = np.random.default_rng([self.recipe.seed, self.step, salt])
        which = rng.integers(0, len(self.corpus), self.recipe.batch)
        inputs, truth = windows.draw(self.corpus, which, self.recipe, rng)
        noise = torch.Generator().manual_seed(int(rng.integers(2**62)))
        return (
            windows.Inputs(*(torch.from_numpy(np.ascontiguousarray(x)).to(self.device) for x in inputs)),
            windows.Truth(*(torch.from_numpy(np.ascontiguousarray(x)).to(self.device) for x in truth)),
            noise,
        )

    def _codes(self, truth: windows.Truth[Tensor], noise: torch.Generator) -> tuple[Tensor, Tensor, Tensor]:
        """A code drawn for each window, its mean and its log variance."""
        shift = torch.randint(-SHIFT, SHIFT, (len(truth.weight),), generator=noise).to(self.device)
        with torch.autocast(self.device, torch.bfloat16):
            mean, log_variance = self.encoder(truth.onset, truth.sustain, shift)
        mean, log_variance = mean.float(), log_variance.float()
        draw = torch.randn(mean.shape, generator=noise).to(self.device)
        return mean + draw * (log_variance / 2).exp(), mean, log_variance

    def _heads(self, inputs: windows.Inputs[Tensor], code: Tensor) -> Heads:
        with torch.autocast(self.device, torch.bfloat16):
            heads = self.band(inputs, code)
        return Heads(*(head.float() for head in heads))

    def _learn(self) -> dict[str, Tensor]:
        """An update of the first phase."""
        inputs, truth, noise = self._draw(0)
        code, mean, log_variance = self._codes(truth, noise)
        out = losses.reconstruction(self.band, self._heads(inputs, code), truth)
        nats, dear = losses.told(mean, log_variance, self.recipe.free_nats)
        price = self.recipe.kl_weight * min(1.0, self.step / max(self.recipe.kl_rise, 1))
        loss = torch.stack(list(out.values())).sum() + price * dear
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * self._pace()
        update(self.optimiser, loss, self.mine)
        return {**out, "nats": nats, "loss": loss}

    def _pace(self) -> float:
        """The learning rate as a share of its top: a short rise, then a cosine to a fiftieth."""
        rise = min(1.0, (self.step + 1) / max(self.recipe.warmup, 1))
        return rise * (0.51 + 0.49 * math.cos(math.pi * self.step / max(self.first, 1)))

    def _play(self) -> dict[str, Tensor]:
        """An update of the second phase: the critic some times, then the generator against it.

        The generator is judged with the codes of other windows, since playing chooses them so.
        """
        due = self.recipe.update_ratio + (self.recipe.critic_warmup if self.step == self.first else 0)
        for turn in range(due):
            judged = self._judge(turn + 1)
        inputs, truth, noise = self._draw(0)
        code, mean, log_variance = self._codes(truth, noise)
        twice = windows.Inputs(*(torch.cat([x, x]) for x in inputs))
        heads = self._heads(twice, torch.cat([code, code.roll(1, 0)]))
        own, other = (Heads(*half) for half in zip(*(h.chunk(2) for h in heads), strict=True))
        out = losses.reconstruction(self.band, own, truth)
        nats, dear = losses.told(mean, log_variance, self.recipe.free_nats)
        fake = judging.perform(self.band, other, truth, self.recipe.concrete, noise)
        score = self.critic(fake, judging.condition(inputs, self.band.picture)).mean()
        loss = torch.stack(list(out.values())).sum() + self.recipe.kl_weight * dear
        loss = loss - self.recipe.critic_weight * score
        update(self.late_optimiser, loss, self.mine)
        return {**out, "nats": nats, "loss": loss, "score": score, **judged}

    def _judge(self, turn: int) -> dict[str, Tensor]:
        """An update of the critic: its Wasserstein loss and its slope penalty."""
        inputs, truth, noise = self._draw(turn)
        with torch.no_grad():
            code = self._codes(truth, noise)[0].roll(1, 0)
            heads = self._heads(inputs, code)
            fake = judging.perform(self.band, heads, truth, self.recipe.concrete, noise)
        beside, truly = judging.condition(inputs, self.band.picture), judging.real(truth)
        distance = self.critic(fake, beside).mean() - self.critic(truly, beside).mean()
        slope = judging.penalty(self.critic, truly, fake, beside, noise)
        loss = distance + self.recipe.gradient_penalty * slope
        update(self.critic_optimiser, loss, list(self.critic.parameters()))
        return {"critic": distance, "slope": slope}


def update(optimiser: torch.optim.Optimizer, loss: Tensor, mine: list[torch.nn.Parameter]) -> None:
    """One step down the gradient, which is clipped."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(mine, CLIP)
    optimiser.step()


def fit(
    lesson: Lesson,
    folder: Path,
    minutes: float = math.inf,
    stop: Callable[[], bool] = lambda: False,
    tell: Callable[[dict[str, float]], None] = lambda _: None,
) -> None:
    """Teaches until both phases are done, the minutes are over, or `stop` says so; keeps the checkpoint."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "recipe.yaml").write_text(recipe.dump(lesson.recipe), encoding="utf-8")
    began = marked = time.monotonic()
    with (folder / "losses.csv").open("a", newline="") as file, SummaryWriter(str(folder)) as board:
        table = csv.DictWriter(file, COLUMNS, restval="")
        if file.tell() == 0:
            table.writeheader()
        total: dict[str, float] = {}
        while lesson.step < lesson.first + lesson.second:
            if stop() or time.monotonic() - began > 60 * minutes:
                break
            phase = 1 if lesson.step < lesson.first else 2
            for name, value in lesson.advance().items():
                total[name] = total.get(name, 0.0) + value / LOG_EVERY
            if lesson.step == lesson.first:
                lesson.save(folder / "reconstruction.pt")
            if lesson.step % SAVE_EVERY == 0:
                lesson.save(folder / "checkpoint.pt")
            if lesson.step % LOG_EVERY == 0:
                now = time.monotonic()
                row = {"step": lesson.step, "phase": phase, **total}
                row["windows_per_second"] = LOG_EVERY * lesson.recipe.batch / (now - marked)
                for name, value in row.items():
                    board.add_scalar(name, value, lesson.step)
                table.writerow({k: v if isinstance(v, int) else f"{v:.4f}" for k, v in row.items()})
                file.flush()
                tell(row)
                total, marked = {}, now
    lesson.save(folder / "checkpoint.pt")
