"""The band's own sound: FluidSynth and a SoundFont, where they are installed."""
