"""Fixtures that every test may ask for."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

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


def _missing(what: str) -> NoReturn:
    """Skip, but not on CI."""
    (pytest.fail if os.environ.get("CI") else pytest.skip)(what)


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
        _missing("jackd or jack_lsp is missing: install jackd2")
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
        _missing("Ardour is missing: install ardour (a JACK test)")
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


@pytest.fixture(scope="module")
def open_house(studiohouse: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open studios without takes, each with a user's folder of its own (or `home`); they end with the
    module's last test."""
    with ExitStack() as stack:

        def opened(*flags: str, home: Path | None = None) -> Any:
            folder = home or tmp_path_factory.mktemp("home")
            return stack.enter_context(studiohouse.open_house("--no-record", *flags, home=folder))

        yield opened


@pytest.fixture(scope="module")
def browser(studiobrowser: ModuleType) -> Iterator[Any]:
    """One browser for all tests of a module."""
    if studiobrowser.chromium() is None:
        _missing("Chromium is missing: install chromium")
    pytest.importorskip("playwright", reason="Playwright is missing: pip install 'bandmate[dev]'")
    with studiobrowser.browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def violations(studiobrowser: ModuleType) -> Callable[[Any], Any]:
    """Ask axe which rules a page breaks, and where."""
    if not studiobrowser.AXE.is_file():
        pytest.skip(f"axe-core is missing: run 'npm ci' in {studiobrowser.PAGE}")
    asked: Callable[[Any], Any] = studiobrowser.violations
    return asked


@pytest.fixture(scope="session")
def fluidsynth() -> str:
    """Where FluidSynth is."""
    return shutil.which("fluidsynth") or _missing("FluidSynth is missing: install fluidsynth")


@pytest.fixture(scope="session")
def studiosongs() -> ModuleType:
    """The module tests/studiosongs.py: songs to teach a band from."""
    return _load("studiosongs")
