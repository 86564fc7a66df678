"""Static files: under the hash of them all, for ever."""

from flask import Flask

from annotator.web.assets import static


def test_a_file_of_this_version_may_be_kept_for_ever(app: Flask) -> None:
    with app.test_client().get(static("css/base.css")) as answer:
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.content_type.startswith("text/css")


def test_other_versions_and_files_outside_are_not_found(app: Flask) -> None:
    client = app.test_client()
    good = static("css/base.css")
    for path in (
        good.replace("/static/", "/static/0"),
        static("css/none.css"),
        static("../README.md"),
    ):
        assert client.get(path).status_code == 404
