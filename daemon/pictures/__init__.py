"""A piano roll, drawn."""
