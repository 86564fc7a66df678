"""A server in a process group of its own: started, cut off in the middle, started again."""

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.connection import Connection

ROOT = Path(__file__).resolve().parents[2]
SERVE = ("-m", "annotator")
START_LIMIT = 60.0
"""Seconds; a start that takes longer is ended and reported."""


@dataclass
class Server:
    """``annotator serve`` on a free port, or another program that says the same line.

    ``port`` is where it listens now and ``generation`` counts its starts.
    """

    data_dir: Path
    database_url: str
    program: tuple[str, ...] = SERVE
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.port = 0
        self.generation = 0
        self.process: subprocess.Popen[str] | None = None
        self.log = self.data_dir / "server.log"

    def __enter__(self) -> "Server":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> float:
        """Start it; the seconds until it said that it listens."""
        began = time.monotonic()
        command = [sys.executable, *self.program, "--data-dir", str(self.data_dir)]
        command += ["--database", self.database_url, "serve", "--port", "0"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        self.port = self._announced_port()
        self.generation += 1
        return time.monotonic() - began

    def kill(self) -> None:
        """SIGKILL for the whole process group: nobody gets to tidy up."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """End it as an operator would; by force where it does not end in time."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
        self._gone()

    def wait_healthy(self, limit: float = 10.0) -> None:
        """Wait until it answers; raises ``TimeoutError``."""
        until = time.monotonic() + limit
        while time.monotonic() < until:
            connection = Connection(self.port, {})
            try:
                if connection.request("GET", "/health").status == 200:
                    return
            except OSError:
                pass  # not up yet: the time limit decides
            finally:
                connection.close()
            time.sleep(0.01)
        raise TimeoutError(f"No health from port {self.port}:\n{self.last_words()}")

    def last_words(self) -> str:
        """The end of its log."""
        return self.log.read_text(errors="replace")[-3_000:] if self.log.exists() else ""

    def _announced_port(self) -> int:
        assert self.process is not None
        assert self.process.stdout is not None
        # Reading a pipe has no time limit of its own.
        watchdog = threading.Timer(START_LIMIT, self.process.kill)
        watchdog.start()
        try:
            for line in self.process.stdout:
                if line.startswith("Listening on http://127.0.0.1:"):
                    return int(line.rstrip().rpartition(":")[2])
        finally:
            watchdog.cancel()
        self._gone()
        raise RuntimeError(f"The server did not start:\n{self.last_words()}")

    def _gone(self) -> None:
        if self.process is not None:
            self.process.wait(15)
            if self.process.stdout is not None:
                self.process.stdout.close()
        self.process = None
