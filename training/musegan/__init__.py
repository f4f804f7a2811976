"""The technique `musegan`: a melody-conditional MuseGAN, shared and private latents over two bars."""
