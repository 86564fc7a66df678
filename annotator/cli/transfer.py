"""``annotator import``, ``export`` and ``formats``."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

from annotator import registry
from annotator.cli.context import as_json, given_settings, opened, progress, report
from annotator.domain.errors import Invalid
from annotator.domain.permissions import LOCAL
from annotator.exporters.base import Exporter, ExportOptions
from annotator.importers.base import Importer, Refused
from annotator.services.exports import read_split, run_export
from annotator.services.imports import ImportReport, ImportRules, Sourced, import_records


@click.command("formats")
@as_json
def formats_command(as_json: bool) -> None:
    """The import and export formats, with what each can and cannot carry."""
    both: dict[str, Sequence[Exporter | Importer]] = {
        "import": list(registry.importers().values()),
        "export": list(registry.exporters().values()),
    }
    result = {
        way: [
            {"name": f.name, "title": f.title, "carries": f.carries, "cannot": f.cannot}
            for f in formats
        ]
        for way, formats in both.items()
    }
    lines = [
        f"{way}\t{f.name}\t{f.title}. Carries {f.carries}. Cannot carry {f.cannot}."
        for way, formats in both.items()
        for f in formats
    ]
    report(result, lines, json_wanted=as_json)


@click.command("import")
@click.argument("project")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--format", "format_", metavar="F", help="The format, where content does not tell.")
@click.option(
    "--labels",
    type=click.Choice(["create", "refuse"]),
    default="create",
    show_default=True,
    help="What becomes of labels that PROJECT has not; their names stay as the file writes them.",
)
@click.option("--as", "owner", metavar="USER", help="Whose layer all annotations become.")
@click.option("--batch", metavar="NAME", help="The batch of articles that name none.")
@click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")
@as_json
@click.pass_context
def import_command(
    context: click.Context,
    project: str,
    paths: tuple[Path, ...],
    format_: str | None,
    labels: str,
    owner: str | None,
    batch: str | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Take articles, and annotations where the format has them, into PROJECT."""
    from annotator.nlp.tokenizer import TOKENIZER_VERSION, token_runs

    files = sorted(_files(paths))
    if not files:
        raise Invalid("There is no file to import in what was named. Nothing was changed.")
    given = registry.importer(format_) if format_ else None
    importers = [given or _recognise(file) for file in files]
    rules = ImportRules(
        labels=labels, owner=owner, batch=batch or _default_batch(importers), dry_run=dry_run
    )
    with (
        opened(given_settings(context)) as database,
        progress("Importing", len(files)) as show,
    ):
        done = import_records(
            database,
            LOCAL,
            slug=project,
            records=_records(files, importers, show),
            tokenise=token_runs,
            tokenizer=TOKENIZER_VERSION,
            rules=rules,
        )
    report(asdict(done), _import_lines(done), json_wanted=as_json)
    for refused in done.refused:
        place = refused.file if refused.line is None else f"{refused.file}, line {refused.line}"
        click.echo(f"{place}: {refused.sentence}", err=True)
    if done.refused:
        raise SystemExit(1)


@click.command("export")
@click.argument("project")
@click.option("--format", "format_", metavar="F", required=True)
@click.option("--output", metavar="PATH", required=True, type=click.Path(path_type=Path))
@click.option("--layer", metavar="gold|majority|USER|all", help="Whose annotations.")
@click.option("--split", default="0.8,0.1,0.1", show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--window", type=int, default=1000, show_default=True, help="Tokens of a doc.")
@click.option("--split-file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@click.pass_context
def export_command(
    context: click.Context,
    project: str,
    format_: str,
    output: Path,
    layer: str | None,
    split: str,
    seed: int,
    window: int,
    split_file: Path | None,
    as_json: bool,
) -> None:
    """Write PROJECT's corpus to PATH, which appears whole or not at all."""
    exporter = registry.exporter(format_)
    options = ExportOptions(
        split=read_split(split), seed=seed, window=window, split_file=split_file
    )
    with opened(given_settings(context)) as database, progress("Exporting", 0) as show:
        made = run_export(
            database,
            LOCAL,
            slug=project,
            exporter=exporter,
            layer=layer,
            options=options,
            output=output.absolute(),
            progress=lambda done, _total: show(done),
        )
    result = {"output": str(output), "made": [asdict(entry) for entry in made]}
    lines = [
        f"{output}: {len(made)} corpus" if len(made) == 1 else f"{output}: {len(made)} corpora"
    ]
    for entry in made:
        lines.append(
            f"{entry.folder} (layer {entry.layer}): {entry.report.articles} articles, "
            f"{entry.report.annotations} annotations"
        )
        for name, count in entry.report.layers.items():
            lines.append(
                f"  {name}: {count.taken_in} in, {count.written} written, {count.reported} reported"
            )
        lines += [f"  warning: {warning}" for warning in entry.report.warnings]
    report(result, lines, json_wanted=as_json)


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from (
                file
                for file in path.rglob("*")
                if file.is_file() and not _is_hidden(file.relative_to(path))
            )
        else:
            yield path


def _recognise(file: Path) -> Importer | str:
    """The format of a file; a sentence where it has none that is known, or cannot be opened."""
    try:
        return registry.recognise(file)
    except Invalid as error:
        return str(error)
    except OSError as error:
        return _unreadable(error)


def _records(
    files: Sequence[Path], importers: Sequence[Importer | str], show: Callable[[int], None]
) -> Iterator[Sourced]:
    """What the files hold; one that cannot be read is one refused record, and the rest goes on."""
    for done, (file, importer) in enumerate(zip(files, importers, strict=True), start=1):
        name = str(file)
        try:
            if isinstance(importer, str):
                yield Sourced(name, None, Refused(name, None, importer))
            else:
                yield from (Sourced(name, found.line, found) for found in importer.read(file))
        except OSError as error:
            yield Sourced(name, None, Refused(name, None, _unreadable(error)))
        show(done)


def _unreadable(error: OSError) -> str:
    return f"The file cannot be read: {error.strerror}. The others are not affected."


def _default_batch(importers: Sequence[Importer | str]) -> str | None:
    """None for canonical records: they say their batch or have none, and stay as they were."""
    if any(not isinstance(importer, str) and importer.name == "jsonl" for importer in importers):
        return None
    return f"import {datetime.now(UTC):%Y-%m-%d %H:%M}"


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _import_lines(done: ImportReport) -> list[str]:
    would = "would be " if done.dry_run else ""
    lines = [f"{done.articles} articles with {done.annotations} annotations {would}imported"]
    if done.there_already:
        lines.append(f"{done.there_already} articles were there already")
    if done.labels_created:
        lines.append(f"labels {would}created: {', '.join(done.labels_created)}")
    if done.refused:
        lines.append(f"{len(done.refused)} records {would}refused")
    return lines
