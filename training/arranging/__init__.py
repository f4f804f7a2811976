"""Parts that nobody played: voiced from chords, or paired by style and tempo; marked as such."""
