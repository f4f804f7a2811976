"""What the band is asked, and a loaded preset that answers."""
