"""Static files: under the hash of them all, for ever."""

import pytest
from flask import Flask

from annotator.web.assets import BUNDLES, Compressed, static


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


def test_a_file_is_compressed_once_and_pages_are_not_kept(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, encoded = app.test_client(), {"Accept-Encoding": "zstd"}
    kept: list[bytes] = []

    def keep(store: Compressed, key: str, value: bytes) -> None:
        kept.append(value)
        store[key] = value

    monkeypatch.setattr(Compressed, "set", keep)
    sheet = static("css/base.css")
    first, second = (client.get(sheet, headers=encoded).data for _ in range(2))
    assert first == second == kept[0]
    assert kept[1] is kept[0]


def test_a_bundle_is_its_sheets_one_after_the_other(app: Flask) -> None:
    client = app.test_client()
    for name, parts in BUNDLES.items():
        sheets = [client.get(static(part)).data for part in parts]
        assert client.get(static(name)).data == b"\n".join(sheets)


def test_what_differs_from_answer_to_answer_is_not_kept() -> None:
    store = Compressed()
    store.set("zstd;", b"a page")
    store.set("zstd;/static/0/css/base.css", b"a file")
    assert list(store) == ["zstd;/static/0/css/base.css"]
