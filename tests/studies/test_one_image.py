"""One image: its numbers are those of the measures, and every method restores the same draw of noise."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from aelab.metrics.ssim import SIGMA
from aelab.noise.corruption import Corruption
from aelab.pixels import to_unit
from aelab.studies import one_image, tuned_filters
from aelab.studies.baselines import RUN
from aelab.studies.one_image import NOISY

CORRUPTION = Corruption.parse("gaussian:0.2+salt_pepper:0.05")


@pytest.fixture
def found(opened) -> one_image.OneImage:
    networks, dataset = opened("dae")
    clean = to_unit(dataset.take(dataset.indices("test")[:1]))
    tuned = [tuned_filters.tuned(dataset, name, CORRUPTION) for name in ("median_3", "gaussian")]
    return one_image.run(networks, clean, CORRUPTION, tuned)


def test_numbers_below_each_picture_agree_with_scikit_image(found: one_image.OneImage) -> None:
    clean = found.clean[0].astype(np.float64)
    for result in found.results:
        image = result.image[0].astype(np.float64)
        assert result.psnr == pytest.approx(peak_signal_noise_ratio(clean, image, data_range=1.0), abs=1e-5)
        same = structural_similarity(
            clean,
            image,
            data_range=1.0,
            channel_axis=-1,
            gaussian_weights=True,
            sigma=SIGMA,
            use_sample_covariance=False,
        )
        assert result.ssim == pytest.approx(same, abs=1e-6)
        np.testing.assert_allclose(result.difference, np.abs(image - clean)[..., 0], atol=1e-6)


def test_every_method_is_shown_once_and_restores_the_same_draw(opened, found: one_image.OneImage) -> None:
    networks, _ = opened("dae")
    assert [result.name for result in found.results] == [NOISY, RUN, "median_3", "gaussian"]
    np.testing.assert_allclose(found.of_run.image, networks.reconstruct(found.noisy.image), atol=1e-6)
    assert found.best.psnr == max(result.psnr for result in found.results[1:])
    assert found.largest_difference == max(result.difference.max() for result in found.results)


def test_an_image_that_is_not_harmed_has_an_infinite_psnr_and_no_differences(opened) -> None:
    networks, _ = opened("dae")
    found = one_image.run(networks, np.zeros((1, 28, 28, 1), np.float32), Corruption.of("gaussian", 0))
    assert found.noisy.psnr == np.inf
    assert found.noisy.ssim == pytest.approx(1)
    assert not found.noisy.difference.any()
    assert np.isfinite(found.of_run.psnr)


@pytest.mark.parametrize("place", [(0, 0), (3, 17), (20, 20), (20, 4)])
def test_the_part_that_is_enlarged_is_where_the_differences_are(place: tuple[int, int]) -> None:
    difference = np.full((28, 28), 0.01, np.float32)
    top, left = place
    difference[top : top + 8, left : left + 8] = 0.5
    assert one_image.most_different(difference, 8) == place


def test_where_nothing_differs_the_middle_is_enlarged() -> None:
    assert one_image.most_different(np.zeros((28, 20), np.float32), 8) == (10, 6)
    assert one_image.most_different(np.ones((6, 6), np.float32), 8) == (0, 0)
