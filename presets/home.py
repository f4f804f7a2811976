"""Where a user's own presets, models, takes and config.yaml are, and what a running bandmate notes down."""

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


def runtime(*inside: str) -> Path:
    """A folder for what counts only until the machine is started anew; it need not exist.

    Where a Linux has one in memory, it is there: a page of a file on disk that is being written back can hold
    up whoever writes to it. Else, and with BANDMATE_HOME, it is the folder `state` in the user's.
    """
    memory = os.environ.get("XDG_RUNTIME_DIR")
    if memory and not os.environ.get("BANDMATE_HOME"):
        return Path(memory, "bandmate", *inside)
    return folder("state", *inside)
