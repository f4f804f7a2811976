"""The band as a service of the system: installed, looked at, taken away.

Three systems, one shape; what runs systemctl, launchctl or schtasks is one function, which is handed in.
"""

from __future__ import annotations

import getpass
import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from bandmate.daemon.errors import ServiceError, writing
from bandmate.daemon.service import texts as texts
from bandmate.daemon.service.texts import LABEL, NAME, Job
from bandmate.presets.home import folder

ABSENT = "the service is not installed; 'bandmate service install' does it"
OURS = ("BANDMATE_HOME", "BANDMATE_MIDI_API", "JACK_DEFAULT_SERVER")


class Ran(NamedTuple):
    """How a program ended, and what it said, on both channels."""

    status: int
    said: str


Run = Callable[[Sequence[str]], Ran]


class Service(Protocol):
    """What each system does in its own way. Each call returns sentences; ServiceError is raised where it
    can't be done."""

    def install(self, flags: Sequence[str]) -> list[str]:
        """Have `bandmate play FLAGS` run now and from every start on."""
        ...

    def uninstall(self) -> list[str]:
        """End it, and have it start no more."""
        ...

    def status(self) -> list[str]:
        """How it is."""
        ...

    def logs(self, lines: int) -> list[str]:
        """The last lines that it said."""
        ...


def run(command: Sequence[str]) -> Ran:
    """Run a program of the system's to its end."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", timeout=60
        )
    except FileNotFoundError as error:
        raise ServiceError(
            f"this system has no '{command[0]}', so it can't start bandmate by itself"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ServiceError(f"'{' '.join(command)}' did not end within a minute") from error
    return Ran(done.returncode, done.stdout.strip())


def here(run: Run = run) -> Service:
    """The service manager of this system."""
    if sys.platform == "win32":
        return Task(run, Path(sys.executable), folder("bandmate.log"))
    if sys.platform == "darwin":
        return Agent(run, Path.home() / "Library")
    configuration = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return Unit(run, configuration / "systemd" / "user" / f"{NAME}.service")


def play(*flags: str, program: str = sys.executable) -> list[str]:
    """The command line of a performance, by whole paths."""
    return [program, "-m", "bandmate.daemon", "play", *flags]


def environment() -> dict[str, str]:
    """What of the present environment the service needs, too."""
    return {name: os.environ[name] for name in OURS if os.environ.get(name)}


class Unit:
    """systemd's user manager (Linux, Raspberry Pi OS)."""

    def __init__(self, run: Run, path: Path) -> None:
        self._run, self._path = run, path

    def install(self, flags: Sequence[str]) -> list[str]:
        """See Service; also has the user's services start with the machine, where that is allowed."""
        manager = self._run(["systemctl", "--user", "show-environment"])
        if manager.status != 0:
            raise ServiceError(
                f"systemd does not run for this user ({manager.said}); log in as the user who plays, without "
                "sudo or su, and try again"
            )
        _write(self._path, texts.unit(Job(play(*flags), environment())).encode())
        for words in (["daemon-reload"], ["enable", self._path.name], ["restart", self._path.name]):
            _must(self._run, ["systemctl", "--user", *words])
        said = [f"installed as {self._path}, and started"]
        if self._run(["loginctl", "enable-linger"]).status == 0:
            return [*said, "it starts with the machine, before anybody logs in"]
        who = getpass.getuser()
        return [
            *said,
            f"it starts when you log in; for a start with the machine: sudo loginctl enable-linger {who}",
        ]

    def uninstall(self) -> list[str]:
        """See Service. Lingering stays as it is: other services may need it."""
        _present(self._path)
        _must(self._run, ["systemctl", "--user", "disable", "--now", self._path.name])
        self._path.unlink()
        self._run(["systemctl", "--user", "daemon-reload"])
        return [f"stopped, and {self._path} removed"]

    def status(self) -> list[str]:
        """See Service."""
        _present(self._path)
        return [self._run(["systemctl", "--user", "--no-pager", "--full", "status", self._path.name]).said]

    def logs(self, lines: int) -> list[str]:
        """See Service."""
        _present(self._path)
        unit = ["--user-unit", self._path.name]
        return [_must(self._run, ["journalctl", *unit, "--no-pager", "--lines", str(lines)])]


