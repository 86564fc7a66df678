"""The write lock is fair among threads, one at a time among processes, and gives up in time."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from annotator.domain.errors import Conflict, Unavailable
from annotator.storage.locks import FairLock, FolderLock, WriteLock
from tests.crowd import together

HOLDER = """
import sys
from pathlib import Path
from annotator.storage.locks import WriteLock
with WriteLock(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.readline()
"""
USER = """
import sys
from pathlib import Path
from annotator.storage.locks import FolderLock
with FolderLock(Path(sys.argv[1])) as lock:
    lock.share()
    print("held", flush=True)
    sys.stdin.readline()
"""


def wait_until(*, waiting: int, lock: FairLock) -> None:
    """Wait until so many threads stand in the lock's queue."""
    deadline = time.monotonic() + 5
    while len(lock._waiting) != waiting:
        assert time.monotonic() < deadline
        time.sleep(0.0005)


def test_threads_are_served_in_order_of_arrival() -> None:
    lock, served = FairLock(), []
    assert lock.acquire(0)

    def take(number: int) -> None:
        assert lock.acquire(5)
        served.append(number)
        lock.release()

    threads = []
    for number in range(12):
        threads.append(threading.Thread(target=take, args=(number,)))
        threads[-1].start()
        wait_until(waiting=number + 1, lock=lock)
    lock.release()
    # A late comer may not overtake the queue, even while the lock changes hands.
    late = threading.Thread(target=take, args=(99,))
    late.start()
    for thread in [*threads, late]:
        thread.join(5)
    assert served == [*range(12), 99]


def test_who_waits_too_long_leaves_the_queue() -> None:
    lock = FairLock()
    assert lock.acquire(0)
    assert not lock.acquire(0.02)
    lock.release()
    assert lock.acquire(0)
    lock.release()


def test_the_lock_excludes() -> None:
    lock, inside, most = FairLock(), 0, 0

    def work() -> None:
        nonlocal inside, most
        for _ in range(200):
            assert lock.acquire(10)
            inside += 1
            most = max(most, inside)
            time.sleep(0)
            inside -= 1
            lock.release()

    assert together([work] * 6) == [None] * 6
    assert most == 1


def test_a_busy_lock_is_told_in_a_sentence() -> None:
    lock = WriteLock(None)
    with lock.held(), pytest.raises(Unavailable, match="Nothing was stored") as refused:
        lock.held(0.02).__enter__()
    assert refused.value.code == "busy"
    with lock.held(0.02):
        pass


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "a.lock")
    with pytest.raises(KeyError), lock.held():
        raise KeyError
    with lock.held(0.02):
        pass
    lock.close()


@pytest.mark.parametrize("end", ["politely", "killed"])
def test_another_process_holds_it_until_it_ends(tmp_path: Path, end: str) -> None:
    path = tmp_path / "a.lock"
    command = [sys.executable, "-c", HOLDER, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdin
        assert holder.stdout
        assert holder.stdout.readline().strip() == b"held"
        lock = WriteLock(path)
        started = time.monotonic()
        with pytest.raises(Unavailable), lock.held(0.1):
            pytest.fail("two processes held the lock")
        assert 0.1 <= time.monotonic() - started < 2
        if end == "politely":
            holder.stdin.write(b"\n")
            holder.stdin.flush()
        else:
            holder.kill()
        with lock.held(5):
            pass
        lock.close()


def test_a_folder_has_many_users_or_one_who_empties_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with FolderLock(folder) as first, FolderLock(folder) as second, FolderLock(folder) as third:
        first.share()
        second.share()
        with pytest.raises(Conflict, match="uses the data folder"):
            third.claim()
        second.__exit__()
        first.claim()
        with pytest.raises(Conflict, match="is being emptied"):
            third.share()
        first.share()
        third.share()
    with FolderLock(folder) as lock:
        lock.claim()


def test_whoever_dies_holds_no_folder(tmp_path: Path) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", USER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout is not None
    assert holder.stdin is not None
    with FolderLock(tmp_path) as lock, holder.stdin, holder.stdout:
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Conflict):
            lock.claim()
        holder.kill()
        holder.wait()
        lock.claim()
