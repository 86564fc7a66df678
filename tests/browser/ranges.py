"""Random selections in an article, and the annotation that each must become.

Worked out here a second time, in code points and from the stored tokens, so that the browser's
arithmetic in UTF-16 units is checked against something else.
"""

import random
from dataclasses import dataclass

from sqlalchemy import select

from annotator.domain.tokens import Token, unpack
from annotator.storage.tables import Article, Block
from tests.world import World

LONGEST = 60
# What JavaScript calls a blank, which is not quite what Python calls one.
BLANKS = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """Block, UTF-16 offset, block, offset of a selection, and the code points it must mark."""

    selected: tuple[int, int, int, int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    text: str
    tokens: list[Token]

    def point(self, unit: int, *, up: bool) -> int:
        """The article's code point at a UTF-16 unit; half a pair counts as the whole of it."""
        units = 0
        for at, character in enumerate(self.text):
            if units >= unit:
                return self.start + at
            units += 1 + (character > "\uffff")
            if units > unit and not up:
                return self.start + at
        return self.start + len(self.text)


class Ranges:
    """Draws selections in one article: mostly inside a block, every fifth over its end."""

    def __init__(self, world: World, article: int, dice: random.Random) -> None:
        with world.database.read() as session:
            self.text = session.execute(
                select(Article.text).where(Article.id == article)
            ).scalar_one()
            rows = session.execute(
                select(Block.start, Block.end, Block.tokens)
                .where(Block.article_id == article)
                .order_by(Block.position)
            ).all()
        self._dice = dice
        self._pieces = [
            _Piece(start, self.text[start:end], unpack(tokens or "")) for start, end, tokens in rows
        ]

    def draw(self) -> Choice:
        """A selection that holds something other than blanks."""
        while True:
            first = self._dice.randrange(len(self._pieces))
            last = min(first + (self._dice.random() < 0.2), len(self._pieces) - 1)
            start = self._dice.randrange(units(self._pieces[first].text))
            length = self._dice.randint(1, LONGEST)
            end = length if last > first else start + length
            end = min(end, units(self._pieces[last].text))
            marked = self._marked(first, start, last, end)
            if marked is not None:
                return Choice((first, start, last, end), *marked)

    def _marked(self, first: int, start: int, last: int, end: int) -> tuple[int, int] | None:
        tight = self._trimmed(
            self._pieces[first].point(start, up=False), self._pieces[last].point(end, up=True)
        )
        if tight is None:
            return None
        tokens = [
            (piece.start + a, piece.start + b) for piece in self._pieces for a, b in piece.tokens
        ]
        begin = next((a for a, b in tokens if a <= tight[0] < b), tight[0])
        stop = next((b for a, b in tokens if a < tight[1] <= b), tight[1])
        return self._trimmed(begin, stop)

    def _trimmed(self, start: int, end: int) -> tuple[int, int] | None:
        part = self.text[start:end]
        if not part.strip(BLANKS):
            return None
        left = len(part) - len(part.lstrip(BLANKS))
        return start + left, start + len(part.rstrip(BLANKS))


def units(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
