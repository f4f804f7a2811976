"""Where a user's own presets, models, takes and config.yaml are."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs


def folder(*inside: str) -> Path:
    """The user's folder, or one in it (presets, models, takes, runs); it need not exist.

    The environment variable BANDMATE_HOME names it, else it is where the system keeps user data.
    """
    home = os.environ.get("BANDMATE_HOME")
    root = Path(home).expanduser() if home else platformdirs.user_data_path("bandmate", appauthor=False)
    return root.joinpath(*inside)
