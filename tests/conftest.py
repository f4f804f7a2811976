"""Fixtures that every test may ask for."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from bandmate.presets.load import Shelf


def _load(name: str) -> ModuleType:
    """Load a helper module that lies beside this file; there is no package to import it from."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def toys() -> ModuleType:
    """The module tests/toys.py: models of a few KB, made on the spot."""
    return _load("toys")


@pytest.fixture(scope="session")
def scores() -> ModuleType:
    """The module tests/stage.py: tables of arrivals, and a stage in virtual time."""
    return _load("stage")


@pytest.fixture(scope="session")
def tunes() -> ModuleType:
    """The module tests/tunes.py: tunes in any scale, and packaged bands that play along."""
    return _load("tunes")


@pytest.fixture(scope="session")
def hall() -> ModuleType:
    """The module tests/hall.py: a podium in virtual time."""
    return sys.modules.get("hall") or _load("hall")


@pytest.fixture(scope="session")
def gale(hall: ModuleType) -> ModuleType:
    """The module tests/gale.py: whatever may come, at random."""
    return _load("gale")


@pytest.fixture
def stage(scores: ModuleType, toys: ModuleType) -> Any:
    """A stage whose instruments toys play."""
    return scores.Stage(toys)


@pytest.fixture
def home(toys: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder in which toy models stand in for those of the packaged presets."""
    folder = tmp_path / "home"
    (folder / "models").mkdir(parents=True)
    shelf = Shelf(None)
    for name in shelf.names():
        chosen = shelf.get(name)
        parts = tuple(part.name for part in chosen.parts)
        (folder / "models" / f"{chosen.ear}.onnx").write_bytes(toys.ear())
        (folder / "models" / f"{chosen.band}.onnx").write_bytes(toys.generator(parts, sure=0.9999))
    monkeypatch.setenv("BANDMATE_HOME", str(folder))
    return folder


@pytest.fixture(scope="session")
def jackclient() -> ModuleType:
    """The module tests/jackclient.py: scores for a client to play."""
    return _load("jackclient")


@pytest.fixture(scope="session")
def jack(jackclient: ModuleType) -> Iterator[Any]:
    """A JACK server for this session, which every client of this process and its children finds."""
    if not jackclient.available():
        if os.environ.get("CI"):
            pytest.fail("jackd or jack_lsp is missing: install jackd2")
        pytest.skip("jackd or jack_lsp is missing: install jackd2")
    server = jackclient.Server(f"bandmate-tests-{os.getpid()}")
    with pytest.MonkeyPatch.context() as patch:
        for name, value in server.environment.items():
            patch.setenv(name, value)
        yield server
        server.stop()


@pytest.fixture(scope="session")
def ardourclient(jack: Any, jackclient: ModuleType) -> ModuleType:
    """The module tests/ardourclient.py: Ardour as the DAW that the band plays in."""
    module = _load("ardourclient")
    if module.program() is None:
        if os.environ.get("CI"):
            pytest.fail("Ardour is missing: install ardour")
        pytest.skip("Ardour is missing: install ardour (a JACK test)")
    return module


@pytest.fixture
def daw(jack: Any, jackclient: ModuleType) -> Iterator[Callable[..., Any]]:
    """Make JACK clients that play and capture; all are closed when the test ends."""
    clients = []

    def make(name: str = "daw") -> Any:
        clients.append(jackclient.Client(name))
        return clients[-1]

    yield make
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def studiohouse() -> ModuleType:
    """The module tests/studiohouse.py: `bandmate studio` as a process."""
    return _load("studiohouse")


@pytest.fixture(scope="session")
def studiobrowser() -> ModuleType:
    """The module tests/studiobrowser.py: Chromium, driven."""
    return _load("studiobrowser")


@pytest.fixture(scope="session")
def studiosongs() -> ModuleType:
    """The module tests/studiosongs.py: songs to teach a band from."""
    return _load("studiosongs")
