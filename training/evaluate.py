"""`python -m bandmate.training.evaluate` is `bandmate train judge`."""

from bandmate.training.cli import judge

if __name__ == "__main__":
    judge()
