"""``annotator user``: accounts, passwords and API tokens."""

import sys

import click

from annotator.cli.context import as_json, given_settings, opened, report
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
    secret = accounts.hash_password(_password(from_stdin=password_stdin))
    with opened(given_settings(context)) as database, database.write() as session:
        accounts.add_user(session, LOCAL, name=name, role=role, password_hash=secret)
    click.echo(f"Account {name} ({role}) was made.")


@user_command.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.pass_context
def password(context: click.Context, name: str, password_stdin: bool) -> None:
    """Give NAME a new password; ends that person's sessions and API tokens."""
    with opened(given_settings(context)) as database:
        with database.read() as session:
            accounts.find_user(session, name)
        secret = accounts.hash_password(_password(from_stdin=password_stdin))
        with database.write() as session:
            accounts.set_password(session, LOCAL, name=name, password_hash=secret)
    click.echo(f"{name} has a new password; all sessions of {name} were ended, API tokens too.")


@user_command.command("disable")
@click.argument("name")
@click.pass_context
def disable(context: click.Context, name: str) -> None:
    """Shut the account NAME; its work stays."""
    with opened(given_settings(context)) as database, database.write() as session:
        accounts.disable_user(session, LOCAL, name=name)
    click.echo(f"{name} was disabled; sessions and tokens ended, all work stays.")


@user_command.command("enable")
@click.argument("name")
@click.pass_context
def enable(context: click.Context, name: str) -> None:
    """Open the disabled account NAME again, with the password it had."""
    with opened(given_settings(context)) as database, database.write() as session:
        accounts.enable_user(session, LOCAL, name=name)
    click.echo(f"{name} may sign in again; sessions and tokens that ended stay ended.")


@user_command.command("token")
@click.argument("name")
@click.option("--list", "list_", is_flag=True, help="List the valid tokens of NAME instead.")
@click.option(
    "--revoke",
    type=click.IntRange(1, 2**31 - 1),
    metavar="ID",
    help="End the token ID of NAME instead.",
)
@as_json
@click.pass_context
def token(
    context: click.Context, name: str, list_: bool, revoke: int | None, as_json: bool
) -> None:
    """Print a new API token of NAME, this once; or list or revoke those there are."""
    if list_ and revoke is not None:
        raise click.UsageError("--list and --revoke cannot go together.")
    with opened(given_settings(context)) as database:
        if list_:
            with database.read() as session:
                _print_tokens(accounts.list_tokens(session, LOCAL, name=name), as_json=as_json)
            return
        with database.write() as session:
            if revoke is not None:
                accounts.revoke_token(session, LOCAL, name=name, token_id=revoke)
            else:
                secret = accounts.create_token(session, LOCAL, name=name)
    if revoke is None:
        report({"token": secret}, [secret], json_wanted=as_json)
    else:
        report({"revoked": revoke}, [f"Token {revoke} was revoked."], json_wanted=as_json)


def _print_tokens(tokens: list[accounts.ValidToken], *, as_json: bool) -> None:
    rows = [{"id": token.id, "created_at": token.created_at.isoformat()} for token in tokens]
    lines = [f"{token.id}\tmade {token.created_at:%Y-%m-%d %H:%M} UTC" for token in tokens]
    report({"tokens": rows}, lines, json_wanted=as_json)
