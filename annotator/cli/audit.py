"""``annotator audit``: proving that the trail is whole."""

import sys

import click

from annotator.cli.context import as_json, given_settings, opened, report
from annotator.services.events import verify_chain


@click.group("audit")
def audit_command() -> None:
    """The audit trail."""


@audit_command.command("verify")
@as_json
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Check every event against its hash and its predecessor; exit code 1 where one is broken."""
    with opened(given_settings(context)) as database, database.read() as session:
        broken = list(verify_chain(session))
    sentences = [entry.sentence for entry in broken]
    lines = sentences or ["The audit trail is whole."]
    report({"ok": not broken, "broken": sentences}, lines, json_wanted=as_json)
    if broken:
        sys.exit(1)
