"""How much of a noise a run takes away, and whether runs are compared fairly."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from aelab.errors import LabError
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.studies import denoising
from aelab.studies.denoising import Config


@dataclass(frozen=True)
class Restorer:
    """Stands in for the networks of a run: what it makes of noisy images is known beforehand."""

    make: Callable[[np.ndarray], np.ndarray]

    def reconstruct(self, images: np.ndarray, labels: np.ndarray) -> np.ndarray:
        return self.make(images)


_SSIM = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "channel_axis": -1}
each_noise = pytest.mark.parametrize("noise", noises.names())


def scikit_image(clean: np.ndarray, other: np.ndarray) -> dict[str, np.ndarray]:
    pairs = list(zip(clean.astype(np.float64), other.astype(np.float64), strict=True))
    return {
        "psnr": np.array([peak_signal_noise_ratio(a, b, data_range=1.0) for a, b in pairs]),
        "ssim": np.array([structural_similarity(a, b, data_range=1.0, **_SSIM) for a, b in pairs]),
    }


@each_noise
def test_numbers_agree_with_scikit_image(opened, noise: str) -> None:
    networks, dataset = opened("dae")
    config = Config(noise=f"{noise}:{noises[noise].default}", limit=60)
    found = denoising.run(networks, dataset, config)
    shown = denoising.example(networks, dataset, config, shown=60)
    noisy, restored = scikit_image(shown.clean, shown.noisy), scikit_image(shown.clean, shown.restored)
    for name in ("psnr", "ssim"):
        assert found.noisy[name].mean == pytest.approx(noisy[name].mean(), abs=1e-5)
        assert found.restored[name].mean == pytest.approx(restored[name].mean(), abs=1e-5)
    assert found.gain.mean == pytest.approx((restored["psnr"] - noisy["psnr"]).mean(), abs=1e-5)
    assert found.corruption == Corruption.of(noise, noises[noise].default)
    assert (found.n, found.split) == (60, "test")


@each_noise
def test_every_run_is_given_the_same_draw(opened, noise: str) -> None:
    config = Config(noise=f"{noise}:0.5")
    one, other = (denoising.run(*opened(model), config) for model in ("pca", "dae"))
    assert one.noisy == other.noisy
    assert one.restored != other.restored
    pictures = [denoising.example(*opened(model), config).noisy for model in ("pca", "conv_ae", "vae")]
    for picture in pictures[1:]:
        np.testing.assert_array_equal(picture, pictures[0])


@each_noise
def test_the_images_of_a_smaller_limit_are_among_those_of_a_larger_one(opened, noise: str) -> None:
    networks, dataset = opened("pca")
    config = Config(noise=f"{noise}:0.3")
    few, many = (denoising.example(networks, dataset, config, shown=count) for count in (4, 40))
    np.testing.assert_array_equal(few.clean, many.clean[:4])
    np.testing.assert_array_equal(few.noisy, many.noisy[:4])


@each_noise
def test_the_same_images_are_shown_at_every_severity(opened, noise: str) -> None:
    networks, dataset = opened("pca")
    shown = [denoising.example(networks, dataset, Config(noise=f"{noise}:{level}")) for level in (0.0, 0.2, 0.6)]
    for example in shown[1:]:
        np.testing.assert_array_equal(example.clean, shown[0].clean)
    np.testing.assert_array_equal(shown[0].noisy, shown[0].clean)
    damage = [np.abs(example.noisy - example.clean).mean() for example in shown]
    assert damage[0] < damage[1] < damage[2]


def test_only_test_images_are_measured(opened) -> None:
    networks, dataset = opened("pca")
    shown = denoising.example(networks, dataset, Config(), shown=10_000)
    stored = {image.tobytes() for image in dataset.images[dataset.split == 2]}
    assert len(shown.clean) == dataset.counts["test"] == denoising.run(networks, dataset, Config()).n
    assert {np.rint(image * 255).astype(np.uint8).tobytes() for image in shown.clean} == stored


def test_without_noise_nothing_is_gained_and_nothing_made_up(opened) -> None:
    found = denoising.run(*opened("dae"), Config(noise="gaussian:0"))
    assert found.noisy["psnr"].mean == np.inf
    assert found.noisy["ssim"].mean == pytest.approx(1)
    assert np.isnan(found.gain.mean)
    assert found.gain.n == 0
    assert np.isfinite(found.restored["psnr"].mean)


def test_both_means_and_the_gain_are_over_the_same_images(imported) -> None:
    rng = np.random.default_rng(0)
    dataset = imported(rng.integers(1, 255, (200, 12, 12), dtype=np.uint8), np.zeros(200, int))
    config = Config(noise="salt_pepper:0.01")
    # Restores every other image perfectly, the others not at all: as infinite as an image that was not hit.
    clean = denoising.example(Restorer(lambda noisy: noisy), dataset, config, shown=1000).clean
    odd = (np.arange(len(clean)) % 2 == 1)[:, None, None, None]
    found = denoising.run(Restorer(lambda noisy: np.where(odd, clean, noisy * 0.9)), dataset, config)
    noisy = denoising.example(Restorer(lambda noisy: noisy), dataset, config, shown=1000).noisy
    counted = ~odd.ravel() & (noisy != clean).any(axis=(1, 2, 3))
    before, after = scikit_image(clean[counted], noisy[counted]), scikit_image(clean[counted], noisy[counted] * 0.9)
    assert 0 < np.count_nonzero(counted) < found.n == len(clean)
    assert found.noisy["psnr"].mean == pytest.approx(before["psnr"].mean(), abs=1e-4)
    assert found.restored["psnr"].mean == pytest.approx(after["psnr"].mean(), abs=1e-4)
    assert found.gain.mean == pytest.approx(found.restored["psnr"].mean - found.noisy["psnr"].mean)
    assert found.gain.n == found.noisy["psnr"].n == found.restored["psnr"].n == np.count_nonzero(counted)
    assert found.gain.infinite == found.n - found.gain.n
    assert found.noisy["ssim"].n == found.n


def test_what_cannot_be_measured_is_not_left_out_in_silence(opened) -> None:
    _, dataset = opened("pca")
    found = denoising.run(Restorer(lambda noisy: np.full_like(noisy, np.nan)), dataset, Config(limit=5))
    assert np.isnan(found.gain.mean)
    assert np.isnan(found.restored["psnr"].mean)


@each_noise
def test_the_strongest_noise_can_be_measured(opened, noise: str) -> None:
    found = denoising.run(*opened("dae"), Config(noise=f"{noise}:{noises[noise].highest}"))
    assert 0 < found.noisy["psnr"].mean < (22 if noise == "jpeg" else 15)  # JPEG leaves digits legible at its worst
    assert np.isfinite(found.gain.mean)


def test_another_seed_is_another_draw(opened) -> None:
    networks, dataset = opened("pca")
    one, other = (denoising.run(networks, dataset, Config(seed=seed)) for seed in (0, 1))
    assert one.noisy["psnr"].mean != other.noisy["psnr"].mean
    assert one.noisy["psnr"].mean == pytest.approx(other.noisy["psnr"].mean, abs=0.2)


def test_noises_put_together_are_measured_on_the_draw_that_is_shown(opened) -> None:
    networks, dataset = opened("dae")
    config = Config(noise="gaussian:0.2+masking:0.1", limit=30)
    found, shown = denoising.run(networks, dataset, config), denoising.example(networks, dataset, config, shown=30)
    assert found.noisy["psnr"].mean == pytest.approx(scikit_image(shown.clean, shown.noisy)["psnr"].mean(), abs=1e-5)
    alone = denoising.run(networks, dataset, Config(noise="gaussian:0.2", limit=30))
    assert found.noisy["psnr"].mean < alone.noisy["psnr"].mean


def test_one_corruption_has_one_name_however_it_is_written() -> None:
    assert Config(noise=" gaussian:.20 + masking:0.1") == Config(noise="gaussian:0.2+masking:0.1")


def test_a_noise_or_level_that_is_not_there_is_refused() -> None:
    with pytest.raises(LabError, match="no noise called 'rain'; choose one of gaussian, salt_pepper"):
        Config(noise="rain:0.1")
    with pytest.raises(LabError, match=r"level of Gaussian noise must be between 0 and 1; it is 100\.5"):
        Config(noise="gaussian:100.5")
