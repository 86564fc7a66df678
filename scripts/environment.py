"""Make or refresh .venv from the pinned constraints, with the standard library alone.

`python scripts/environment.py run` installs what the program needs, `dev` what its tests need too.
uv does the work where it is on PATH, else a pinned uv inside the environment, else pip.
Every download is checked against the hashes in constraints/. A stamp in .venv tells make it is
done.
"""

import importlib.util
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STARTED = time.monotonic()
SUPPORTED = ((3, 11), (3, 14))


def say(sentence: str) -> None:
    print(f"[{time.monotonic() - STARTED:5.1f} s] {sentence}", flush=True)


def run(command: list[str]) -> bool:
    """Run a command in the checkout; show what it said and return False where it failed."""
    try:
        ended = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    except OSError as error:
        print(error, file=sys.stderr)
        return False
    if ended.returncode:
        print(ended.stdout, file=sys.stderr)
    return ended.returncode == 0


def give_up(sentence: str) -> None:
    sys.exit(f"{sentence} Nothing outside .venv was changed; the same command can be run again.")


def usable() -> bool:
    """Tell whether .venv starts, is of a supported version, and stands where it was made."""
    if not PYTHON.exists():
        return False
    probe = "import sys; print(sys.version_info[0], sys.version_info[1], sys.prefix)"
    ended = subprocess.run([str(PYTHON), "-c", probe], capture_output=True, text=True)
    words = ended.stdout.split(maxsplit=2)
    if ended.returncode or len(words) != 3 or Path(words[2].strip()).resolve() != VENV.resolve():
        return False
    command = VENV / "bin" / "annotator"
    moved = command.exists() and str(VENV) not in command.read_text()
    return SUPPORTED[0] <= (int(words[0]), int(words[1])) <= SUPPORTED[1] and not moved


def starts(program: str) -> bool:
    return subprocess.run([program, "--version"], capture_output=True).returncode == 0


def working_uv() -> str | None:
    """Return a uv that starts: the one on PATH, else the environment's own."""
    for candidate in (shutil.which("uv"), str(VENV / "bin" / "uv")):
        if candidate and Path(candidate).exists() and starts(candidate):
            return candidate
    return None


def create() -> None:
    """Make .venv anew, by uv, by Python itself, or by Python after Debian's missing half came."""
    uv = shutil.which("uv")
    if VENV.exists():
        shutil.rmtree(VENV)
    own = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    made = bool(uv) and run(
        [str(uv), "venv", "--quiet", "--no-config", "-p", sys.executable, ".venv"]
    )
    if not made and importlib.util.find_spec("ensurepip") is None:
        # Debian and Ubuntu ship Python without it.
        package = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        say(f"this Python cannot make environments without the package {package}")
        if not install_by_apt(package):
            give_up(f"Please install it (apt-get install {package}), or uv.")
    if not made and not run(own):
        give_up("Python could not make an environment in .venv.")
    say("environment made in .venv")


def install_by_apt(package: str) -> bool:
    return run([sys.executable, "scripts/debian.py", package])


def install(kind: str) -> None:
    """Install the pinned set, then the project itself as one line that points to this checkout."""
    pins = ["--require-hashes", "-r", f"constraints/{kind}.txt"]
    project = ["--no-deps", "--no-build-isolation", "-e", "."]
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    if working_uv() is None:
        say("fetching uv, which installs faster than pip")
        run([*pip, "--require-hashes", "-r", "constraints/uv.txt"])
    uv = working_uv()
    say(f"installing the {'program' if kind == 'run' else 'program and what its tests need'}")
    installers = [pip]
    if uv:
        fast = [uv, "pip", "install", "--quiet", "--no-config", "--python", str(PYTHON)]
        installers.insert(0, fast)
    for installer in installers:
        if run([*installer, *pins]) and run([*installer, *project]):
            return
    give_up("The packages could not be installed; the lines above say why.")


def main(kind: str) -> None:
    if not usable():
        create()
    for stamp in (".run", ".dev"):
        (VENV / stamp).unlink(missing_ok=True)
    install(kind)
    # The test set holds the program's set, at the same versions.
    for stamp in (".run",) if kind == "run" else (".run", ".dev"):
        (VENV / stamp).touch()
    say("environment ready")


if __name__ == "__main__":
    if sys.argv[1:] not in (["run"], ["dev"]):
        sys.exit("usage: python scripts/environment.py run|dev")
    os.chdir(ROOT)
    main(sys.argv[1])
