"""``annotator user``: accounts, passwords and API tokens."""

import sys

import click

from annotator.cli.context import given_settings, opened
from annotator.domain.permissions import LOCAL
from annotator.services import accounts


@click.group("user")
def user_command() -> None:
    """Accounts: people who may sign in."""


def _password(*, from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return answer


@user_command.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(["admin", "member"]), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def add(context: click.Context, name: str, role: str, password_stdin: bool) -> None:
    """Make the account NAME."""
    password = _password(from_stdin=password_stdin)
    with opened(given_settings(context)) as database, database.write() as session:
        accounts.add_user(session, LOCAL, name=name, role=role, password=password)
    click.echo(f"Account {name} ({role}) was made.")


@user_command.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def password(context: click.Context, name: str, password_stdin: bool) -> None:
    """Give NAME a new password; ends that person's sessions."""
    with opened(given_settings(context)) as database:
        with database.read() as session:
            accounts.find_user(session, name)
        secret = _password(from_stdin=password_stdin)
        with database.write() as session:
            accounts.set_password(session, LOCAL, name=name, password=secret)
    click.echo(f"{name} has a new password; all sessions of {name} were ended.")


@user_command.command("disable")
@click.argument("name")
@click.pass_context
def disable(context: click.Context, name: str) -> None:
    """Shut the account NAME; its work stays."""
    with opened(given_settings(context)) as database, database.write() as session:
        accounts.disable_user(session, LOCAL, name=name)
    click.echo(f"{name} was disabled; sessions and tokens ended, all work stays.")


@user_command.command("token")
@click.argument("name")
@click.pass_context
def token(context: click.Context, name: str) -> None:
    """Print a new API token of NAME, this once."""
    with opened(given_settings(context)) as database, database.write() as session:
        secret = accounts.create_token(session, LOCAL, name=name)
    click.echo(secret)
