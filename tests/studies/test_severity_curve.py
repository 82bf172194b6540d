"""How far a run holds: the same images and draws for every method at every level, and numbers of the measures."""

from __future__ import annotations

import json

import numpy as np
import pytest

from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.metrics.psnr import psnr
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.pixels import to_unit
from aelab.studies import severity_curve
from aelab.studies.baselines import RUN
from aelab.studies.one_image import NOISY
from aelab.studies.severity_curve import FILTERS, Config, Curve, SeverityCurves


@pytest.fixture
def found(opened) -> SeverityCurves:
    return severity_curve.run(*opened("dae"), Config(limit=12))


def test_every_point_is_the_mean_over_the_same_test_images(opened, found: SeverityCurves) -> None:
    networks, dataset = opened("dae")
    indices = np.random.default_rng(0).permutation(dataset.indices("test"))[:12]
    clean = to_unit(dataset.take(indices))
    for number, level in enumerate(found.levels):
        noisy = Corruption.of("gaussian", level).corrupt(clean, np.random.default_rng(0))
        for name, images in ((NOISY, noisy), (RUN, networks.reconstruct(noisy))):
            expected = mean_with_interval(psnr(clean, images, data_range=1.0))
            assert found.of(name).psnr[number].mean == pytest.approx(expected.mean, abs=1e-6)
            assert found.of(name).psnr[number].low == pytest.approx(expected.low, abs=1e-6)
    assert (found.n, found.split, found.noise) == (12, "test", "gaussian")
    assert [curve.name for curve in found.curves] == [NOISY, RUN, *FILTERS]


def test_more_noise_leaves_less(found: SeverityCurves) -> None:
    means = [each.mean for each in found.of(NOISY).psnr]
    assert means == sorted(means, reverse=True)


@pytest.mark.parametrize("noise", noises.names())
def test_levels_go_up_to_the_highest_and_hold_the_calibrated_ones(noise: str) -> None:
    levels = severity_curve.levels_of(noise)
    assert set(noises[noise].severities) <= set(levels)
    assert (levels[0] > 0, levels[-1]) == (True, noises[noise].highest)
    assert list(levels) == sorted(set(levels))


def made(**means: list[float]) -> SeverityCurves:
    def curve(name: str, values: list[float]) -> Curve:
        estimates = tuple(Estimate(value, value - 1, value + 1, 9) for value in values)
        return Curve(name, estimates, estimates)

    return SeverityCurves("gaussian", (0.1, 0.2, 0.3), "test", 9, tuple(curve(*each) for each in means.items()))


@pytest.mark.parametrize(
    ("run", "best"), [([9, 9, 9], ()), ([25, 9, 9], (0.1,)), ([20, 20, 20], (0.1, 0.2, 0.3)), ([9, 16, 16], (0.2, 0.3))]
)
def test_where_the_run_is_best_is_found(run: list[float], best: tuple[float, ...]) -> None:
    assert made(noisy=[20.0, 15, 10], run=run, median_3=[18.0, 16, 14]).best_at() == best


def test_what_a_job_writes_is_read_back_and_the_table_has_every_point(found: SeverityCurves) -> None:
    assert SeverityCurves.from_json(json.loads(json.dumps(found.to_json()))) == found
    table = severity_curve.table(found)
    assert len(table) == len(found.levels) * len(found.curves)
    row = table[(table["level"] == found.levels[3]) & (table["method"] == RUN)].iloc[0]
    assert (row["psnr"], row["ssim_high"]) == (found.of(RUN).psnr[3].mean, found.of(RUN).ssim[3].high)
    assert set(table["n"]) == {12}


def test_a_dataset_without_test_images_is_named_and_what_to_do(opened, digits: Dataset) -> None:
    networks, _ = opened("dae")
    vars(digits)["split"] = np.zeros_like(digits.split)
    with pytest.raises(LabError, match=r"digits has no test images to measure\. Split its images anew"):
        severity_curve.run(networks, digits, Config())
