"""The number that a quote states, as a curator would read it."""

import pytest

from annotator.domain.numbers import read_number


@pytest.mark.parametrize(
    ("quote", "number"),
    [
        ("eight", 8),
        ("Eight", 8),
        ("8", 8),
        ("n=23", 23),
        ("two out of three", 2),
        ("2 of 3", 2),
        ("a dozen", 12),
        ("dozen", 12),
        ("two dozen", 24),
        ("half a dozen", 6),
        ("18 months", 18),
        ("about 40 %", 40),
        ("1,204", 1204),
        ("1 204 people", 1204),
        ("1\u202f204\u00a0567.5", 1_204_567.5),
        ("12,3456", 12),
        ("100mg", 100),
        ("4th", 4),
        ("1.5 million", 1_500_000),
        ("5 hundred", 500),
        ("one hundred and four", 104),
        ("a hundred", 100),
        ("hundred", 100),
        ("more than a hundred children", 100),
        ("a thousand", 1000),
        ("three hundred thousand", 300_000),
        ("a hundred and twenty-five thousand", 125_000),
        ("five million two hundred thousand", 5_200_000),
        ("two thousand and five", 2005),
        ("twenty-five", 25),
        ("ninety nine", 99),
        ("seventeen", 17),
        ("no", 0),
        ("both", 2),
        # A second number is not added to the first.
        ("between two and three", 2),
        ("six and seven", 6),
        ("twenty and thirty", 20),
        ("one two", 1),
        ("one in ten", 1),
        ("12–18", 12),
        ("12-18", 12),
        ("CI 1.2-3.4", 1.2),
        # A dash behind a word is no sign.
        ("COVID-19", 19),
        ("IL-6", 6),
        ("-5", -5),
        ("−0.31", -0.31),
        ("( -3 )", -3),
        ("8·5", 8.5),
        ("p<.05", 0.05),
        ("p = .003", 0.003),
        ("", None),
        ("none", None),
        ("several", None),
        ("several hundred", None),
        ("dozens", None),
        ("½", None),
        ("patients", None),
    ],
)
def test_a_quote_states_its_first_number(quote: str, number: float | None) -> None:
    assert read_number(quote) == number
