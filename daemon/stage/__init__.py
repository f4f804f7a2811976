"""The performance in real time: threads, signals, reloading, the terminal."""
