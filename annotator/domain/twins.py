"""Texts that are the same but for case, blanks and punctuation, and groups made of links."""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from unicodedata import normalize

_UNSPACED = "\u0e00-\u0eff\u0f40-\u0fbf\u1000-\u109f\u1780-\u17df\u3040-\u30ff\u3400-\u9fff"
_WORD = re.compile(r"[^\W_]+")
# In scripts without blanks between words (Thai to Khmer, kana, Han) each character counts, since a
# whole clause would be one word otherwise.
_ANY_UNSPACED = re.compile(f"[{_UNSPACED}]")
_WORD_OR_CHARACTER = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def plain_words(text: str) -> list[str]:
    """The words of ``text`` as far as likeness goes: no case, no punctuation, no width forms."""
    if not text.isascii():
        text = normalize("NFKC", text)
    pattern = _WORD_OR_CHARACTER if _ANY_UNSPACED.search(text) else _WORD
    return pattern.findall(text.casefold())


def text_key(words: Sequence[str]) -> bytes:
    """Sixteen bytes that two texts share when their plain words are the same."""
    return blake2b(" ".join(words).encode(), digest_size=16).digest()


def join_groups(count: int, links: Iterable[tuple[int, int]]) -> list[int]:
    """For each of ``count`` items the first item that links connect it to, itself included."""
    parent = list(range(count))

    def root(item: int) -> int:
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for a, b in links:
        first, second = sorted((root(a), root(b)))
        parent[second] = first
    return [root(item) for item in range(count)]
