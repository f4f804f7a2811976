"""The lesson of `unet-gan`: a Wasserstein GAN with a slope penalty, as DeepComposer teaches it.

Nothing but the critic ties what is played to the melody. Source: the notebook GAN.ipynb of
aws-samples/aws-deepcomposer-samples; Gulrajani et al., Improved Training of Wasserstein GANs, 2017.
"""

from __future__ import annotations

import copy
import math

import torch
from torch import Tensor, nn

from bandmate.models.contract import Card
from bandmate.training.fitting.dice import Dice
from bandmate.training.fitting.lesson import Lesson, Performer
from bandmate.training.fitting.recipe import Recipe
from bandmate.training.fitting.together import Together
from bandmate.training.fitting.wasserstein import adam, penalty
from bandmate.training.fitting.windows import Corpus
from bandmate.training.songs import Song
from bandmate.training.unet_gan import performer
from bandmate.training.unet_gan.network import Critic, Generator
from bandmate.training.unet_gan.roll import Rolls

EDGE = 2.0
INSIDE = math.erf(EDGE / math.sqrt(2))


class UNetGanLesson(Lesson):
    """Critic and generator in turns: `update_ratio` updates of the one, then one of the other.

    Windows are drawn with replacement, each transposed as the recipe says, and shown whole. Of several
    processes, each normalises the generator's features over its own share of the batch.
    """

    def __init__(self, corpus: Corpus, recipe: Recipe, together: Together) -> None:
        super().__init__(corpus, recipe, together)
        torch.manual_seed(recipe.seed)
        self.generator = Generator(recipe.channels).to(together.device)
        self.critic = Critic(recipe.critic_channels).to(together.device)
        self.generator_optimiser = adam(self.generator, recipe.learning_rate)
        self.critic_optimiser = adam(self.critic, recipe.learning_rate)
        self.rolls = Rolls(corpus, together.device)

    def weights(self) -> dict[str, nn.Module]:
        return {"generator": self.generator, "critic": self.critic}

    def _update(self) -> dict[str, Tensor]:
        judged: dict[str, Tensor] = {}
        for turn in range(self.recipe.update_ratio):
            judged = self._judge(self.dice(turn + 1))
        return {**judged, "generator": self._play(self.dice(0))}

    def _judge(self, dice: Dice) -> dict[str, Tensor]:
        """An update of the critic, against the generator as it plays: with its running statistics.

        critic: its loss; distance: Wasserstein's, as the critic estimates it; slope: the mean steepness
        between real and played, 1 where the penalty is none.
        """
        melody, real = self._windows(dice)
        noise, mix = truncated(dice, self.generator.noise), dice.uniform(1, 1, 1)
        with torch.no_grad(), self.together.autocast():
            fake = self.generator.eval()(melody, noise)
        with self.together.autocast():
            distance = self.critic(real, melody).mean() - self.critic(fake, melody).mean()
            slope = self.critic.slope(mix * real + (1 - mix) * fake, melody)
        loss = self.recipe.gradient_penalty * penalty(slope) - distance
        self.descend(loss, self.critic_optimiser)
        return {"critic": loss, "distance": distance, "slope": slope.mean()}

    def _play(self, dice: Dice) -> Tensor:
        """An update of the generator; its loss."""
        melody, _ = self._windows(dice)
        noise = truncated(dice, self.generator.noise)
        with self.together.autocast():
            loss = -self.critic(self.generator.train()(melody, noise), melody).mean()
        self.descend(loss, self.generator_optimiser)
        return loss

    def _windows(self, dice: Dice) -> tuple[Tensor, Tensor]:
        low, high = self.recipe.transpose
        which = dice.which(len(self.corpus))[dice.mine]
        return self.rolls.take(which, dice.whole(low, high + 1))

    def performer(self, songs: list[Song], quick: bool = False) -> tuple[Performer, Card]:
        played = performer.UNetGanPerformer(copy.deepcopy(self.generator).cpu(), self.recipe.parts).eval()
        return played, performer.calibrated(played, Corpus(songs, self.recipe.parts), self.recipe, quick)


def truncated(dice: Dice, shape: tuple[int, ...]) -> Tensor:
    """float32[mine, *shape]: normal noise with nothing beyond 2, mean 0."""
    even = (2 * dice.uniform(*shape) - 1) * INSIDE
    return (math.sqrt(2) * torch.erfinv(even)).clamp(-EDGE, EDGE)
