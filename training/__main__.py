"""`python -m bandmate.training`: data sets to songs, songs to an ear and a band."""

from bandmate.training.cli import main

main()
