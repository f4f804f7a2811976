"""The band as a service: the texts as the systems read them, and what is asked of the systems."""

from __future__ import annotations

import os
import plistlib
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from bandmate.daemon.cli import main
from bandmate.daemon.errors import ServiceError
from bandmate.daemon.service import service
from bandmate.daemon.service.service import Agent, Ran, Task, Unit
from bandmate.daemon.service.texts import TASK, Job, agent, task, unit

AWKWARD = ("--in", 'My "Keys"', "--key", "100%", "$HOME", "a\\b", "")


def job(*flags: str) -> Job:
    command = [sys.executable, "-m", "bandmate.daemon", "play", *flags]
    return Job(command, {"BANDMATE_HOME": "/home/a b/50%"}, Path("/tmp/a log"))


class System:
    """Stands in for the system's programs: what was asked of them, and what they answer."""

    def __init__(self, **answers: Ran) -> None:
        self.asked: list[str] = []
        self._answers = answers

    def __call__(self, command: Sequence[str]) -> Ran:
        self.asked.append(" ".join(command))
        fitting = [ran for word, ran in self._answers.items() if word.replace("_", "-") in command]
        return fitting[0] if fitting else Ran(0, "fine")


def field(text: str, name: str) -> list[str]:
    """The values of a field of a unit file."""
    return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{name}=")]


def test_a_unit_tells_readiness_and_is_watched() -> None:
    text = unit(job("--preset", "jazz"))
    assert field(text, "ExecStart") == [f"{sys.executable} -m bandmate.daemon play --preset jazz"]
    assert field(text, "Type") == ["notify"]
    assert field(text, "Restart") == ["on-failure"]
    assert float(field(text, "WatchdogSec")[0]) > 0
    assert int(field(text, "LimitRTPRIO")[0]) > 0
    assert field(text, "WantedBy") == ["default.target"]


def test_a_units_words_are_quoted() -> None:
    text = unit(job(*AWKWARD))
    assert field(text, "ExecStart")[0].endswith(r' --in "My \"Keys\"" --key 100%% $$HOME "a\\b" ""')
    assert '"BANDMATE_HOME=/home/a b/50%%"' in field(text, "Environment")


@pytest.mark.parametrize("flags", [(), ("--preset", "jazz"), AWKWARD])
def test_systemd_finds_nothing_wrong(tmp_path: Path, flags: tuple[str, ...]) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing: install systemd")
    path = tmp_path / "bandmate.service"
    path.write_text(unit(job(*flags)))
    line = [analyze, "verify", "--user", "--man=no", str(path)]
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, env=environment)
    about_us = [said for said in done.stderr.splitlines() if "bandmate.service" in said]
    assert (done.returncode, about_us) == (0, []), done.stderr


