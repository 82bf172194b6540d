"""Filters beside a slider are given their best chance, and never saw the image that they restore."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.filters import filters
from aelab.metrics.psnr import psnr
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.pixels import to_unit
from aelab.studies import tuned_filters


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("gaussian:0", "gaussian:0.04"),
        ("gaussian:0.09", "gaussian:0.07"),
        ("gaussian:1", "gaussian:0.35"),
        ("gaussian:0.13+masking:0.9", "gaussian:0.12+masking:0.3"),
        ("gaussian:0.13|masking:0.9", "gaussian:0.12|masking:0.3"),
    ],
)
def test_a_level_is_served_by_the_nearest_severity(asked: str, near: str) -> None:
    assert str(tuned_filters.nearest(Corruption.parse(asked))) == near


@pytest.mark.parametrize("noise", noises.names())
def test_wherever_the_slider_of_a_noise_is_its_filters_can_have_been_tuned_before(noise: str) -> None:
    ahead = set(tuned_filters.severities(Corruption.of(noise, 0.1)))
    levels = np.linspace(0, noises[noise].highest, 50)
    assert {tuned_filters.nearest(Corruption.of(noise, level)) for level in levels} <= ahead
    assert len(ahead) == len(set(noises[noise].severities))


@pytest.mark.parametrize("name", ["median_3", "total_variation", "linear_ridge"])
def test_a_filter_restores_images_that_it_was_not_tuned_on(digits: Dataset, name: str) -> None:
    corruption = Corruption.of("gaussian", 0.2)
    clean = to_unit(digits.take(digits.indices("test")[:40]))
    noisy = corruption.corrupt(clean, np.random.default_rng(5))
    tuned = tuned_filters.tuned(digits, name, corruption)
    restored = tuned.restore(noisy)
    assert tuned.n == 16
    assert psnr(clean, restored, data_range=1.0).mean() > psnr(clean, noisy, data_range=1.0).mean() + 1


def test_every_filter_can_be_chosen_and_none_is_slow_that_is_not_there(digits: Dataset) -> None:
    assert set(filters.names()) >= tuned_filters.SLOW
    clean = to_unit(digits.take(digits.indices("test")[:1]))
    for name in filters.names():
        corruption = Corruption.of("salt_pepper", 0.05)
        assert tuned_filters.tuned(digits, name, corruption).restore(clean).shape == clean.shape


def test_without_validation_images_the_dataset_is_named_and_what_to_do(digits: Dataset) -> None:
    vars(digits)["split"] = np.where(digits.split == 1, 0, digits.split)  # as of an import that wanted none
    with pytest.raises(LabError, match=r"digits has none\. Split its images anew"):
        tuned_filters.tuned(digits, "median_3", Corruption.of("gaussian", 0.1))