class Agent:
    """launchd (macOS)."""

    def __init__(self, run: Run, library: Path) -> None:
        self._run = run
        self._path = library / "LaunchAgents" / f"{LABEL}.plist"
        self._log = library / "Logs" / f"{NAME}.log"
        self._domain = f"gui/{os.getuid() if hasattr(os, 'getuid') else 0}"

    def install(self, flags: Sequence[str]) -> list[str]:
        """See Service."""
        _write(self._path, texts.agent(Job(play(*flags), environment(), self._log)))
        self._run(["launchctl", "bootout", f"{self._domain}/{LABEL}"])  # an older one, if there is one
        _must(self._run, ["launchctl", "bootstrap", self._domain, str(self._path)])
        return [f"installed as {self._path}, and started; it starts when you log in"]

    def uninstall(self) -> list[str]:
        """See Service."""
        _present(self._path)
        self._run(["launchctl", "bootout", f"{self._domain}/{LABEL}"])
        self._path.unlink()
        return [f"stopped, and {self._path} removed"]

    def status(self) -> list[str]:
        """See Service."""
        _present(self._path)
        ran = self._run(["launchctl", "print", f"{self._domain}/{LABEL}"])
        wanted = ("state =", "pid =", "last exit code =", "runs =")
        facts = [line.strip() for line in ran.said.splitlines() if line.strip().startswith(wanted)]
        return facts or [ran.said]

    def logs(self, lines: int) -> list[str]:
        """See Service."""
        _present(self._path)
        return _tail(self._log, lines)


class Task:
    """The Task Scheduler (Windows). It keeps the task itself; beside the log lies the text it was made of."""

    def __init__(self, run: Run, python: Path, log: Path) -> None:
        windowless = python.with_name("pythonw.exe")
        self._python = windowless if windowless.exists() else python
        self._run, self._log = run, log
        self._path = log.with_name("bandmate-task.xml")

    def install(self, flags: Sequence[str]) -> list[str]:
        """See Service."""
        line = play("--log", str(self._log), *flags, program=str(self._python))
        user = "\\".join(filter(None, (os.environ.get("USERDOMAIN"), getpass.getuser())))
        _write(self._path, texts.task(Job(line), user))
        _must(self._run, ["schtasks", "/Create", "/TN", NAME, "/XML", str(self._path), "/F"])
        _must(self._run, ["schtasks", "/Run", "/TN", NAME])
        return [f"installed as the task '{NAME}', and started; it starts when you log in"]

    def uninstall(self) -> list[str]:
        """See Service."""
        _present(self._path)
        self._run(["schtasks", "/End", "/TN", NAME])
        _must(self._run, ["schtasks", "/Delete", "/TN", NAME, "/F"])
        self._path.unlink()
        return [f"stopped, and the task '{NAME}' removed"]

    def status(self) -> list[str]:
        """See Service."""
        _present(self._path)
        return [_must(self._run, ["schtasks", "/Query", "/TN", NAME, "/FO", "LIST", "/V"])]

    def logs(self, lines: int) -> list[str]:
        """See Service."""
        _present(self._path)
        return _tail(self._log, lines)


def _must(run: Run, command: Sequence[str]) -> str:
    """What a program says that ends well."""
    ran = run(command)
    if ran.status != 0:
        raise ServiceError(f"'{' '.join(command)}' failed: {ran.said or f'status {ran.status}'}")
    return ran.said


def _write(path: Path, text: bytes) -> None:
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text)


def _present(path: Path) -> None:
    if not path.exists():
        raise ServiceError(ABSENT)


def _tail(log: Path, lines: int) -> list[str]:
    try:
        with log.open(encoding="utf-8", errors="replace") as file:
            return [line.rstrip("\n") for line in deque(file, lines)]
    except FileNotFoundError:
        return [f"nothing was said yet: there is no {log}"]
