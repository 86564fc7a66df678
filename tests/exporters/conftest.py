"""One exported folder that the tests of it share; nobody may write to it."""

from pathlib import Path

import pytest

from annotator.exporters.base import ExportOptions
from annotator.exporters.spacy import SPACY
from tests.exporters.synthetic import corpus


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a corpus of 40 articles."""
    target = tmp_path_factory.mktemp("exported") / "corpus"
    SPACY.write(corpus(40), target, ExportOptions(seed=3), lambda done, total: None)
    return target
