"""Teaches: MIDI files in, a generator and its critic fitted, one .onnx out."""
