"""Teaching a band: first from the notes, then against the critic."""

from __future__ import annotations

import copy
from collections.abc import Iterable

import numpy as np
import torch
from torch import Tensor, nn

from bandmate.models.contract import Card
from bandmate.training.band import calibrate, losses
from bandmate.training.band import critic as judging
from bandmate.training.band.calibrate import Aim
from bandmate.training.band.critic import Critic
from bandmate.training.band.network import Band, Heads, Player
from bandmate.training.band.situations import Inputs, Truth, draw, fates
from bandmate.training.band.style import SHIFT, Encoder
from bandmate.training.fitting.course import Module, cosine
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.lesson import Lesson, say
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.windows import Corpus
from bandmate.training.judging import limits
from bandmate.training.judging.rollout import stage
from bandmate.training.songs import Song

CLIP = 50.0
REHEARSAL = 16


class BandLesson(Lesson):
    """A band being taught. `step` counts updates over both phases; `first` and `second` are those of each."""

    def __init__(self, corpus: Corpus, recipe: Recipe, together: Together) -> None:
        super().__init__(corpus, recipe, together)
        torch.manual_seed(recipe.seed)
        device = together.device
        self.band, self.encoder = Band(recipe).to(device), Encoder(recipe).to(device)
        self.critic = Critic(recipe.critic_channels).to(device)
        self.mine = [*self.band.parameters(), *self.encoder.parameters()]
        self.optimiser = torch.optim.AdamW(self.mine, recipe.learning_rate, weight_decay=0.01)
        second = {"betas": (0.5, 0.9)}
        self.late_optimiser = torch.optim.Adam(self.mine, recipe.generator_rate, **second)
        self.critic_optimiser = torch.optim.Adam(self.critic.parameters(), recipe.critic_rate, **second)
        self.first = max(round(recipe.epochs * self.each), 1)
        self.second = round(recipe.critic_epochs * self.each)

    @property
    def updates(self) -> int:
        """Updates of both phases."""
        return self.first + self.second

    @property
    def milestones(self) -> dict[int, str]:
        """The ends of the two phases."""
        return {self.first: "reconstruction"} | super().milestones if self.second else super().milestones

    def modules(self) -> dict[str, Module]:
        """Networks and optimisers by name."""
        return {
            "band": self.band,
            "encoder": self.encoder,
            "critic": self.critic,
            "optimiser": self.optimiser,
            "late_optimiser": self.late_optimiser,
            "critic_optimiser": self.critic_optimiser,
        }

    def weights(self) -> dict[str, nn.Module]:
        """The networks that another run may begin from."""
        return {"band": self.band, "encoder": self.encoder}

    def performer(self, songs: list[Song], quick: bool = False) -> tuple[Player, Card]:
        """The generator with its bank of styles; its cuts are set by free play on the songs, unless quick."""
        band, encoder = (copy.deepcopy(each).cpu().eval() for each in (self.band, self.encoder))
        chosen = calibrate.typical_windows(self.corpus, self.recipe.bank, self.recipe.seed)
        player = calibrate.player_of(band, encoder, self.corpus, chosen)
        card = calibrate.first_cuts(player, self.corpus, self.recipe)
        if quick:
            return player, card
        some = stage(songs, self.recipe.parts, REHEARSAL)
        real, voices = Aim.of(some.real, some.plan), limits.of(self.corpus)
        aim = real.like(self.corpus, chosen)
        card = calibrate.settle(say(player), player.noise, card, voices, some, aim)
        return player, calibrate.settle_drawn(say(player), player.noise, card, voices, some, real)

    def _update(self) -> dict[str, Tensor]:
        return self._learn() if self.step < self.first else self._play()

    def _draw(self, salt: int) -> tuple[Inputs[Tensor], Truth[Tensor], Dice]:
        """Windows and dice for an update; salt: 0 for the generator, 1, 2, .. for the critic's turns."""
        dice = self.dice(salt)
        which = dice.which(len(self.corpus))[dice.mine]
        mine = fates(dice.batch, self.recipe, dice.rng).of(dice.mine)
        inputs, truth = draw(self.corpus, which, mine, self.recipe)
        return Inputs(*map(self._tensor, inputs)), Truth(*map(self._tensor, truth)), dice

    def _tensor(self, array: np.ndarray) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(array)).to(self.together.device)

    def _codes(self, truth: Truth[Tensor], dice: Dice) -> tuple[Tensor, Tensor, Tensor]:
        """A code drawn for each window, its mean and its log variance."""
        with self.together.autocast():
            mean, log_variance = self.encoder(truth.onset, truth.sustain, dice.whole(-SHIFT, SHIFT))
        mean, log_variance = mean.float(), log_variance.float()
        return mean + dice.normal(mean.shape[1]) * (log_variance / 2).exp(), mean, log_variance

    def _heads(self, inputs: Inputs[Tensor], code: Tensor) -> Heads:
        with self.together.autocast():
            heads = self.band(inputs, code)
        return Heads(*(head.float() for head in heads))

    def _learn(self) -> dict[str, Tensor]:
        """An update of the first phase."""
        inputs, truth, dice = self._draw(0)
        code, mean, log_variance = self._codes(truth, dice)
        out = losses.reconstruction(self.band, self._heads(inputs, code), truth)
        nats, dear = losses.told(mean, log_variance, self.recipe.free_nats)
        price = self.recipe.kl_weight * min(1.0, self.step / max(self.recipe.kl_rise, 1))
        loss = torch.stack(list(out.values())).sum() + price * dear
        for group in self.optimiser.param_groups:
            group["lr"] = self.recipe.learning_rate * cosine(self.step, self.first, self.recipe.warmup)
        self._down(self.optimiser, loss, self.mine)
        return {**out, "nats": nats, "loss": loss}

    def _play(self) -> dict[str, Tensor]:
        """An update of the second phase: the critic some times, then the generator against it.

        The generator is judged with the codes of other windows, since playing chooses them so.
        """
        due = self.recipe.update_ratio + (self.recipe.critic_warmup if self.step == self.first else 0)
        for turn in range(due):
            judged = self._judge(turn + 1)
        inputs, truth, dice = self._draw(0)
        code, mean, log_variance = self._codes(truth, dice)
        twice = Inputs(*(torch.cat([x, x]) for x in inputs))
        heads = self._heads(twice, torch.cat([code, code.roll(1, 0)]))
        own, other = (Heads(*half) for half in zip(*(h.chunk(2) for h in heads), strict=True))
        out = losses.reconstruction(self.band, own, truth)
        nats, dear = losses.told(mean, log_variance, self.recipe.free_nats)
        fake = judging.perform(self.band, other, truth, self.recipe.concrete, dice)
        score = self.critic(fake, judging.condition(inputs, self.band.picture)).mean()
        loss = torch.stack(list(out.values())).sum() + self.recipe.kl_weight * dear
        loss = loss - self.recipe.critic_weight * score
        self._down(self.late_optimiser, loss, self.mine)
        return {**out, "nats": nats, "loss": loss, "score": score, **judged}

    def _judge(self, turn: int) -> dict[str, Tensor]:
        """An update of the critic: its Wasserstein loss and its slope penalty."""
        inputs, truth, dice = self._draw(turn)
        with torch.no_grad():
            code = self._codes(truth, dice)[0].roll(1, 0)
            heads = self._heads(inputs, code)
            fake = judging.perform(self.band, heads, truth, self.recipe.concrete, dice)
        beside, truly = judging.condition(inputs, self.band.picture), judging.real(truth)
        distance = self.critic(fake, beside).mean() - self.critic(truly, beside).mean()
        slope = judging.penalty(self.critic, truly, fake, beside, dice)
        loss = distance + self.recipe.gradient_penalty * slope
        self._down(self.critic_optimiser, loss, list(self.critic.parameters()))
        return {"critic": distance, "slope": slope}

    def _down(
        self, optimiser: torch.optim.Optimizer, loss: Tensor, mine: Iterable[torch.nn.Parameter]
    ) -> None:
        """One step down the gradient, averaged over the processes and clipped."""
        mine = list(mine)
        optimiser.zero_grad()
        loss.backward()
        self.together.average(mine)
        torch.nn.utils.clip_grad_norm_(mine, CLIP)
        optimiser.step()
