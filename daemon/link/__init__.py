"""Ableton Link, which lives in a process of its own: who loads it, and who reads what that one reports."""
