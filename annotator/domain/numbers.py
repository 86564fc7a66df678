"""Numbers in a quote: digits, number words and “a dozen”, in English."""

import re

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen"
)
_ROUND = "twenty thirty forty fifty sixty seventy eighty ninety"
_UNITS = {word: value for value, word in enumerate(_SMALL.split())} | {
    "no": 0,
    "both": 2,
    "single": 1,
}
_TENS = {word: value * 10 for value, word in enumerate(_ROUND.split(), start=2)}
_GROUPS = {"dozen": 12, "hundred": 100}
_SCALES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
_PRODUCTS = _GROUPS | _SCALES
# A dash behind a letter or digit joins (COVID-19, 12-18), elsewhere it is a sign.
_DIGITS = re.compile(
    r"(?:(?<!\w)[-−])?"
    r"(?:\d{1,3}(?:[,\u202f\u00a0 ]\d{3})+(?!\d)(?:\.\d+)?|\d+(?:[.·]\d+)?|(?<!\w)[.·]\d+)"
)
_WORD = re.compile(r"[a-z]+")


def read_number(quote: str) -> float | None:
    """The first number that ``quote`` states, None where it states none."""
    digits = _DIGITS.search(quote)
    if digits:
        plain = re.sub(r"[,\u202f\u00a0 ]", "", digits.group())
        number = float(plain.replace("−", "-").replace("·", "."))
        scale = _WORD.match(quote[digits.end() :].lstrip().lower())
        return number * _PRODUCTS.get(scale.group(), 1) if scale else number
    return _read_words(_WORD.findall(quote.lower()))


def _read_words(words: list[str]) -> float | None:
    """The number that begins at the first number word; it ends where another would begin."""
    begins = (place for place, word in enumerate(words) if _begins(words, place, word))
    start = next(begins, None)
    if start is None:
        return None
    total = group = 0
    open_below = 1_000
    for word in words[start:]:
        value = _UNITS.get(word, _TENS.get(word))
        if value is not None and value < open_below:
            group, open_below = group + value, 10 if word in _TENS else 0
        elif word in _GROUPS:
            group, open_below = max(group, 1) * _GROUPS[word], 100
        elif word in _SCALES:
            total, group, open_below = total + max(group, 1) * _SCALES[word], 0, 1_000
        elif word != "and" or open_below < 100:
            break
    number = float(total + group)
    return number / 2 if words[max(start - 2, 0) : start] == ["half", "a"] else number


def _begins(words: list[str], place: int, word: str) -> bool:
    if word in _UNITS or word in _TENS:
        return True
    return word in _PRODUCTS and (place == 0 or words[place - 1] in ("a", "an", "half"))
