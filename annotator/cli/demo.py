"""``annotator demo``: a server with the sample project, and a link that signs in."""

import os
import shutil
import subprocess
import sys
import time

import click

from annotator.cli.context import given_settings, opened
from annotator.cli.serve import THREADS, run_server
from annotator.config import (
    DATABASE_FILE,
    LOOPBACK,
    Settings,
    child_environment,
    read_secret,
    write_secret,
)
from annotator.domain.errors import Invalid
from annotator.domain.permissions import LOCAL
from annotator.services import demo
from annotator.services.accounts import SHORTEST_PASSWORD
from annotator.services.sessions import create_start_link
from annotator.storage.engine import Database
from annotator.storage.locks import FolderLock
from annotator.storage.schema import current_revision

COMPLETE = "demo-complete"
PASSWORD_FILE = "demo-password"  # noqa: S105 - the file's name
PASSWORD_VARIABLE = "ANNOTATOR_DEMO_PASSWORD"  # noqa: S105 - the variable's name
OWN_FILES = (f"{DATABASE_FILE}*", COMPLETE, PASSWORD_FILE, "secret")
STARTED = time.monotonic()


@click.command("demo")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="Throw the demo's data away and make them anew.")
@click.option("--prepare-only", is_flag=True, help="Make the sample project and stop.")
@click.pass_context
def demo_command(
    context: click.Context, host: str, port: int, reset: bool, prepare_only: bool
) -> None:
    """Serve a sample project; what is done in it stays."""
    if host not in LOOPBACK:
        raise Invalid(
            f"The demo has known account names, so it listens on this machine only, not on {host}. "
            "Nothing was started; use “annotator serve” for others."
        )
    settings = given_settings(context, host=host)
    with FolderLock(settings.data_dir) as lock:
        if reset:
            lock.claim()
            _reset(settings)
        lock.share()
        _run(settings, port=port, prepare_only=prepare_only)


def _run(settings: Settings, *, port: int, prepare_only: bool) -> None:
    complete = settings.data_dir / COMPLETE
    if prepare_only:
        with opened(settings) as database:
            _prepare(settings, database)
        complete.touch()
        return
    if not complete.exists():
        _prepare_aside(settings)
    with opened(settings) as database:
        password = _password(settings, database)
        with database.write() as session:
            link = create_start_link(
                session, LOCAL, name="manager", target=f"/projects/{demo.SLUG}/next"
            )
        say(f"sample project ready ({database.description})")
        run_server(
            settings,
            database,
            port=port,
            threads=THREADS,
            announce=lambda address: _invite(address, link, password),
        )


def say(sentence: str) -> None:
    """A step with the time since the start, on stderr."""
    click.echo(f"[{time.monotonic() - STARTED:5.1f} s] {sentence}", err=True)


def _invite(address: str, link: str, password: str) -> None:
    say("server ready")
    names = ", ".join(demo.PEOPLE)
    click.echo(f"\n  Open {address}/start/{link}")
    click.echo("  This link signs you in once, as manager.\n")
    click.echo(f"  Or sign in at {address}/sign-in as {names}; password {password}\n")


def _prepare_aside(settings: Settings) -> None:
    # In a process of its own: the tokenizer would stay in the server's memory.
    say("making the sample project")
    command = [sys.executable, "-m", "annotator", "demo", "--prepare-only"]
    environment = child_environment(settings)
    if subprocess.run(command, check=False, env=environment).returncode != 0:
        raise Invalid("The sample project could not be made; the lines above say why.")


def _prepare(settings: Settings, database: Database) -> None:
    from annotator import registry
    from annotator.cli.project import DEFAULT_SCHEME, read_scheme_file
    from annotator.demo import ARTICLES
    from annotator.domain.corpus import Article
    from annotator.nlp.tokenizer import TOKENIZER_VERSION, token_runs

    demo.make_accounts(database, _password(settings, database))
    demo.make_project(database, read_scheme_file(DEFAULT_SCHEME))
    read = list(registry.importer("jsonl").read(ARTICLES))
    records = [found for found in read if isinstance(found, Article)]
    report = demo.import_articles(database, records, token_runs, TOKENIZER_VERSION)
    if report.refused or len(records) != len(read):
        sentences = [refused.sentence for refused in report.refused]
        raise Invalid(f"The sample articles could not all be taken in: {sentences[:3]}")
    say(f"{len(records)} articles with {report.annotations} annotations are there")


def _password(settings: Settings, database: Database) -> str:
    """The demo's password: from the environment, else generated once and kept."""
    path = settings.data_dir / PASSWORD_FILE
    given = os.environ.get(PASSWORD_VARIABLE)
    if given is None:
        return read_secret(settings, PASSWORD_FILE)
    if len(given) < SHORTEST_PASSWORD:
        raise Invalid(f"{PASSWORD_VARIABLE} needs at least {SHORTEST_PASSWORD} characters.")
    known = path.read_text().strip() if path.exists() else None
    if known != given:
        if (settings.data_dir / COMPLETE).exists():
            demo.set_passwords(database, given)
        write_secret(path, given)
    return given


def _keep_work(settings: Settings) -> None:
    """Raises ``Invalid`` where the demo's database holds projects that are not the demo's."""
    if not (settings.data_dir / DATABASE_FILE).exists():
        return
    database = Database(settings.database_url)
    try:
        others = []
        if current_revision(database) is not None:
            with database.read() as session:
                others = demo.other_projects(session)
    finally:
        database.dispose()
    if others:
        raise Invalid(
            f"The demo's database also holds {', '.join(others)}. Nothing was removed; export "
            "what you need, or start the demo elsewhere with --data-dir."
        )


def _reset(settings: Settings) -> None:
    own = f"sqlite:///{settings.data_dir / DATABASE_FILE}"
    if settings.database_url != own:
        raise Invalid(f"Only a demo in its own database {own} can be reset. Nothing was removed.")
    _keep_work(settings)
    for pattern in OWN_FILES:
        for path in settings.data_dir.glob(pattern):
            path.unlink()
    shutil.rmtree(settings.exports_dir, ignore_errors=True)
