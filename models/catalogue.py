"""Model files by name: the user's folder first, then the packaged ones. None is loaded here."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from bandmate.models.contract import ModelError

SUFFIX = ".onnx"


def packaged() -> set[str]:
    """The names of the models that come along, without their suffix."""
    files = (item.name for item in resources.files("bandmate.models").iterdir())
    return {name.removesuffix(SUFFIX) for name in files if name.endswith(SUFFIX)}


class Catalogue:
    """Finds model files."""

    def __init__(self, folder: Path) -> None:
        """folder: the user's models; it need not exist."""
        self.folder = folder

    def names(self) -> list[str]:
        """All names, without their suffix, in order."""
        own = {path.name.removesuffix(SUFFIX) for path in self.folder.glob(f"*{SUFFIX}")}
        return sorted(packaged() | own)

    def where(self, name: str) -> str:
        """`yours` or `packaged`."""
        return "yours" if self._own(name).exists() else "packaged"

    def data(self, name: str) -> bytes:
        """The bytes of a model. Raises ModelError."""
        own = self._own(name)
        if own.exists():
            return _read(own)
        file = resources.files("bandmate.models") / f"{name}{SUFFIX}"
        if not file.is_file():
            known = ", ".join(self.names()) or "none yet"
            raise ModelError(f"there is no model '{name}'; there are: {known}; yours belong in {self.folder}")
        return file.read_bytes()

    def _own(self, name: str) -> Path:
        return self.folder / f"{name}{SUFFIX}"


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} can't be read ({error.strerror}); check that the file is there") from error
