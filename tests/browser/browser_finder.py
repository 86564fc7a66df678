"""Find a Chromium that Playwright can drive, on any machine; get one where there is none.

`python -m tests.browser.browser_finder` prints its path on stdout and what it tries on stderr.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
DEBIAN = Path(__file__).resolve().parents[2] / "scripts" / "debian.py"
HINT = (
    "No browser was found and none could be installed. Install Chromium or Chrome, "
    "or set E2E_CHROMIUM to the path of one."
)


def arguments() -> list[str]:
    """Return the start arguments: a browser that does nothing of its own accord."""
    quiet = [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--disable-quic",
    ]
    # Chromium's sandbox refuses to run as root; everywhere else it stays on.
    as_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return ["--no-sandbox", *quiet] if as_root else quiet


def playwrights_own() -> str | None:
    """Return the browser that `playwright install` fetched, if it did."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def on_this_machine() -> str | None:
    """Return a browser by name on PATH or at a usual place."""
    found = (shutil.which(name) for name in NAMES)
    usual = (place for place in PLACES if Path(place).is_file())
    return next((path for path in (*found, *usual) if path), None)


def present() -> str | None:
    """Return a browser that is there already; E2E_CHROMIUM goes before everything else.

    Raises SystemExit when E2E_CHROMIUM names no file: a wrong setting is not repaired in silence.
    """
    named = os.environ.get("E2E_CHROMIUM")
    if named:
        if not Path(named).is_file():
            raise SystemExit(f"E2E_CHROMIUM is {named}, where there is no file.")
        return named
    return playwrights_own() or on_this_machine()


def attempt(*command: str) -> bool:
    print(f"no browser yet: {' '.join(command)}", file=sys.stderr, flush=True)
    try:
        return subprocess.run(command, stdout=sys.stderr).returncode == 0
    except OSError as error:
        print(error, file=sys.stderr)
        return False


def ensure() -> str:
    """Return a browser, installed by Playwright or apt where none is there; else exit."""
    path = present()
    if path:
        return path
    attempt(sys.executable, "-m", "playwright", "install", "chromium")
    path = present()
    if path is None:
        attempt(sys.executable, str(DEBIAN), "chromium")
        path = present()
    if path is None:
        raise SystemExit(HINT)
    return path


if __name__ == "__main__":
    print(ensure())
