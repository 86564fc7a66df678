"""The files beside the docs: splits, labels, manifest, and the programs that travel along."""

import hashlib
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from spacy.about import __version__ as spacy_version

from annotator import __version__
from annotator.domain.corpus import Corpus
from annotator.domain.errors import Invalid
from annotator.domain.splits import SIDES, Split
from annotator.exporters.base import ExportOptions
from annotator.exporters.spacy_tally import Tally
from annotator.nlp.tokenizer import TOKENIZER_VERSION, language_code

PROGRAMS = ("evaluate.py", "load.py")
_CHUNK = 1 << 20


def write_json(path: Path, data: object) -> None:
    """Write ``data`` with keys in the order given."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def read_split(path: Path) -> dict[str, str]:
    """Article to side from the ``splits.json`` of an earlier export; raises ``Invalid``."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        kept = {str(placed["article"]): str(placed["side"]) for placed in data["articles"]}
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Invalid(
            f"{path.name} is not the splits.json of an earlier export, so no article can keep its "
            "side. Nothing was written; give such a file, or none.",
            code="wrong-split-file",
        ) from error
    if strange := sorted(set(kept.values()) - set(SIDES)):
        raise Invalid(
            f"{path.name} names sides that do not exist: {', '.join(strange)}. Nothing was "
            f"written; sides are {', '.join(SIDES)}.",
            code="wrong-split-file",
        )
    return kept


def write_split(path: Path, split: Split, options: ExportOptions) -> None:
    """Write ``splits.json``: article, side, group and reason; folds where there are few."""
    head = {
        "seed": options.seed,
        "ratios": dict(zip(SIDES, options.split, strict=True)),
        "notes": split.notes,
        "folds": split.folds,
    }
    with path.open("w", encoding="utf-8", newline="\n") as out:
        out.write(json.dumps(head, ensure_ascii=False).removesuffix("}") + ',\n"articles": [')
        for place, placed in enumerate(split.placed):
            line = {
                "article": placed.article,
                "side": placed.side,
                "group": placed.group,
                "reason": placed.reason,
            }
            out.write(",\n" if place else "\n")
            out.write(json.dumps(line, ensure_ascii=False))
        out.write("\n]}\n")


def write_labels(path: Path, corpus: Corpus, tally: Tally) -> None:
    """Write ``labels.json``: the labels in scheme order with their number of spans."""
    write_json(
        path,
        [
            {
                "name": label.name,
                "code": label.code,
                "layer": label.layer,
                "definition": label.definition,
                "spans": {
                    side: tally.labels[label.name][side].spans if label.name in tally.labels else 0
                    for side in SIDES
                },
            }
            for label in corpus.labels
        ],
    )


def copy_programs(folder: Path) -> None:
    """Put ``evaluate.py``, ``load.py`` and ``requirements.txt`` into the folder."""
    for name in PROGRAMS:
        program = files("annotator.exporters") / "spacy_folder" / name
        (folder / name).write_bytes(program.read_bytes().replace(b"\r\n", b"\n"))
    (folder / "requirements.txt").write_text(
        f"spacy=={spacy_version}\n", encoding="utf-8", newline="\n"
    )


def write_manifest(
    folder: Path,
    corpus: Corpus,
    options: ExportOptions,
    tally: Tally,
    labels_left_out: Mapping[str, int],
    foreign: Mapping[str, int],
) -> None:
    """Write ``manifest.json`` last: where the corpus comes from and what its files hash to.

    ``foreign`` counts articles by language where the tokens follow other rules than the project's.
    """
    others = {"articles_by_other_tokenizer": dict(sorted(foreign.items()))} if foreign else {}
    write_json(
        folder / "manifest.json",
        {
            "tool": f"annotator {__version__}",
            "spacy": spacy_version,
            "tokenizer": TOKENIZER_VERSION,
            "tokenizer_language": language_code(corpus.language),
            **others,
            "project": corpus.project,
            "language": corpus.language,
            "layer": corpus.layer,
            "sequence": corpus.sequence,
            "seed": options.seed,
            "split": list(options.split),
            "window": options.window,
            "proved": options.prove,
            "articles": {side: counts.articles for side, counts in tally.sides.items()},
            "counts": {
                label.name: {
                    side: tally.labels[label.name][side].spans if label.name in tally.labels else 0
                    for side in SIDES
                }
                for label in corpus.labels
            },
            "articles_left_out": dict(sorted(corpus.left_out.items())),
            "labels_left_out": dict(sorted(labels_left_out.items())),
            "rules": dict(sorted(corpus.rules.items())),
            "sha256": _hashes(folder),
        },
    )


def _hashes(folder: Path) -> dict[str, Any]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): _sha256(path) for path in paths}


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as data:
        while chunk := data.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
