"""`python -m bandmate.training` is `bandmate train`."""

from bandmate.training.cli import train

train()