def test_systemd_would_find_what_is_wrong(tmp_path: Path) -> None:
    """So that the test above can fail."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is missing: install systemd")
    path = tmp_path / "bandmate.service"
    path.write_text(unit(job()).replace("WatchdogSec=", "WatchDog=").replace(sys.executable, "/nowhere"))
    line = [analyze, "verify", "--user", "--man=no", str(path)]
    environment = {"XDG_RUNTIME_DIR": str(tmp_path), "HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, env=environment)
    assert "bandmate.service" in done.stderr


def test_an_agent_is_a_property_list() -> None:
    record = plistlib.loads(agent(job(*AWKWARD)))
    assert record["ProgramArguments"][-len(AWKWARD) :] == list(AWKWARD)
    assert record["RunAtLoad"] is True
    assert record["KeepAlive"] == {"SuccessfulExit": False}
    assert record["EnvironmentVariables"]["BANDMATE_HOME"] == "/home/a b/50%"
    assert record["StandardErrorPath"] == str(Path("/tmp/a log"))


def test_a_task_is_xml_that_the_scheduler_reads() -> None:
    text = task(job("--in", 'My "Keys" & Co'), "STAGE\\me")
    assert text.startswith((b"\xff\xfe", b"\xfe\xff"))
    root = ElementTree.fromstring(text)
    assert root.tag == f"{{{TASK}}}Task"

    def said(path: str) -> str | None:
        return root.findtext("/".join(f"{{{TASK}}}{step}" for step in path.split("/")))

    assert said("Actions/Exec/Command") == sys.executable
    assert said("Actions/Exec/Arguments") == r'-m bandmate.daemon play --in "My \"Keys\" & Co"'
    assert said("Triggers/LogonTrigger/UserId") == "STAGE\\me"
    assert said("Settings/ExecutionTimeLimit") == "PT0S"
    assert said("Settings/DisallowStartIfOnBatteries") == "false"
    # The published schema: unsignedByte and xs:duration of at least a minute; a trigger's own come last.
    assert 1 <= int(said("Settings/RestartOnFailure/Count") or 0) <= 255
    assert said("Settings/RestartOnFailure/Interval") == "PT1M"
    trigger = root.find(f"{{{TASK}}}Triggers/{{{TASK}}}LogonTrigger")
    assert [child.tag.rpartition("}")[2] for child in trigger or ()] == ["Enabled", "UserId"]
    parts = [child.tag.rpartition("}")[2] for child in root]
    assert parts == ["RegistrationInfo", "Triggers", "Principals", "Settings", "Actions"]


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    monkeypatch.setattr("getpass.getuser", lambda: "me")
    monkeypatch.delenv("BANDMATE_MIDI_API", raising=False)
    return System()


def unit_in(folder: Path, run: Callable[[Sequence[str]], Ran]) -> tuple[Unit, Path]:
    path = folder / "systemd" / "user" / "bandmate.service"
    return Unit(run, path), path


def test_a_unit_is_installed_started_and_lingers(
    tmp_path: Path, system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BANDMATE_MIDI_API", "jack")
    ours, path = unit_in(tmp_path, system)
    said = ours.install(["--preset", "jazz"])
    assert "play --preset jazz\n" in path.read_text()
    assert "BANDMATE_MIDI_API=jack" in field(path.read_text(), "Environment")
    assert system.asked == [
        "systemctl --user show-environment",
        "systemctl --user daemon-reload",
        "systemctl --user enable bandmate.service",
        "systemctl --user restart bandmate.service",
        "loginctl enable-linger",
    ]
    assert said[-1] == "it starts with the machine, before anybody logs in"


def test_where_lingering_is_not_allowed_the_step_is_told(tmp_path: Path, system: System) -> None:
    refusing = System(enable_linger=Ran(1, "Could not enable linger: Access denied"))
    said = unit_in(tmp_path, refusing)[0].install([])
    assert said[-1].endswith("sudo loginctl enable-linger me")


def test_what_systemd_refuses_is_one_sentence(tmp_path: Path, system: System) -> None:
    broken = System(enable=Ran(1, "Failed to enable unit"))
    with pytest.raises(ServiceError, match=r"enable bandmate.service' failed: Failed to enable unit"):
        unit_in(tmp_path, broken)[0].install([])


def test_without_a_manager_nothing_is_written(tmp_path: Path, system: System) -> None:
    alone, path = unit_in(tmp_path, System(show_environment=Ran(1, "Failed to connect to bus")))
    with pytest.raises(ServiceError, match=r"\(Failed to connect to bus\); log in as the user who plays"):
        alone.install([])
    assert not path.exists()


def test_a_unit_is_taken_away(tmp_path: Path, system: System) -> None:
    ours, path = unit_in(tmp_path, system)
    ours.install([])
    system.asked.clear()
    ours.uninstall()
    assert not path.exists()
    assert system.asked == [
        "systemctl --user disable --now bandmate.service",
        "systemctl --user daemon-reload",
    ]


def test_status_is_told_though_the_service_has_failed(tmp_path: Path, system: System) -> None:
    ours, _ = unit_in(tmp_path, System(status=Ran(3, "failed"), journalctl=Ran(0, "no port")))
    ours.install([])
    assert ours.status() == ["failed"]
    assert ours.logs(7) == ["no port"]


def services(folder: Path, run: System) -> Iterator[Any]:
    yield unit_in(folder, run)[0]
    yield Agent(run, folder / "Library")
    yield Task(run, Path(sys.executable), folder / "bandmate.log")


@pytest.mark.parametrize("number", range(3))
def test_what_is_not_installed_says_so(tmp_path: Path, system: System, number: int) -> None:
    ours = list(services(tmp_path, system))[number]
    for call in (ours.uninstall, ours.status, lambda: ours.logs(5)):
        with pytest.raises(ServiceError, match="not installed"):
            call()
    assert system.asked == []


@pytest.mark.parametrize("number", range(3))
def test_what_is_installed_is_told_and_taken_away(tmp_path: Path, system: System, number: int) -> None:
    ours = list(services(tmp_path, system))[number]
    ours.install(["--tempo", "90"])
    ours.install(["--tempo", "95"])
    assert ours.status()
    assert ours.logs(5)
    ours.uninstall()
    with pytest.raises(ServiceError, match="not installed"):
        ours.status()


def test_an_agent_is_started_and_its_log_is_kept(tmp_path: Path, system: System) -> None:
    answers = System(print=Ran(0, "x = {\n\tstate = running\n\tpid = 12\n\tpath = /y\n}"))
    ours = Agent(answers, tmp_path)
    ours.install(["--clock", "internal"])
    path = tmp_path / "LaunchAgents" / "bandmate.play.plist"
    assert plistlib.loads(path.read_bytes())["ProgramArguments"][-2:] == ["--clock", "internal"]
    assert answers.asked[-1].startswith("launchctl bootstrap gui/")
    assert ours.status() == ["state = running", "pid = 12"]
    (tmp_path / "Logs").mkdir()
    (tmp_path / "Logs" / "bandmate.log").write_text("one\ntwo\nthree\n")
    assert ours.logs(2) == ["two", "three"]


def test_a_task_runs_without_a_window_and_writes_a_log(tmp_path: Path, system: System) -> None:
    for name in ("python.exe", "pythonw.exe"):
        (tmp_path / name).touch()
    Task(system, tmp_path / "python.exe", tmp_path / "home" / "bandmate.log").install(["--tempo", "90"])
    text = (tmp_path / "home" / "bandmate-task.xml").read_bytes().decode("utf-16")
    assert f"<Command>{tmp_path / 'pythonw.exe'}</Command>" in text
    assert f"play --log {tmp_path / 'home' / 'bandmate.log'} --tempo 90<" in text
    assert system.asked[-1] == "schtasks /Run /TN bandmate"


def test_a_program_that_is_not_there_is_one_sentence() -> None:
    with pytest.raises(ServiceError, match="this system has no 'no-such-program'"):
        service.run(["no-such-program"])


def test_a_programs_words_and_status_come_back() -> None:
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr); sys.exit(3)"
    assert service.run([sys.executable, "-c", code]) == Ran(3, "out\nerr")


def ask(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["service", *arguments])


@pytest.fixture
def mine(home: Path, tmp_path: Path, system: System, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The command line's service is a unit in a folder of the test's own."""
    ours, path = unit_in(tmp_path, system)
    monkeypatch.setattr(service, "here", lambda: ours)
    return path


