"""What commands share: the settings, the migrated database, and how results are printed."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from annotator.config import Settings, read_settings
from annotator.storage.engine import Database
from annotator.storage.locks import FolderLock
from annotator.storage.schema import upgrade

Command = TypeVar("Command", bound=Callable[..., Any])


def as_json(command: Command) -> Command:
    """Give a command that reports the option ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def given_settings(context: click.Context, *, host: str = "127.0.0.1") -> Settings:
    """The settings of this call: global options, else environment, else defaults."""
    options = context.find_root().obj
    return read_settings(data_dir=options["data_dir"], database=options["database"], host=host)


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """The database with this version's schema; a backup was taken if it had to be migrated.

    Nobody may empty the data folder meanwhile.
    """
    with FolderLock(settings.data_dir) as lock:
        lock.share()
        database = Database(settings.database_url)
        try:
            saved = upgrade(database)
            if saved is not None:
                click.echo(f"The database was migrated; the backup is {saved}.", err=True)
            yield database
        finally:
            database.dispose()


def report(result: dict[str, Any], lines: list[str], *, json_wanted: bool) -> None:
    """Print ``result`` as JSON, else ``lines``."""
    if json_wanted:
        click.echo(json.dumps(result, ensure_ascii=False))
    else:
        for line in lines:
            click.echo(line)


@contextmanager
def progress(label: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr where a terminal is attached; called with how many are done."""
    stream = sys.stderr
    with click.progressbar(
        length=length, label=label, file=stream, hidden=not stream.isatty()
    ) as bar:
        yield lambda done: bar.update(done - bar.pos)
