"""Check the types of static/js with the TypeScript compiler that package.json pins.

Without npm there is nothing to check with: a sentence says so. CI tries to get it, and fails.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMPILER = ROOT / "node_modules" / ".bin" / "tsc"
MISSING = "JavaScript types were not checked: npm is not on PATH. Install Node.js to check them."


def current() -> bool:
    """Tell whether node_modules holds exactly the versions package.json names."""
    wanted: dict[str, str] = json.loads((ROOT / "package.json").read_text())["devDependencies"]
    for name, version in wanted.items():
        manifest = ROOT / "node_modules" / name / "package.json"
        if not manifest.exists() or json.loads(manifest.read_text())["version"] != version:
            return False
    return COMPILER.exists()


def fetch() -> None:
    if shutil.which("npm") is None and os.environ.get("CI"):
        subprocess.run([sys.executable, str(ROOT / "scripts" / "debian.py"), "npm"])
    npm = shutil.which("npm")
    if npm is None:
        print(MISSING, file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") else 0)
    quiet = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    if subprocess.run([npm, "install", *quiet], cwd=ROOT).returncode:
        sys.exit("JavaScript types were not checked: npm could not install what package.json pins.")


def main() -> None:
    if not any((ROOT / "static" / "js").rglob("*.js")):
        sys.exit("static/js holds no module to check.")
    if not current():
        fetch()
    sys.exit(subprocess.run([str(COMPILER), "-p", "."], cwd=ROOT).returncode)


if __name__ == "__main__":
    main()