def test_the_command_line_installs_and_takes_away(mine: Path) -> None:
    assert ask("install", "--preset", "jazz", "--in", "My Keys").exit_code == 0
    assert 'play --preset jazz --in "My Keys"' in mine.read_text()
    assert ask("status").output == "fine\n"
    assert ask("logs", "--lines", "3").output == "fine\n"
    assert ask("uninstall").exit_code == 0
    assert not mine.exists()
    assert "not installed" in ask("status").output


@pytest.mark.parametrize("flags", [("--tempoo", "90"), ("--tempo", "fast"), ("jazz",)])
def test_flags_that_play_does_not_take_are_refused_at_once(mine: Path, flags: tuple[str, ...]) -> None:
    assert ask("install", *flags).exit_code == 2
    assert not mine.exists()


def test_a_broken_config_is_told_at_once(mine: Path, home: Path) -> None:
    (home / "config.yaml").write_text("tempo: fast\n")
    assert "config.yaml, line 1" in ask("install").output
    assert not mine.exists()


@pytest.mark.jack
def test_play_tells_that_it_is_ready_alive_and_stopping(jack: Any, home: Path, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(20)
        variables = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "600000"}
        process = start_play(variables)
        try:
            ready = manager.recv(4096).decode()
            assert ready.startswith("READY=1\nSTATUS=pop is ready: listening on 'bandmate in'")
            told = [manager.recv(4096).decode() for _ in range(4)]
            assert told.count("WATCHDOG=1") >= 2
        finally:
            process.terminate()
        while told[-1] != "STOPPING=1":
            told.append(manager.recv(4096).decode())
        assert process.wait(20) == 0


def start_play(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    line = service.play("--no-record")
    return subprocess.Popen(line, env=os.environ | variables, stdout=subprocess.DEVNULL)


def test_what_play_says_can_go_to_a_file(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "logs" / "bandmate.log"
    for _ in range(2):
        line = service.play("--log", str(log), "--preset", "pup")
        done = subprocess.run(line, capture_output=True, text=True, timeout=60)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")
    assert log.read_text().count("there is no preset 'pup'; did you mean 'pop'?") == 2
