"""The learning rate's way down, as operations and as a number."""

from __future__ import annotations

import pytest

from aelab.training.schedule import Cosine


@pytest.mark.parametrize("step", [0, 5, 30, 99, 100, 130])
def test_the_rate_as_a_number_is_the_one_keras_works_out(step: int) -> None:
    schedule = Cosine(0.002, first=20, steps=80)
    assert schedule.at(step) == pytest.approx(float(schedule(step)), rel=1e-5, abs=1e-9)
