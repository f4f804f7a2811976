"""What was heard and played so far, as the ear and the generator read it."""
