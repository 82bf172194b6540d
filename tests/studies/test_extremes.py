"""The images behind a mean: really the best and the worst, restored as they were when they were measured."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.filters import filters
from aelab.metrics.psnr import psnr
from aelab.noise.corruption import Corruption
from aelab.studies import extremes
from aelab.studies.draws import Draw
from aelab.studies.methods import OfFilter, OfRun


@pytest.fixture
def draw(lab: TrainedLab) -> Draw:
    return Draw(runs.find(lab.runs["dae"]).images(), Corruption.parse("salt_pepper:0.1"), 0, 50)


def test_the_best_and_the_worst_are_those_of_all_images(lab: TrainedLab, draw: Draw) -> None:
    run = runs.find(lab.runs["dae"])
    clean, noisy, _ = draw.test
    after = psnr(clean, inference.load(run).reconstruct(noisy), data_range=1.0)
    shown = extremes.run(OfRun(run), draw, "psnr", 3)
    np.testing.assert_allclose(shown.after[:3], np.sort(after)[::-1][:3], atol=1e-4)
    np.testing.assert_allclose(shown.after[3:], np.sort(after)[:3][::-1], atol=1e-4)
    np.testing.assert_allclose(psnr(shown.clean, shown.restored, data_range=1.0), shown.after, atol=1e-4)
    np.testing.assert_allclose(psnr(shown.clean, shown.noisy, data_range=1.0), shown.before, atol=1e-4)
    np.testing.assert_array_equal((draw.dataset.take(shown.indices) / 255).astype(np.float32), shown.clean)


def test_by_gain_those_come_first_that_have_gained_most(lab: TrainedLab, draw: Draw) -> None:
    clean, noisy, _ = draw.test
    shown = extremes.run(OfFilter(filters["median_3"]), draw, "gain", 2)
    restored = filters["median_3"].restore(noisy, {})
    gains = psnr(clean, restored, data_range=1.0) - psnr(clean, noisy, data_range=1.0)
    np.testing.assert_allclose((shown.after - shown.before)[:2], np.sort(gains)[::-1][:2], atol=1e-4)
    np.testing.assert_allclose((shown.after - shown.before)[2:], np.sort(gains)[:2][::-1], atol=1e-4)


@pytest.mark.parametrize("name", ["gaussian", "linear_ridge"])
def test_a_filter_restores_them_with_the_settings_it_was_measured_with(draw: Draw, name: str) -> None:
    shown = extremes.run(OfFilter(filters[name]), draw, "psnr", 4)
    np.testing.assert_allclose(psnr(shown.clean, shown.restored, data_range=1.0), shown.after, atol=1e-3)


@pytest.mark.parametrize("count", [1, 2, 5, 8])
def test_of_few_images_none_is_shown_twice(draw: Draw, count: int) -> None:
    few = Draw(draw.dataset, draw.corruption, 0, count)
    shown = extremes.run(OfFilter(filters["nothing"]), few, "psnr", 4)
    assert sorted(shown.indices) == sorted(few.indices)
    assert shown.best == -(-count // 2)
