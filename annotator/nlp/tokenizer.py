"""Tokens: spaCy's rules for a language plus those that biomedical text needs.

The same text gives the same tokens on every machine with the same spaCy, whatever else is
installed; a saved pipeline carries the rules as data and loads without this module.
"""

import gc
import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Protocol

import spacy
from spacy.about import __version__ as spacy_version
from spacy.language import Language
from spacy.tokenizer import Tokenizer  # type: ignore[import-not-found]
from spacy.util import compile_infix_regex, compile_prefix_regex, compile_suffix_regex

from annotator.domain import tokens
from annotator.domain.spans import MAX_ARTICLE_LENGTH

RULES = 1
TOKENIZER_VERSION = f"spacy-{spacy_version}-rules-{RULES}"
"""Stored with every block; tokens of another version are made anew."""

FALLBACK = "xx"
# spaCy's own tokenizers for these need packages that may or may not be there (Chinese alone has a
# plain mode, which breaks "CAR-T" into letters); the rules below serve all of them alike.
_WITHOUT_PACKAGES = frozenset({"ja", "ko", "th", "vi", "zh"})

# Scripts written without blanks between words: Thai, Lao, Myanmar, Khmer, Tibetan, kana, Han.
_UNSPACED = (
    "\u0e00-\u0e4f\u0e80-\u0ecf\u0f40-\u0fbf\u1000-\u109f\u1780-\u17df\u3005-\u3007\u3040-\u30ff"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
# Marks that belong to the character before them, in these scripts and everywhere.
_MARKS = (
    "\u0300-\u036f\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ecd\u0f71-\u0f84"
    "\u0f8d-\u0fbc\u102b-\u103e\u1056-\u1059\u105e-\u1060\u1062-\u1064\u1067-\u106d\u1071-\u1074"
    "\u1082-\u108d\u109a-\u109d\u17b4-\u17d3\u3099\u309a\u30fc\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef"
)
_OPERATORS = "=<>≤≥≪≫≈≠±×÷∼~→↑↓"
_DASHES = "\u2010-\u2015\u2212-"
_UNITS = (
    "mg kg g ng pg µg μg mcg l L dl dL ml mL µl µL μl μL mm cm nm µm μm km mmHg cmH2O mmol µmol "
    "μmol nmol pmol mol mM µM μM nM IU U kDa kcal kJ Gy mGy mSv Hz bpm h hr hrs min s sec ms d wk "
    "mo y yr yrs x fold CI SD"
)
_ANY_UNIT = "|".join(sorted(_UNITS.split(), key=lambda unit: (-len(unit), unit)))

_MANY_STRINGS = 50_000

_PREFIXES = [f"[{_OPERATORS}]"]
_SUFFIXES = [f"[{_OPERATORS}]"]
_INFIXES = [
    f"[{_OPERATORS}]",
    # 12–18, 10%–20%, 2−3, and 12-week, but neither COVID-19 nor IL-6.
    f"(?<=[0-9%°])[{_DASHES}](?=[0-9A-Za-z])",
    "(?<=[0-9%])[/:*](?=[0-9])",
    # 20mg/kg and 95%CI: the unit begins a token of its own.
    f"(?<=[0-9])(?=(?:{_ANY_UNIT})(?![A-Za-z]))",
    "(?<=[0-9])%",
    r"(?<=\w)[(\[{](?=\S)",
    r"(?<=\S)[)\]}](?=\w)",
    "(?<=[A-Za-z0-9]);(?=[A-Za-z0-9])",
    f"(?<=[{_UNSPACED}])(?![{_MARKS}])(?=.)",
    f"(?<=[^{_UNSPACED}])(?=[{_UNSPACED}])(?![{_MARKS}])",
]


class HasRange(Protocol):
    """A block, as far as tokens are concerned."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@cache
def language_code(language: str) -> str:
    """The spaCy language whose rules apply to ``language`` (``de-CH`` gives ``de``).

    ``xx``, spaCy's rules for no language in particular, where it has none that needs no package.
    """
    code = re.split("[-_]", language.strip().lower())[0]
    if not re.fullmatch("[a-z]{2,3}", code) or code in _WITHOUT_PACKAGES:
        return FALLBACK
    try:
        found = spacy.util.get_lang_class(code)
    except ImportError:
        return FALLBACK
    return code if found.lang == code else FALLBACK


def blank_pipeline(language: str) -> Language:
    """A new pipeline without components whose tokenizer has our rules."""
    nlp = spacy.blank(language_code(language))
    # spaCy's own limit of a million characters is there for models, which need memory by the text.
    nlp.max_length = MAX_ARTICLE_LENGTH
    rules = nlp.Defaults
    # Made anew: each pattern set on the one that is there would load its exceptions once more.
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        rules=rules.tokenizer_exceptions,
        prefix_search=compile_prefix_regex([*(rules.prefixes or ()), *_PREFIXES]).search,
        suffix_search=compile_suffix_regex([*(rules.suffixes or ()), *_SUFFIXES]).search,
        infix_finditer=compile_infix_regex([*_INFIXES, *(rules.infixes or ())]).finditer,
        token_match=rules.token_match,
        url_match=rules.url_match,
    )
    return nlp


def token_runs(text: str, blocks: Iterable[HasRange], language: str) -> list[str]:
    """For each block its tokens as ``domain.tokens`` runs: code points from the block's start.

    Blanks are no tokens.
    """
    nlp = _shared.current(language)
    return [tokens.pack(_tokens(nlp, text[block.start : block.end])) for block in blocks]


def _tokens(nlp: Language, text: str) -> Iterator[tokens.Token]:
    for token in nlp.make_doc(text):
        if not token.is_space:
            yield token.idx, token.idx + len(token)


class PipelineKeeper:
    """A pipeline for many texts, in bounded memory.

    A pipeline keeps every word and span id it ever saw, which makes it fast and, after hours,
    large: it is replaced when these take some 10 MB. (spaCy's memory zones would forget them too,
    but switch off the tokenizer's cache: 15 times slower, measured.)
    """

    def __init__(self, language: str) -> None:
        self._language = language
        self._nlp = blank_pipeline(language)

    def current(self) -> Language:
        """The pipeline to use for the next text."""
        if len(self._nlp.vocab.strings) > _MANY_STRINGS:
            del self._nlp
            gc.collect()  # a pipeline refers to itself and would stay beside the new one
            self._nlp = blank_pipeline(self._language)
        return self._nlp


class Pipelines:
    """The pipelines for texts of several languages, each kept as ``PipelineKeeper`` does."""

    def __init__(self) -> None:
        self._keepers: dict[str, PipelineKeeper] = {}

    def current(self, language: str) -> Language:
        """The pipeline to use for the next text, which is in ``language``."""
        code = language_code(language)
        if code not in self._keepers:
            self._keepers[code] = PipelineKeeper(code)
        return self._keepers[code].current()


_shared = Pipelines()
