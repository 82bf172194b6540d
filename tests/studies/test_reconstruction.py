"""How well a run reconstructs: the numbers that every table starts from."""

from __future__ import annotations

import json

import numpy as np
import pytest
from labs import LATENT_DIM, TrainedLab
from scipy import stats
from scipy.spatial.distance import cosine
from skimage.metrics import mean_squared_error, peak_signal_noise_ratio, structural_similarity

from aelab import runs
from aelab.studies import reconstruction
from aelab.studies.reconstruction import Config

_SSIM = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False, "channel_axis": -1}


def measured_elsewhere(clean: np.ndarray, restored: np.ndarray) -> dict[str, np.ndarray]:
    """Measure each pair with scikit-image and scipy."""
    pairs = list(zip(clean.astype(np.float64), restored.astype(np.float64), strict=True))
    return {
        "mse": np.array([mean_squared_error(a, b) for a, b in pairs]),
        "psnr": np.array([peak_signal_noise_ratio(a, b, data_range=1.0) for a, b in pairs]),
        "ssim": np.array([structural_similarity(a, b, data_range=1.0, **_SSIM) for a, b in pairs]),
        "cosine_distance": np.array([cosine(a.ravel(), b.ravel()) for a, b in pairs]),
    }


@pytest.mark.parametrize("model", ["pca", "vae"])
def test_means_and_intervals_agree_with_scikit_image_and_scipy(opened, model: str) -> None:
    networks, dataset = opened(model)
    found = reconstruction.run(networks, dataset, Config())
    clean = dataset.images[dataset.split == 2] / 255
    expected = measured_elsewhere(clean, networks.reconstruct(clean.astype(np.float32)))
    assert found.n == len(clean) == dataset.counts["test"]
    assert set(found.overall) == set(expected)
    for name, values in expected.items():
        estimate = found.overall[name]
        assert estimate.mean == pytest.approx(values.mean(), abs=1e-6)
        interval = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
        assert (estimate.low, estimate.high) == pytest.approx(interval, abs=1e-6)
        assert estimate.n == len(values)


def test_every_class_is_measured_on_its_own_images(opened) -> None:
    networks, dataset = opened("pca")
    found = reconstruction.run(networks, dataset, Config())
    assert set(found.classes) == set(dataset.class_names)
    for code, name in enumerate(dataset.class_names):
        clean = dataset.images[(dataset.split == 2) & (dataset.labels == code)] / 255
        expected = measured_elsewhere(clean, networks.reconstruct(clean.astype(np.float32)))
        for measure, values in expected.items():
            assert found.classes[name][measure].mean == pytest.approx(values.mean(), abs=1e-6)
            assert found.classes[name][measure].n == len(clean)


@pytest.mark.parametrize("model", LATENT_DIM)
def test_a_run_can_be_measured_again_with_the_numbers_of_its_metrics_file(opened, lab: TrainedLab, model: str) -> None:
    again = reconstruction.run(*opened(model), Config()).to_json()
    kept = json.loads((runs.find(lab.runs[model]).folder / "metrics.json").read_text(encoding="utf-8"))
    kept.pop("generation", None)
    assert again["n"] == kept["n"]
    assert again["split"] == kept["split"] == "test"
    for name, estimate in kept["overall"].items():
        assert again["overall"][name] == pytest.approx(estimate, rel=1e-5)
    assert again["classes"].keys() == kept["classes"].keys()


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_the_part_that_was_asked_for_is_measured_and_named(opened, part: str) -> None:
    networks, dataset = opened("pca")
    found = reconstruction.run(networks, dataset, Config(split=part))
    assert (found.split, found.n) == (part, dataset.counts[part])


def test_images_of_another_size_are_refused_and_not_stretched(opened, imported) -> None:
    networks, _ = opened("pca")
    rng = np.random.default_rng(0)
    small = imported(rng.integers(0, 256, (30, 16, 16), dtype=np.uint8), np.arange(30) % 2)
    with pytest.raises(ValueError, match="takes images of 28 × 28 × 1; these are 16 × 16 × 1"):
        reconstruction.run(networks, small, Config())
