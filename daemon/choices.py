"""The words that config.yaml and the command line choose from."""

from __future__ import annotations

OUTPUTS = ("multichannel", "split", "single")
"""One port for all parts, a port a part, or one part only."""
STARTS = ("note", "count")
"""What sets our own clock running: the first note, or a bar counted in."""
