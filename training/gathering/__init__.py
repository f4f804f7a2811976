"""A user's folder to songs: found, read on all cores, cast, corrected, filled up, and shown on a page."""
