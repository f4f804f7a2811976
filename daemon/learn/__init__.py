"""MIDI learn."""
