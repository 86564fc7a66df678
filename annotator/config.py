"""Settings of one run, read once from arguments and environment, and where files lie."""

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from urllib.parse import urlsplit

from annotator.domain.errors import Invalid

DATABASE_FILE = "annotator.sqlite"
LARGEST_REQUEST = 8 * 1024 * 1024
LOOPBACK = ("127.0.0.1", "::1", "localhost")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that a deployment may choose."""

    data_dir: Path
    database_url: str
    public_url: str = ""
    """The address that people type, e.g. ``https://annotate.example.org``; empty: as bound."""
    host: str = "127.0.0.1"
    external_workers: bool = False
    """Whether jobs are left to ``annotator worker`` processes."""
    largest_request: int = LARGEST_REQUEST
    """Bytes of one request; setting ``ANNOTATOR_LARGEST_REQUEST``."""
    proxies: int = 0
    """How many proxies of one's own stand before the server, so that their word on where a request
    comes from is believed and nobody else's; setting ``ANNOTATOR_PROXIES``."""

    @property
    def secure_cookie(self) -> bool:
        """Whether a browser takes a Secure cookie here: https, or the loopback address."""
        if self.public_url:
            return self.public_url.startswith("https://")
        return self.host in LOOPBACK

    @property
    def exports_dir(self) -> Path:
        """Where exports made from the page are kept until they are downloaded."""
        return self.data_dir / "exports"


def child_environment(settings: Settings) -> dict[str, str]:
    """The environment that gives a child process the same settings.

    Not arguments: those are seen by everybody on the machine, and a database's address may hold a
    password.
    """
    own = {
        "ANNOTATOR_DATA_DIR": str(settings.data_dir),
        "ANNOTATOR_DATABASE_URL": settings.database_url,
    }
    return {**os.environ, **own}


def read_settings(
    *,
    data_dir: str | None = None,
    database: str | None = None,
    host: str = "127.0.0.1",
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """Settings from arguments, else from ``ANNOTATOR_*``, else the defaults of this platform."""
    folder = Path(data_dir or environment.get("ANNOTATOR_DATA_DIR") or _user_data()).absolute()
    url = database or environment.get("ANNOTATOR_DATABASE_URL") or ""
    return Settings(
        data_dir=folder,
        database_url=url or f"sqlite:///{folder / DATABASE_FILE}",
        public_url=_public_url(environment.get("ANNOTATOR_PUBLIC_URL", "")),
        host=host,
        external_workers=environment.get("ANNOTATOR_WORKERS") == "external",
        largest_request=_number(
            environment, "ANNOTATOR_LARGEST_REQUEST", "bytes", default=LARGEST_REQUEST, least=1
        ),
        proxies=_number(environment, "ANNOTATOR_PROXIES", "proxies", default=0, least=0),
    )


def read_secret(settings: Settings, name: str = "secret") -> str:
    """The key ``name`` of this installation, made at first use and readable by its owner alone."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.data_dir / name
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(32))
    key = path.read_text().strip()
    if not key:
        raise Invalid(f"{path} is empty, so nothing can be signed. Remove it and start again.")
    return key


def write_secret(path: Path, key: str) -> None:
    """Put ``key`` into a file that only its owner reads; never seen empty or half-written."""
    with NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
        draft.write(key)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).replace(path)


def asset_folder(name: str) -> Path:
    """A folder of files: inside an (installed) package, else beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / name
    return inside if inside.is_dir() else package.parent / name


def _number(
    environment: Mapping[str, str], name: str, what: str, *, default: int, least: int
) -> int:
    given = environment.get(name) or str(default)
    if not (given.isascii() and given.isdecimal()) or int(given) < least:
        raise Invalid(f"{name} is “{given}”; it takes a number of {what}, {least} or more.")
    return int(given)


def _public_url(given: str) -> str:
    """The address without a slash at its end; raises ``Invalid`` where browsers know no such."""
    url = given.rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme not in ("http", "https") or not parts.netloc or "@" in parts.netloc):
        raise Invalid(
            f"ANNOTATOR_PUBLIC_URL is “{given}”; it takes what people type to come here, such as "
            "https://annotate.example.org."
        )
    return url


def _user_data() -> Path:
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share"))
    return base / "annotator"
