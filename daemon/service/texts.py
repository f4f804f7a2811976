"""The texts by which a system starts the band: a systemd unit, a launchd agent, a scheduled task.

Pure functions of a job. The systems differ in what they call a word, so each text quotes in its own way.
"""

from __future__ import annotations

import plistlib
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

NAME = "bandmate"
LABEL = "bandmate.play"
WATCHDOG = 15
"""Seconds without a ping after which systemd starts the band anew: more than JACK or a busy machine stops it
for."""
REALTIME = 80
ATTEMPTS = 255
"""How often Windows starts the band again, a minute after it failed: the most that the schema allows."""
TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"


@dataclass(frozen=True)
class Job:
    """What is to run: a command line whose first word is a file's whole path, variables of the environment,
    and the file that keeps what it says where the system keeps nothing."""

    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None


def unit(job: Job) -> str:
    """A systemd user unit (systemd.service(5)).

    It is started again however it fails, for ever: a MIDI system that comes up late is a failure until then.
    The limits hold as far as the user's own reach.
    """
    variables = "".join(f"Environment={_word(f'{k}={v}')}\n" for k, v in job.environment.items())
    return f"""[Unit]
Description=bandmate, a band that plays along with your melody
After=sound.target pipewire.service jack.service
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={" ".join([_word(job.command[0]), *map(_argument, job.command[1:])])}
{variables}Environment=PYTHONUNBUFFERED=1
Restart=on-failure
RestartSec=1
WatchdogSec={WATCHDOG}
TimeoutStartSec=120
TimeoutStopSec=15
LimitRTPRIO={REALTIME}
LimitMEMLOCK=infinity

[Install]
WantedBy=default.target
"""


def agent(job: Job) -> bytes:
    """A launchd agent (launchd.plist(5)): runs from the login on, and again where it fails."""
    record: dict[str, object] = {
        "Label": LABEL,
        "ProgramArguments": list(job.command),
        "EnvironmentVariables": {"PYTHONUNBUFFERED": "1", **job.environment},
        "RunAtLoad": True,
        "KeepAlive": {"SuccessfulExit": False},
        "ThrottleInterval": 2,
        "ProcessType": "Interactive",
    }
    if job.log is not None:
        record |= {"StandardOutPath": str(job.log), "StandardErrorPath": str(job.log)}
    return plistlib.dumps(record)


def task(job: Job, user: str) -> bytes:
    """A task of Windows' Task Scheduler for `user`, as UTF-16: runs from the user's login on, for as long as
    it likes, and again a minute after it fails. A task has no environment of its own."""
    root = ElementTree.Element("Task", {"version": "1.2", "xmlns": TASK})
    about = ElementTree.SubElement(root, "RegistrationInfo")
    _fill(about, Description="bandmate, a band that plays along with your melody")
    trigger = ElementTree.SubElement(ElementTree.SubElement(root, "Triggers"), "LogonTrigger")
    _fill(trigger, Enabled="true", UserId=user)
    principal = ElementTree.SubElement(ElementTree.SubElement(root, "Principals"), "Principal", id="Author")
    _fill(principal, UserId=user, LogonType="InteractiveToken", RunLevel="LeastPrivilege")
    settings = ElementTree.SubElement(root, "Settings")
    _fill(settings, MultipleInstancesPolicy="IgnoreNew", DisallowStartIfOnBatteries="false")
    _fill(settings, StopIfGoingOnBatteries="false", AllowHardTerminate="true")
    _fill(ElementTree.SubElement(settings, "RestartOnFailure"), Interval="PT1M", Count=str(ATTEMPTS))
    _fill(settings, ExecutionTimeLimit="PT0S", Priority="2")
    action = ElementTree.SubElement(root, "Actions", Context="Author")
    program, *arguments = job.command
    _fill(
        ElementTree.SubElement(action, "Exec"), Command=program, Arguments=subprocess.list2cmdline(arguments)
    )
    text: bytes = ElementTree.tostring(root, encoding="utf-16", xml_declaration=True)
    return text


def _fill(element: ElementTree.Element, **texts: str) -> None:
    for name, text in texts.items():
        ElementTree.SubElement(element, name).text = text


def _word(text: str) -> str:
    """A word of a unit file: quoted, its specifiers and escapes told twice."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("\n", "\\n")
    return f'"{escaped}"' if not text or set(text) & set(" \t\n\"'\\;#") else escaped


def _argument(text: str) -> str:
    """A word of a command line, in which a dollar means a variable unless it is told twice."""
    return _word(text.replace("$", "$$"))
