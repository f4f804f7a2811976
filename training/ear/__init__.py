"""The predictor of chords: what it learns from, the network, how it is fitted, judged and exported."""
