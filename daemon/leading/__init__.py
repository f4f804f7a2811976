"""What the player asks of the band beside the melody, and what follows from being there or not."""
