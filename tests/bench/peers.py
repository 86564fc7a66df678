"""Other tools beside this one, each measured through its own pages by the same runner.

The runner and its drivers are not part of this repository; without them there is nothing to do.
Potato's environment is made on demand and kept, because it takes minutes.
"""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import RESULTS, ROOT
from tests.browser.browser_finder import ensure

RUNNER = ROOT.parent / "shared" / "peers" / "run.py"
POTATO = "potato-annotation==2.12.1"
PYTHON = "python3.11"
"""What Potato's release was measured with."""
PHASES = "b,d,r,e,f"
DRIVER = ROOT / "tests" / "bench" / "drv_annotator.py"


def run(folder: Path, *, phases: str = PHASES, seconds: int = 10) -> int:
    """Measure Potato and this program in one run, both kept below ``folder``."""
    runner = Path(os.environ.get("PEERS_RUNNER", RUNNER))
    if not runner.is_file():
        print(f"The other tools were not measured: there is no runner at {runner}.")
        return 0
    folder = folder.absolute()
    potato = _potato(folder)
    if potato is None:
        return 1
    ports = _free_ports()
    homes = {name: folder / f"home-{name}" for name in ("potato", "annotator")}
    for home in homes.values():
        shutil.rmtree(home, ignore_errors=True)
    RESULTS.mkdir(parents=True, exist_ok=True)
    results = RESULTS / "peers.json"
    results.unlink(missing_ok=True)
    command = [sys.executable, str(runner), "--init", "--phases", phases, "--clients", "32"]
    command += ["--seconds", str(seconds), "--chromium", ensure(), "--out", str(results)]
    command += ["--driver", f"annotator={DRIVER}:Annotator"]
    for name, venv in (("potato", potato), ("annotator", Path(sys.prefix))):
        command += ["--peer", f"{name}={venv}:{homes[name]}:{next(ports)}"]
    ended = subprocess.run(command, cwd=folder, check=False)
    print(f"Written to {results}.")
    return ended.returncode


def _potato(folder: Path) -> Path | None:
    venv = folder / "potato"
    if (venv / "bin" / "potato").exists():
        return venv
    python = shutil.which(PYTHON)
    if python is None:
        print(f"Potato was not measured: {PYTHON} is not on PATH.")
        return None
    folder.mkdir(parents=True, exist_ok=True)
    made = subprocess.run([python, "-m", "venv", "--clear", str(venv)], check=False)
    pip = [str(venv / "bin" / "pip"), "install", "--quiet", POTATO]
    if made.returncode or subprocess.run(pip, check=False).returncode:
        print("Potato was not measured: it could not be installed; the lines above say why.")
        return None
    return venv


def _free_ports() -> Iterator[int]:
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        yield port
