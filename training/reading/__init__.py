"""A user's files to songs: notes on a grid of 16ths, roles found, what can't be used said."""
