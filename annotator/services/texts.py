"""Texts of articles, kept in memory because they never change: a save reads none from disk."""

import threading
from collections import OrderedDict

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator.domain.places import ArticleText, PlacedBlock
from annotator.storage.engine import is_writing, kept
from annotator.storage.tables import Article, Block

MOST_CHARACTERS = 4_000_000
"""Code points kept for one database, the least recently used going first."""

_TEXT = select(Article.text).where(Article.id == bindparam("article"))
_BLOCKS = (
    select(Block.start, Block.end, Block.kind, Block.level, Block.tokens)
    .where(Block.article_id == bindparam("article"))
    .order_by(Block.position)
)


class _Shelf:
    """The texts of one database, most recently used last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._texts: OrderedDict[tuple[int, str], ArticleText] = OrderedDict()
        self._characters = 0

    def get(self, key: tuple[int, str]) -> ArticleText | None:
        with self._lock:
            found = self._texts.get(key)
            if found is not None:
                self._texts.move_to_end(key)
            return found

    def put(self, key: tuple[int, str], text: ArticleText) -> None:
        with self._lock:
            if key in self._texts or len(text.text) > MOST_CHARACTERS:
                return
            self._texts[key] = text
            self._characters += len(text.text)
            while self._characters > MOST_CHARACTERS:
                _, oldest = self._texts.popitem(last=False)
                self._characters -= len(oldest.text)


def load_text(session: Session, article_id: int, *, sha256: str, ready: bool) -> ArticleText:
    """Text and blocks of an article; kept once it is ready, under its id and its text's hash."""
    shelf = kept(session, "texts", _Shelf)
    key = (article_id, sha256)
    found = shelf.get(key)
    if found is None:
        found = read_text(session, article_id)
        if ready and not is_writing(session):
            shelf.put(key, found)
    return found


def read_text(session: Session, article_id: int) -> ArticleText:
    """The same from the database, for an article that the session's transaction made."""
    text = session.scalars(_TEXT, {"article": article_id}).one()
    rows = session.execute(_BLOCKS, {"article": article_id})
    blocks = [
        PlacedBlock(start, end, kind, level, tokens or "")
        for start, end, kind, level, tokens in rows
    ]
    return ArticleText(text, blocks)
