"""The command line: parse, call one service, print."""

import sys
from importlib import import_module

import click

from annotator import __version__
from annotator.domain.errors import DomainError

COMMANDS = {
    "audit": "annotator.cli.audit",
    "demo": "annotator.cli.demo",
    "export": "annotator.cli.transfer",
    "formats": "annotator.cli.transfer",
    "import": "annotator.cli.transfer",
    "project": "annotator.cli.project",
    "serve": "annotator.cli.serve",
    "user": "annotator.cli.user",
    "worker": "annotator.cli.serve",
}


class _Commands(click.Group):
    """Loads a command's module when it is called, so that ``--help`` and a start stay quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command


@click.command(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data-dir", metavar="DIR", help="Where everything is kept (ANNOTATOR_DATA_DIR).")
@click.option("--database", metavar="URL", help="The database (ANNOTATOR_DATABASE_URL).")
@click.version_option(__version__, prog_name="annotator")
@click.pass_context
def cli(context: click.Context, data_dir: str | None, database: str | None) -> None:
    """Annotate the claims of biomedical articles, and export corpora that spaCy trains on."""
    context.obj = {"data_dir": data_dir, "database": database}


def main() -> None:
    """Run the command; a refusal is one sentence on stderr and exit code 1."""
    try:
        cli(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except DomainError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except OSError as error:
        what = error.filename or "the system"
        click.echo(f"{what}: {error.strerror}. The command ended here.", err=True)
        sys.exit(1)
