"""The fair write lock: writers of a process in order of arrival, one process at a time.

SQLite's own busy handler lets late comers overtake (p99 seven times as long under 16 writers), so
the lock is held from before BEGIN IMMEDIATE until COMMIT has returned.
"""

import sys
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from annotator.domain.errors import Conflict, Unavailable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE = 10.0
"""Seconds a writer waits before it gives up."""


class FairLock:
    """A mutual exclusion of threads that serves them in order of arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Event] = deque()

    def acquire(self, timeout: float) -> bool:
        """Take the lock; False where ``timeout`` seconds passed first."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(timeout):
            return True
        with self._guard:
            if turn.is_set():
                return True
            self._waiting.remove(turn)
        return False

    def release(self) -> None:
        """Hand the lock to whoever waits longest, else free it."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


class WriteLock:
    """A ``FairLock`` among threads plus a file lock among processes."""

    def __init__(self, path: Path | None) -> None:
        """``path`` names the lock file; None where the database itself settles the order."""
        self._threads = FairLock()
        self._file = None if path is None else path.open("ab")

    @contextmanager
    def held(self, patience: float = PATIENCE) -> Iterator[None]:
        """Hold the lock; raises ``Unavailable`` where it cannot be had in time."""
        deadline = time.monotonic() + patience
        if not self._threads.acquire(patience):
            raise _busy()
        try:
            self._lock_file(deadline)
            try:
                yield
            finally:
                self._unlock_file()
        finally:
            self._threads.release()

    def close(self) -> None:
        """Give the lock file back to the system."""
        if self._file is not None:
            self._file.close()

    def _lock_file(self, deadline: float) -> None:
        if self._file is None:
            return
        while not _try_lock(self._file.fileno()):
            if time.monotonic() > deadline:
                raise _busy()
            time.sleep(0.001)

    def _unlock_file(self) -> None:
        if self._file is None:
            return
        if sys.platform == "win32":
            msvcrt.locking(self._file.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            fcntl.flock(self._file.fileno(), fcntl.LOCK_UN)


class FolderLock:
    """Tells those who use a data folder from the one that may empty it.

    The system frees it when a process ends, however it ends.
    """

    def __init__(self, folder: Path) -> None:
        """``folder`` is made where it is missing."""
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._file = (folder / "in-use.lock").open("ab")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def share(self) -> None:
        """Use the folder together with others; raises ``Conflict`` while it is being emptied."""
        if not _try_flock(self._file.fileno(), alone=False):
            raise Conflict(
                f"The data folder {self._folder} is being emptied by another command. Nothing was "
                "started; try again in a moment.",
                code="folder-in-use",
            )

    def claim(self) -> None:
        """Have the folder alone; raises ``Conflict`` while another process uses it."""
        if not _try_flock(self._file.fileno(), alone=True):
            raise Conflict(
                f"A server or another command uses the data folder {self._folder}. Nothing was "
                "removed; stop it first, then try again.",
                code="folder-in-use",
            )


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _try_flock(descriptor: int, *, alone: bool) -> bool:
    if sys.platform == "win32":
        return True  # There the system itself refuses to remove a file that somebody has open.
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _busy() -> Unavailable:
    return Unavailable(
        "The database is busy with another change. Nothing was stored; it is tried again shortly.",
        code="busy",
    )
