"""Every door takes the same languages: a file, the clipboard, the API, a new project."""

from pathlib import Path

from pydantic import ValidationError

from annotator.api.requests import RecordBody
from annotator.domain.errors import Invalid
from annotator.domain.permissions import LOCAL
from annotator.services.pasting import check_manuscript
from annotator.services.projects import create_project
from tests.domain.test_naming import LANGUAGES
from tests.services.records import record, take
from tests.world import World

WRITABLE = [(language, known) for language, known in LANGUAGES if "\0" not in language]


def test_every_door_takes_the_same_languages(world: World, tmp_path: Path) -> None:
    world.project()
    for number, (language, known) in enumerate(WRITABLE):
        # A record that names no language has the usual one.
        taken = take(world.database, tmp_path, [record(f"a{number}", language=language)])
        assert (language, not taken.refused) == (language, known or not language)
        assert (language, pasted(language)) == (language, known)
        assert (language, sent(language)) == (language, known)
        assert (language, founded(world, f"p{number}", language)) == (language, known)


def pasted(language: str) -> bool:
    try:
        check_manuscript(title="", text="A text.", language=language)
    except Invalid:
        return False
    return True


def sent(language: str) -> bool:
    try:
        RecordBody.model_validate({"text": "A text.", "language": language})
    except ValidationError:
        return False
    return True


def founded(world: World, slug: str, language: str) -> bool:
    try:
        with world.database.write() as session:
            create_project(session, LOCAL, slug=slug, language=language)
    except Invalid:
        return False
    return True
