"""Servers as a person starts them: real processes, ended as a terminal ends them."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

PATIENCE = 90


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Started:
    """A server that listens; ``out`` is what it printed until then."""

    process: "subprocess.Popen[str]"
    out: list[str]
    errors: Path

    @property
    def address(self) -> str:
        """Where it listens, on this machine."""
        [line] = [line for line in self.out if line.startswith("Listening on ")]
        return line.split()[-1].replace("0.0.0.0", "127.0.0.1")

    def get(self, path: str, **headers: str) -> tuple[int, str, dict[str, str]]:
        """Status, body and headers of an answer; redirections are not followed."""
        opener = build_opener(_Stay)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = Request(f"{self.address}{path}", headers=named)
        try:
            with opener.open(request, timeout=PATIENCE) as answer:
                return answer.status, answer.read().decode(), dict(answer.headers)
        except HTTPError as error:
            with error:
                return error.code, error.read().decode(), dict(error.headers)

    def end(self) -> int:
        """Ask it to end; its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)


@contextmanager
def started(data: Path, *words: str, until: str, **environment: str) -> Iterator[Started]:
    """``annotator`` with ``words``, once it printed a line with ``until`` in it."""
    errors = data / "errors.log"
    command = [sys.executable, "-m", "annotator", "--data-dir", str(data), *words]
    with errors.open("w") as log:
        process = subprocess.Popen(
            command,
            env=os.environ | environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    watch = threading.Timer(PATIENCE, process.kill)
    watch.start()
    assert process.stdout is not None
    try:
        out: list[str] = []
        for line in process.stdout:
            out.append(line.strip())
            if until in line:
                break
        else:
            raise AssertionError(f"it ended before it served: {errors.read_text()}")
        yield Started(process, out, errors)
    finally:
        watch.cancel()
        process.kill()
        process.wait()
        process.stdout.close()
