"""The wheel is whole: installed in a new environment, away from the checkout, it serves a page."""

import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import annotator
from tests.guards.tree import ROOT, listed

PATIENCE = 60.0


def build(folder: Path) -> Path:
    """Return a wheel of the checkout, built with what is installed; nothing is fetched."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


def clean_environment() -> dict[str, str]:
    """Return this process's environment without what could lead back to the checkout."""
    leads = ("PYTHON", "ANNOTATOR_", "VIRTUAL_ENV", "COV_", "COVERAGE_")
    return {name: value for name, value in os.environ.items() if not name.startswith(leads)}


def install(wheel: Path, folder: Path) -> Path:
    """Install a wheel into a new environment that borrows our dependencies; return its programs.

    The borrowed folder is named in a .pth file, and what .pth files in it say is not followed: the
    editable install of the checkout is out of reach.
    """
    venv.create(folder, with_pip=False, symlinks=os.name != "nt")
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    places = sysconfig.get_paths(vars={"base": str(folder), "platbase": str(folder)})
    Path(places["purelib"], "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    python = str(programs / "python")
    if uv:
        installer = [uv, "pip", "install", "--no-config", "--python", python]
    else:
        installer = [sys.executable, "-m", "pip", "--python", python, "install"]
    subprocess.run(
        [*installer, "--no-deps", "--no-index", str(wheel)], check=True, capture_output=True
    )
    return programs


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def programs(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(wheel, tmp_path_factory.mktemp("installed") / "venv")


def missing(wheel: Path, root: Path) -> list[str]:
    """Return the files of the checkout that belong into the wheel and are not in it."""
    held = set(zipfile.ZipFile(wheel).namelist())
    moved = {"annotator": "annotator", "templates": "annotator/templates"}
    moved["static"] = "annotator/static"
    return [
        path.as_posix()
        for path in listed(root)
        if path.parts[0] in moved
        and Path(moved[path.parts[0]], *path.parts[1:]).as_posix() not in held
    ]


def test_the_wheel_holds_everything(wheel: Path) -> None:
    assert missing(wheel, ROOT) == []
    held = zipfile.ZipFile(wheel).namelist()
    assert {"annotator/py.typed", "annotator/static/icons.svg"} <= set(held)
    metadata = f"annotator-{annotator.__version__}.dist-info"
    assert {name.split("/")[0] for name in held} == {"annotator", metadata}


def test_a_file_left_out_would_be_found(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    with zipfile.ZipFile(archive, "w") as held:
        held.writestr("annotator/__init__.py", "")
    for path in ("annotator/__init__.py", "annotator/a.json", "templates/a.html"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("")
    assert missing(archive, tmp_path) == ["annotator/a.json", "templates/a.html"]


def test_the_installed_package_is_the_wheels(programs: Path, tmp_path: Path) -> None:
    probe = "import annotator, flask; print(annotator.__file__)"
    ended = subprocess.run(
        [str(programs / "python"), "-c", probe],
        cwd=tmp_path,
        env=clean_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    assert Path(ended.stdout.strip()).is_relative_to(programs.parent)


@pytest.mark.parametrize("command", [["annotator"], ["python", "-m", "annotator"]])
def test_the_command_tells_its_version(programs: Path, tmp_path: Path, command: list[str]) -> None:
    ended = subprocess.run(
        [str(programs / command[0]), *command[1:], "--version"],
        cwd=tmp_path,
        env=clean_environment(),
        check=True,
        capture_output=True,
        text=True,
    )
    assert re.search(r"\b\d+\.\d+\.\d+\b", ended.stdout)


@pytest.fixture
def address(programs: Path, tmp_path: Path) -> Iterator[str]:
    """Serve from the installed wheel and give the server's address."""
    command = [str(programs / "annotator"), "--data-dir", str(tmp_path / "data")]
    server = subprocess.Popen(
        [*command, "serve", "--port", "0"],
        cwd=tmp_path,
        env=clean_environment() | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # Ends the wait below with the server's last words if no address ever comes.
    watchdog = threading.Timer(PATIENCE, server.kill)
    watchdog.start()
    said = []
    try:
        assert server.stdout is not None
        for line in server.stdout:
            said.append(line)
            if found := re.search(r"Listening on (http://127\.0\.0\.1:\d+)", line):
                yield found[1]
                break
        else:
            pytest.fail("the server ended before it listened:\n" + "".join(said))
    finally:
        watchdog.cancel()
        server.send_signal(signal.SIGTERM)
        with server:
            server.communicate(timeout=PATIENCE)


def fetch(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
        return answer.status, answer.read()


def test_the_installed_server_opens_a_page_and_its_files(address: str) -> None:
    status, page = fetch(f"{address}/sign-in")
    assert status == 200
    assert b'name="password"' in page
    files = set(re.findall(rb'(?:href|src)="(/static/[^"#]+)', page))
    assert {Path(file.decode().partition("?")[0]).suffix for file in files} >= {".css", ".js"}
    for file in files:
        status, content = fetch(address + file.decode())
        assert (status, bool(content)) == (200, True)
