"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def place(path: Path) -> Iterator[Path]:
    """A new file beside the path to be written, hidden from whoever watches the folder; it is moved to the
    path in one step at the end, or removed if that is not reached. The folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    os.close(handle)
    try:
        yield Path(name)
        with open(name, "rb") as written:
            os.fsync(written.fileno())
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        os.unlink(name)
        raise


def write(path: Path, content: str | bytes) -> None:
    """Writes text, as UTF-8, or bytes."""
    with place(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
