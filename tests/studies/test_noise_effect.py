"""What a noise does to the pixels: shares that add up, the draw that the page measures, images of a single shade."""

from __future__ import annotations

import math

import numpy as np
import pytest

from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.noise import noises
from aelab.studies import denoising, noise_effect
from aelab.studies.noise_effect import Config, at_severities

BOTH = "gaussian:0.1+salt_pepper:0.1"


@pytest.mark.parametrize("noise", [*(f"{spec.name}:{spec.default}" for spec in noises), BOTH])
def test_every_value_is_counted_once_before_and_after(opened, noise: str) -> None:
    _, dataset = opened("pca")
    found = noise_effect.run(dataset, Config(noise=noise, limit=50))
    for shares, edges in ((found.clean, found.edges), (found.noisy, found.edges), (found.change, found.change_edges)):
        assert shares.sum() == pytest.approx(1)
        assert len(edges) == len(shares) + 1
    assert (found.n, found.split) == (50, "test")
    assert 0 < found.touched <= 1


def test_it_counts_the_draw_that_is_measured(opened) -> None:
    networks, dataset = opened("dae")
    found = noise_effect.run(dataset, Config(noise=BOTH))
    measured = denoising.run(networks, dataset, denoising.Config(noise=BOTH, limit=300))
    assert found.measures["psnr"].mean == pytest.approx(measured.noisy["psnr"].mean)
    assert found.measures["ssim"].mean == pytest.approx(measured.noisy["ssim"].mean)


@pytest.fixture
def plain(imported) -> Dataset:
    """Return images of one shade each, from black to white."""
    shades = np.linspace(0, 255, 200).astype(np.uint8)
    return imported(np.broadcast_to(shades[:, None, None], (200, 16, 16)).copy(), np.zeros(200, int))


def test_a_noise_that_hits_pixels_leaves_the_others_where_they_were(plain: Dataset) -> None:
    found = noise_effect.run(plain, Config(noise="salt_pepper:0.2", bins=16))
    assert found.touched == pytest.approx(0.2, abs=0.02)
    assert found.change[len(found.change) // 2] == pytest.approx(1 - found.touched, abs=0.02)
    assert found.noisy[0] - found.clean[0] * 0.8 == pytest.approx(0.1, abs=0.02)  # black
    assert found.noisy[-1] - found.clean[-1] * 0.8 == pytest.approx(0.1, abs=0.02)  # white


def test_what_is_rounded_away_in_a_file_does_not_count_as_touched(plain: Dataset) -> None:
    assert noise_effect.run(plain, Config(noise="uniform:0.0015")).touched == 0
    assert noise_effect.run(plain, Config(noise="uniform:0.01")).touched > 0.7


def test_images_of_one_shade_can_be_measured_under_every_noise(plain: Dataset) -> None:
    for spec in noises:
        found = noise_effect.run(plain, Config(noise=f"{spec.name}:{spec.default}"))
        assert not any(math.isnan(measure.mean) for measure in found.measures.values()), spec.name
        assert [found.noisy.sum(), found.change.sum()] == pytest.approx([1, 1])


def test_images_that_nothing_has_changed_are_counted_and_their_psnr_is_infinite(plain: Dataset) -> None:
    found = noise_effect.run(plain, Config(noise="gaussian:0"))
    assert (found.touched, found.measures["psnr"].n, found.measures["psnr"].infinite) == (0, 0, found.n)
    assert found.measures["psnr"].mean == math.inf
    assert found.measures["ssim"].mean == pytest.approx(1)


def test_without_test_images_it_says_what_to_do(plain: Dataset) -> None:
    np.save(plain.folder / "split.npy", np.zeros_like(plain.split))
    trained_on_all = store.open_dataset(plain.name)
    with pytest.raises(LabError, match=r"has no test images, .* Prepare page"):
        noise_effect.run(trained_on_all, Config())


@pytest.mark.parametrize("spec", list(noises), ids=lambda spec: spec.name)
def test_each_severity_is_further_from_the_clean_image(opened, spec) -> None:
    _, dataset = opened("pca")
    image = denoising.corrupted(dataset, denoising.Config(limit=1))[0]
    row = at_severities(image, spec)
    assert row.shape == (6, *dataset.shape)
    np.testing.assert_array_equal(row[:1], image)
    moved = np.sqrt(np.mean(np.square(row - image), axis=(1, 2, 3)))
    assert moved[5] > moved[1] >= 0
    assert moved[5] == moved.max()
