from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest
from scipy import stats

from aelab.metrics.estimate import Estimate, mean_with_interval, share_with_interval


def test_interval_is_the_one_of_students_t():
    values = np.random.default_rng(0).standard_normal(12) + 3
    expected = stats.t.interval(0.95, 11, loc=values.mean(), scale=stats.sem(values))
    estimate = mean_with_interval(values)
    assert (estimate.low, estimate.high) == pytest.approx(expected, rel=1e-9)
    assert estimate.mean == pytest.approx(values.mean())
    assert (estimate.n, estimate.infinite) == (12, 0)


def test_interval_holds_the_true_mean_19_times_in_20():
    rng = np.random.default_rng(0)
    estimates = [mean_with_interval(rng.exponential(2.0, 100)) for _ in range(2000)]
    share = np.mean([estimate.low <= 2.0 <= estimate.high for estimate in estimates])
    assert 0.92 < share < 0.97


def test_images_that_came_back_unchanged_are_counted_and_do_not_make_the_psnr_infinite():
    estimate = mean_with_interval([20.0, np.inf, 22.0, np.inf])
    assert (estimate.mean, estimate.n, estimate.infinite) == (21.0, 2, 2)
    assert np.isfinite([estimate.low, estimate.high]).all()


def test_only_unchanged_images_are_infinite_and_not_unknown():
    assert mean_with_interval([np.inf, np.inf]) == Estimate(np.inf, np.inf, np.inf, 0, 2)


def test_image_that_could_not_be_measured_does_not_vanish_from_the_mean():
    estimate = mean_with_interval([1.0, np.nan, 2.0])
    assert np.isnan([estimate.mean, estimate.low, estimate.high]).all()
    assert estimate.n == 2


def test_one_image_has_a_mean_and_no_interval():
    estimate = mean_with_interval([5.0])
    assert (estimate.mean, estimate.n) == (5.0, 1)
    assert np.isnan([estimate.low, estimate.high]).all()


def test_no_images_have_no_mean():
    estimate = mean_with_interval([])
    assert np.isnan(estimate.mean)
    assert estimate.n == 0


def test_equal_values_have_an_interval_of_no_width():
    assert mean_with_interval([0.5] * 10) == Estimate(0.5, 0.5, 0.5, 10)


def test_examples_in_the_documentation_still_hold():
    module = importlib.import_module("aelab.metrics.estimate")
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0


@pytest.mark.parametrize(("hits", "n"), [(0, 20), (1, 300), (150, 300), (20, 20)])
def test_interval_of_a_share_is_the_one_of_wilson(hits: int, n: int):
    expected = stats.binomtest(hits, n).proportion_ci(method="wilson")
    found = share_with_interval(np.arange(n) < hits)
    assert (found.low, found.high) == pytest.approx(tuple(expected))
    assert (found.mean, found.n) == (hits / n, n)


def test_a_share_of_nothing_is_not_a_number():
    found = share_with_interval([])
    assert np.isnan([found.mean, found.low, found.high]).all()
