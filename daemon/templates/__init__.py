"""Set-up files for DAWs whose format is open, made from a preset's parts."""
