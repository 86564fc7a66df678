"""Install Debian packages where that is possible: apt-get is there and we are root.

`python scripts/debian.py chromium` exits 0 when the packages are installed, 1 when they are not.
Everything is said on stderr: callers print results on stdout.
"""

import os
import shutil
import subprocess
import sys


def install(*packages: str) -> bool:
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        return False
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    wanted = [apt, "install", "-y", "-qq", "--no-install-recommends", *packages]
    # The lists may be missing on a fresh machine; whether that mattered the second command says.
    for command in ([apt, "update", "-qq"], wanted):
        print(" ".join(command), file=sys.stderr, flush=True)
        ended = subprocess.run(command, stdout=sys.stderr, env=environment)
    return ended.returncode == 0


if __name__ == "__main__":
    sys.exit(not install(*sys.argv[1:]))
