"""Figures of what was played, each beside the same figure of real songs."""
