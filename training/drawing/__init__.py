"""A song as a picture: its piano roll, and the colours and letters of all pictures."""
