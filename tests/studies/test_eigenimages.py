"""The eigenimages are the principal components of the training images, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.studies.eigenimages import Config, as_pictures, run


def test_components_are_those_of_the_covariance(digits: Dataset) -> None:
    found = run(digits, Config(components=5, limit=20_000))
    flat = np.asarray(digits.images)[digits.indices("train")].reshape(found.n, -1) / 255
    values, vectors = np.linalg.eigh(np.cov(flat.T))
    np.testing.assert_allclose(found.explained, values[::-1][:5] / values.sum(), rtol=1e-3)
    alignment = np.abs(found.components.reshape(5, -1) @ vectors[:, ::-1][:, :5])
    np.testing.assert_allclose(np.diag(alignment), 1, atol=1e-3)
    np.testing.assert_allclose(found.mean.ravel(), flat.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(found.deviation.ravel(), flat.std(axis=0), atol=1e-6)


def test_only_training_images_are_looked_at(digits: Dataset) -> None:
    assert run(digits, Config(limit=20_000)).n == digits.counts["train"]
    assert run(digits, Config(limit=50)).n == 50


def test_the_same_seed_draws_the_same_pictures(digits: Dataset) -> None:
    first, second = (run(digits, Config(limit=100, seed=3)) for _ in range(2))
    np.testing.assert_array_equal(first.components, second.components)


@pytest.mark.parametrize("same", [False, True], ids=["one training image", "many that are the same"])
def test_images_that_cannot_vary_have_a_mean_and_no_direction(artifacts: Path, tmp_path: Path, same: bool) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20 if same else 3, 12, 12), dtype=np.uint8)
    np.savez(tmp_path / "few.npz", images=images, labels=np.zeros(len(images), int))
    few = import_path(tmp_path / "few.npz", "few")
    if same:  # no import would be split into such parts
        np.save(few.folder / "images.npy", np.full((20, 12, 12, 1), 51, np.uint8))
    found = run(few, Config())
    assert found.components.shape == (0, *few.shape)
    assert as_pictures(found.components).shape == (0, *few.shape)
    assert len(found.explained) == 0
    assert not found.deviation.any()
    assert found.n == few.counts["train"]


@pytest.mark.parametrize("scale", [1e-6, 1.0, 40.0])
def test_no_change_is_drawn_as_middle_grey_and_the_largest_as_black_or_white(scale: float) -> None:
    components = scale * np.array([[-1.0, 0.0, 0.5]], np.float32).reshape(1, 1, 3, 1)
    np.testing.assert_allclose(as_pictures(components).ravel(), [0, 0.5, 0.75], atol=1e-6)
    assert as_pictures(0 * components).ravel().tolist() == [0.5, 0.5, 0.5]
