"""The service under a real systemd user manager, in a namespace of its own: the machine's is not touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.jack

SYSTEMD = Path("/lib/systemd/systemd")
# What a manager asks of the machine that it runs on: cgroups, and that it was booted with systemd.
NAMESPACE = """
set -e
umount -l /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs none /run
mkdir -p /run/systemd/system "$GROUP/mine"
mkdir -m 700 "$XDG_RUNTIME_DIR"
echo 0 >"$GROUP/mine/cgroup.procs"
"""
MANAGER = f"""{NAMESPACE}
"$SYSTEMD" --user --log-target=null &
status=0
"$PYTHON" -c "$SCRIPT" || status=$?
wait
echo 0 >/sys/fs/cgroup/cgroup.procs
find "$GROUP" -depth -type d -exec rmdir {{}} +
exit $status
"""
SCRIPT = """
import os, signal, subprocess, sys
sys.path.insert(0, {here!r})
from jackclient import Server, until

def ran(*line):
    done = subprocess.run(line, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=60)
    print("$", *line, done.stdout, sep="\\n", flush=True)
    return done.returncode, done.stdout

def bandmate(*words):
    return ran(sys.executable, "-m", "bandmate.daemon", "service", *words)

def shown(name):
    line = ["systemctl", "--user", "show", "--value", "-p", name, "bandmate.service"]
    return subprocess.run(line, stdout=subprocess.PIPE, text=True, timeout=60).stdout.strip()

server = Server(f"bandmate-service-{{os.getpid()}}", sync=False)
os.environ.update(server.environment)
try:
    # Degraded: this machine has units of its own that do not run in a namespace.
    asked = ("systemctl", "--user", "is-system-running")
    assert until(lambda: ran(*asked)[1].strip() in ("running", "degraded"), 20, 0.2)
    variables = [name for name in ("PYTHONPATH", "PATH", *server.environment) if name in os.environ]
    ran("systemctl", "--user", "import-environment", *variables)
    assert bandmate("status")[0] == 1
    assert bandmate("install", "--clock", "internal", "--no-record")[0] == 0
    # It counts as started when it has said that it is ready.
    assert shown("ActiveState") == "active"
    said = bandmate("status")[1]
    assert "Status:" in said and "play --clock internal --no-record" in said
    first = int(shown("MainPID"))
    os.kill(first, signal.SIGKILL)
    assert until(lambda: shown("NRestarts") == "1" and shown("ActiveState") == "active", 30, 0.2)
    again = int(shown("MainPID"))
    assert again != first
    os.kill(again, signal.SIGSTOP)
    assert until(lambda: shown("NRestarts") == "2" and shown("ActiveState") == "active", 60, 0.2)
    halted, again = again, int(shown("MainPID"))
    assert again != halted
    assert bandmate("uninstall")[0] == 0
    assert not os.path.exists(f"/proc/{{again}}")
    assert bandmate("status")[0] == 1
finally:
    server.stop()
    subprocess.run(["systemctl", "--user", "exit"], timeout=20)
"""


def test_it_is_installed_started_again_and_taken_away(jackclient: ModuleType, tmp_path: Path) -> None:
    """Started again after it was killed, and after it was halted: systemd's watchdog misses its pings."""
    if not jackclient.available():
        pytest.skip("jackd or jack_lsp is missing: install jackd2")
    # The mount namespace of an ordinary user would not reach systemd's cgroups.
    if not SYSTEMD.exists() or shutil.which("unshare") is None or os.getuid() != 0:
        pytest.skip("a user manager of our own needs systemd, unshare and root")
    group = Path("/sys/fs/cgroup") / f"bandmate-{os.getpid()}"
    environment = os.environ | {
        "GROUP": str(group),
        "SYSTEMD": str(SYSTEMD),
        "PYTHON": sys.executable,
        "SCRIPT": SCRIPT.format(here=str(Path(__file__).parent)),
        "XDG_RUNTIME_DIR": "/run/bandmate-user",
        "HOME": str(tmp_path),
        "BANDMATE_HOME": str(tmp_path / "home"),
    }
    environment.pop("DBUS_SESSION_BUS_ADDRESS", None)
    line = ["unshare", "--mount", "--cgroup", "--propagation", "private", "bash", "-c", MANAGER]
    done = subprocess.run(line, capture_output=True, text=True, timeout=150, env=environment)
    if "mount" in done.stderr and not done.stdout:
        pytest.skip(f"no cgroups can be mounted here: {done.stderr.strip()}")
    assert done.returncode == 0, done.stdout + done.stderr
