"""Distances are told by the digits that count: near codes are not said to be 0.00 away."""

import pytest

from ui.numbers import figure


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.000912, "0.000912"), (0.0279, "0.0279"), (1.8234, "1.82"), (16.04, "16"), (1234.5, "1234"), (0, "0")],
)
def test_a_number_has_the_three_digits_that_count(value: float, said: str) -> None:
    assert figure(value) == said
