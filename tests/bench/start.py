"""The second ``make demo``: how soon the server answers, and how much memory it then holds."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil

from tests.bench.figures import ROOT, Figure, figure
from tests.faults.connection import Connection

STARTS = 5
FIRST_LIMIT, LIMIT = 300.0, 60.0
IDLE = 3.0
MB = 1_048_576


def run(work: Path) -> list[Figure]:
    """Starts after the first, which makes the sample project, and the memory of each."""
    command, name = _command()
    data = work / "demo"
    first = _once(command, data, FIRST_LIMIT, idle=0)
    found = [_once(command, data, LIMIT, idle=IDLE) for _ in range(STARTS)]
    return [
        figure(f"{name}: the first start, environment ready", [first[0]], "s"),
        figure(f"{name}: a later start until it answers", [one[0] for one in found], "s", most=1.5),
        figure("idle memory of the process tree, shared once", [one[1] for one in found], "MB"),
        figure(
            "idle memory of the process tree, summed", [one[2] for one in found], "MB", most=150
        ),
    ]


def _command() -> tuple[list[str], str]:
    """``make demo``, unless that would rebuild the environment below our feet."""
    ready = ["make", "--question", "--silent", ".venv/.run"]
    if shutil.which("make") and subprocess.run(ready, cwd=ROOT, check=False).returncode == 0:
        return ["make", "--silent", "demo"], "make demo"
    return [sys.executable, "-m", "annotator", "demo", "--port"], "annotator demo"


def _once(command: list[str], data: Path, limit: float, *, idle: float) -> tuple[float, ...]:
    port = _free_port()
    last = f"PORT={port}" if command[0] == "make" else str(port)
    data.mkdir(exist_ok=True)
    with (data / "demo.log").open("ab") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [*command, last],
            cwd=ROOT,
            env=os.environ | {"ANNOTATOR_DATA_DIR": str(data)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        seconds = _until_healthy(process, port, began, limit, data / "demo.log")
        time.sleep(idle)
        return seconds, *_memory(process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _until_healthy(
    process: subprocess.Popen[bytes], port: int, began: float, limit: float, log: Path
) -> float:
    while time.perf_counter() - began < limit and process.poll() is None:
        connection = Connection(port, {})
        try:
            if connection.request("GET", "/health").status == 200:
                return time.perf_counter() - began
        except OSError:
            pass  # not listening yet
        finally:
            connection.close()
        time.sleep(0.01)
    raise RuntimeError(f"The demo did not start:\n{log.read_text()[-2_000:]}")


def _memory(pid: int) -> tuple[float, float]:
    """Megabytes of the process and all below it: shared pages once, and each in full."""
    root = psutil.Process(pid)
    once = summed = 0
    for process in [root, *root.children(recursive=True)]:
        found = process.memory_full_info()
        once += getattr(found, "pss", found.rss)
        summed += found.rss
    return once / MB, summed / MB


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
