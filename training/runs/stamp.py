"""What a run is made with and from: the code's revision, the versions, and the songs."""

from __future__ import annotations

import hashlib
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any, TypedDict

import numpy as np

from bandmate.training.songs import SPLITS

HERE = Path(__file__).resolve().parents[2]


class Versions(TypedDict):
    """Of bandmate, python and torch; empty where one is not installed."""

    bandmate: str
    python: str
    torch: str


def revision(checkout: Path = HERE) -> str:
    """The git revision of bandmate's own checkout, with `-dirty` where files were changed; else nothing."""
    try:
        top = _git(checkout, "rev-parse", "--show-toplevel")
        if Path(top).resolve() != checkout:
            return ""
        return _git(checkout, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*")
    except (OSError, subprocess.SubprocessError):
        return ""


def _git(folder: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=10, check=True
    )
    return done.stdout.strip()


def versions() -> Versions:
    """The versions in use."""
    return Versions(bandmate=_version("bandmate"), python=platform.python_version(), torch=_version("torch"))


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def fingerprint(songs: Path) -> dict[str, Any]:
    """`sha256` of the prepared songs of a folder, their names and contents, and how many each split has."""
    digest, count = hashlib.sha256(), dict.fromkeys(SPLITS, 0)
    for path in sorted(songs.glob("*.npz")):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
        with np.load(path, allow_pickle=False) as kept:
            count[str(kept["split"])] += 1
    return {"sha256": digest.hexdigest(), **count}
