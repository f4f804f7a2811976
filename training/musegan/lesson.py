"""MuseGAN being taught: the critic some times, then the generator against it (WGAN with a slope penalty)."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from bandmate.models.contract import Card
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.lesson import Lesson, Performer
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.wasserstein import adam, penalty, steepness
from bandmate.training.fitting.windows import Corpus
from bandmate.training.musegan import batch, calibrate
from bandmate.training.musegan.critic import Critic
from bandmate.training.musegan.network import Generator
from bandmate.training.musegan.performer import MuseGanPerformer, loudness
from bandmate.training.songs import Song


class MuseGanLesson(Lesson):
    """A generator and its critic, each with Adam at the recipe's constant learning rate.

    Losses by name, of the critic's last turn: critic, all that it minimises; distance, its mean score of
    real windows less that of generated ones, which estimates Wasserstein's; slope, its mean steepness
    between the two, 1 where the penalty is none; and generator, the sign turned of what its windows score.
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, together: Together) -> None:
        """Raises ValueError where the recipe's channels are not four."""
        super().__init__(corpus, recipe, together)
        torch.manual_seed(recipe.seed)
        self.generator = Generator(recipe).to(together.device)
        self.critic = Critic(recipe.critic_channels).to(together.device)
        self.optimiser = adam(self.generator, recipe.learning_rate)
        self.critic_optimiser = adam(self.critic, recipe.learning_rate)

    def weights(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "critic": self.critic}

    def performer(self, songs: list[Song], quick: bool = False) -> tuple[Performer, Card]:
        """The generator with its cuts, which are set by free play on the songs, unless quick."""
        generator = copy.deepcopy(self.generator).cpu().eval()
        performer = MuseGanPerformer(generator, loudness(self.corpus)).eval()
        cuts = calibrate.first(performer, self.corpus, self.recipe)
        if quick:
            return performer, calibrate.card_of(cuts, self.recipe)
        return performer, calibrate.settled(performer, cuts, self.corpus, self.recipe, songs)

    def _update(self) -> dict[str, Tensor]:
        self.generator.train()
        for turn in range(self.recipe.update_ratio):
            judged = self._judge(self.dice(turn + 1))
        return {**judged, "generator": self._play(self.dice(0))}

    def _judge(self, dice: Dice) -> dict[str, Tensor]:
        """An update of the critic."""
        tune, real = batch.draw(self.corpus, self.recipe, dice)
        noise, mix = dice.normal(self.generator.noise), dice.uniform(1, 1, 1)
        with self.together.autocast():
            with torch.no_grad():
                fake = torch.sigmoid(self.generator(tune, noise))
            score = self.critic(torch.cat([fake, real]), torch.cat([tune, tune]))
            slope = steepness(self.critic, torch.lerp(fake, real, mix), tune)
        played, true = score.chunk(2)
        distance = true.mean() - played.mean()
        loss = self.recipe.gradient_penalty * penalty(slope) - distance
        self.descend(loss, self.critic_optimiser)
        return {"critic": loss, "distance": distance, "slope": slope.mean()}

    def _play(self, dice: Dice) -> Tensor:
        """An update of the generator; its loss."""
        tune, _ = batch.draw(self.corpus, self.recipe, dice)
        noise = dice.normal(self.generator.noise)
        with self.together.autocast():
            loss = -self.critic(torch.sigmoid(self.generator(tune, noise)), tune).mean()
        self.descend(loss, self.optimiser)
        return loss
