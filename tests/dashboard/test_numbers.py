"""Distances are told by the digits that count: near codes are not said to be 0.00 away."""

import pytest

from ui.numbers import figure, fixed, percent


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0.000912, "0.000912"),
        (0.0279, "0.0279"),
        (1.8234, "1.82"),
        (16.04, "16"),
        (1234.5, "1234"),
        (0, "0"),
        (6.6e10, "6.60e+10"),
    ],
)
def test_a_number_has_the_three_digits_that_count(value: float, said: str) -> None:
    assert figure(value) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(25.8, "25.80"), (999_999.0, "999999.00"), (-334705870.9, "-3.35e+08"), (2.3e11, "2.30e+11"), (-1e-9, "0.00")],
)
def test_a_number_with_decimals_gets_an_exponent_where_nobody_could_read_its_digits(value: float, said: str) -> None:
    assert fixed(value, 2) == said


def test_a_share_is_said_in_percent_as_the_language_writes_it() -> None:
    assert (percent(0.3456), percent(0.5, 0)) == ("34.6%", "50%")
