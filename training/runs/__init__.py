"""Run folders: what a run keeps of itself, and how a musician sees it learn."""
