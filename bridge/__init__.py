"""The only place that touches a MIDI port: events, codec, ports."""
