"""When: ticks and seconds, steps and bars, a followed clock, a tapped tempo."""
