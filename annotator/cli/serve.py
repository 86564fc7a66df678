"""``annotator serve`` and ``annotator worker``."""

import gc
import logging
import signal
import sys
from collections.abc import Callable
from types import FrameType

import click
from waitress.server import create_server

from annotator import logs
from annotator.app import create_app
from annotator.cli.context import given_settings, opened
from annotator.config import LOOPBACK, Settings
from annotator.jobs.runner import JobRunner
from annotator.storage.engine import Database

THREADS = 8


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(1, 64), default=THREADS, show_default=True)
@click.pass_context
def serve_command(context: click.Context, host: str, port: int, threads: int) -> None:
    """Serve the application; a database of an older version is backed up and migrated first."""
    settings = given_settings(context, host=host)
    with opened(settings) as database:
        run_server(settings, database, port=port, threads=threads)


@click.command("worker")
@click.pass_context
def worker_command(context: click.Context) -> None:
    """Take jobs; needed where the server runs with ANNOTATOR_WORKERS=external."""
    logs.init_logs()
    settings = given_settings(context)
    with opened(settings) as database:
        runner = JobRunner(settings, database)
        _stop_on_signals()
        runner.start()
        try:
            runner.join()
        except (SystemExit, KeyboardInterrupt):
            runner.stop()


def run_server(
    settings: Settings,
    database: Database,
    *,
    port: int,
    threads: int,
    announce: Callable[[str], None] = lambda address: None,
) -> None:
    """Serve until a signal ends it; ``announce`` gets the address once connections are taken."""
    logs.init_logs()
    if not settings.secure_cookie:
        click.echo(
            "Warning: this address is neither https nor loopback, so passwords and sessions can be "
            "read on the network. Set ANNOTATOR_PUBLIC_URL to the https address of your proxy.",
            err=True,
        )
    runner = None if settings.external_workers else JobRunner(settings, database)
    app = create_app(
        settings,
        database,
        wake_jobs=runner.wake if runner else None,
        check_jobs=runner.check if runner else None,
    )
    server = create_server(
        app,
        host=settings.host,
        port=port,
        threads=threads,
        # Where proxies are named, the application itself reads what they say.
        clear_untrusted_proxy_headers=settings.proxies == 0,
    )
    # What the start left is there for good: looking it through for garbage again costs a save 8 %.
    gc.collect()
    gc.freeze()
    _stop_on_signals()
    if runner:
        runner.start()
    click.echo(f"Database: {database.description}", err=True)
    address = f"http://{_written(settings.host)}:{server.effective_port}"
    click.echo(f"Listening on {address}")
    announce(address)
    sys.stdout.flush()
    try:
        server.run()
    except (SystemExit, KeyboardInterrupt):
        logging.getLogger(__name__).info("stopping")
    finally:
        server.close()
        if runner:
            runner.stop()


def _written(host: str) -> str:
    shown = "127.0.0.1" if host in LOOPBACK and host != "::1" else host
    return f"[{shown}]" if ":" in shown else shown


def _stop_on_signals() -> None:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
