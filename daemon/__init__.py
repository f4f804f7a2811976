"""Plays: the engine, its threads and the command line."""
