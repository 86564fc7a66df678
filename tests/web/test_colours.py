"""The generated stylesheet of label colours."""

import re

from annotator.domain.permissions import LOCAL
from annotator.services.labels import change_label
from annotator.services.scheme import read_scheme
from annotator.web.colours import label_stylesheet
from tests.web.pages import SignIn
from tests.world import World


def test_every_label_has_its_colour_its_lanes_and_its_highlight(world: World) -> None:
    world.project()
    with world.database.write() as session:
        change_label(session, LOCAL, slug="trials", name="OUTCOME", state="retired")
    with world.database.read() as session:
        scheme = read_scheme(session, LOCAL, slug="trials")
    rows = label_stylesheet(scheme).splitlines()
    assert len(rows) == len(scheme.labels)
    for row, label in zip(rows, scheme.labels, strict=True):
        number = label.number
        assert row.startswith(f":root{{--c{number}:var(--p{label.colour});")
        assert re.findall(rf"\.([a-f]){number}\{{", row) == list("abcdef")
        assert f".k{number}{{--k:var(--c{number})}}" in row
        assert f"::highlight(add-{number})" in row
        assert row.count("{") == row.count("}")


def test_the_three_styles_look_different(world: World) -> None:
    world.project()
    with world.database.read() as session:
        scheme = read_scheme(session, LOCAL, slug="trials")
    looks: dict[str, set[str]] = {}
    for label, row in zip(scheme.labels, label_stylesheet(scheme).splitlines(), strict=True):
        image = row.partition(f"--i{label.number}:")[2].partition("}")[0]
        looks.setdefault(label.style, set()).add(image.replace(str(label.number), "N"))
    assert set(looks) >= {"solid", "dashed"}
    assert len({frozenset(images) for images in looks.values()}) == len(looks)


def test_the_sheet_is_served_to_members_and_kept_by_its_version(
    world: World, sign_in: SignIn
) -> None:
    world.project(ann="annotator")
    world.person("eve")
    answer = sign_in("ann").get("/projects/trials/labels.css?v=1")
    assert (answer.status_code, answer.mimetype) == (200, "text/css")
    assert "--c0:" in answer.text
    assert sign_in("eve").get("/projects/trials/labels.css?v=1").status_code == 404
