"""Melody-conditional MuseGAN (Dong et al., AAAI 2018), sized for windows of two bars of 16 steps."""
