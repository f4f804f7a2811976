"""Real ports: taken up, lost, taken up again, and what sounds on them on disk."""
