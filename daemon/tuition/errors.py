"""What can't be done in teaching, as a sentence."""


class TuitionError(Exception):
    """It can't be done; the sentence says why, and what to do."""
