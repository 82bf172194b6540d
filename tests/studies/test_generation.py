"""Whether images drawn from a run can be told from real ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from scipy.linalg import sqrtm
from sklearn.decomposition import PCA

from aelab.datasets.importing import import_path
from aelab.errors import LabError
from aelab.pixels import to_unit
from aelab.studies import generation
from aelab.studies.generation import Config


@dataclass(frozen=True)
class Sampler:
    """Stands in for a decoder: of any codes it makes images that are known beforehand."""

    make: Callable[[int], np.ndarray]
    latent_dim: int = 2

    def decode(self, codes: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        return self.make(len(codes))


class Echo:
    """Stands in for a decoder: it gives back the codes it was given."""

    latent_dim = 3

    def decode(self, codes: np.ndarray, labels: np.ndarray | None) -> np.ndarray:
        return codes


def frechet_of_scipy(a: np.ndarray, b: np.ndarray) -> float:
    one, other = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = sqrtm(one @ other)
    return float(np.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2) + np.trace(one + other - 2 * root.real))


def test_the_distance_is_that_of_principal_components_of_the_training_images(opened) -> None:
    _, dataset = opened("vae")
    fakes = np.random.default_rng(5).random((200, *dataset.shape), dtype=np.float32)
    found = generation.run(Sampler(lambda count: fakes[:count]), dataset, Config(samples=200, features=20))
    shuffled = np.random.default_rng(0).permutation(dataset.indices("train"))
    others, fitted, test = (
        to_unit(dataset.images[part]).reshape(-1, 784)
        for part in (shuffled[:200], shuffled[200:], dataset.indices("test"))
    )
    pca = PCA(20, svd_solver="full").fit(fitted.astype(np.float64))
    expected = frechet_of_scipy(pca.transform(test), pca.transform(fakes.reshape(200, -1)))
    assert found.distance == pytest.approx(expected, rel=1e-3)
    assert found.floor == pytest.approx(frechet_of_scipy(pca.transform(test), pca.transform(others)), rel=1e-3)
    assert (found.features, found.n_samples, found.n_floor, found.n_test) == (20, 200, 200, len(test))


def test_a_run_that_draws_badly_is_farther_than_perfect_samples_would_be(opened) -> None:
    found = generation.run(*opened("vae"), Config())
    assert 0 < found.floor < found.distance / 3
    assert found.n_samples == found.n_floor == found.n_test == 359


def test_perfect_samples_reach_the_floor(opened) -> None:
    _, dataset = opened("vae")
    real = to_unit(dataset.images[np.random.default_rng(9).permutation(dataset.indices("train"))])
    found = generation.run(Sampler(lambda count: real[:count]), dataset, Config())
    assert found.distance == pytest.approx(found.floor, rel=0.5)


def chance(count: int, seed: int) -> np.ndarray:
    """Return images of chance, which have no direction that others of them do not have as well."""
    return np.random.default_rng(seed).integers(0, 256, (count, 12, 12), dtype=np.uint8)


def test_the_floor_is_of_as_many_images_as_the_samples_where_there_are_few_to_train_on(tmp_path: Path) -> None:
    labels = {"y_train": np.arange(60) % 2, "y_test": np.arange(400) % 2}
    np.savez(tmp_path / "few.npz", x_train=chance(60, 1), x_test=chance(400, 2), **labels)
    dataset = import_path(tmp_path / "few.npz", "few")
    more = to_unit(chance(1000, 3))[..., None]
    found = generation.run(Sampler(lambda count: more[:count]), dataset, Config(features=10))
    assert found.n_samples == found.n_floor == dataset.counts["train"] // 2
    assert found.floor == pytest.approx(found.distance, rel=0.3)  # these samples are as good as real ones


def test_the_images_of_the_floor_are_as_new_to_the_features_as_samples_are(imported) -> None:
    dataset = imported(chance(300, 1), np.zeros(300, int))
    more = to_unit(chance(1000, 2))[..., None]
    found = generation.run(Sampler(lambda count: more[:count]), dataset, Config())
    assert found.floor == pytest.approx(found.distance, rel=0.15)


def test_the_floor_does_not_depend_on_the_order_of_the_images(imported) -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 100)
    images = (rng.integers(0, 60, (200, 12, 12)) + 180 * labels[:, None, None]).astype(np.uint8)
    mixed = rng.permutation(200)
    grey = Sampler(lambda count: np.full((count, 12, 12, 1), 0.5, np.float32))
    by_class = generation.run(grey, imported(images, labels, "by-class"), Config())
    shuffled = generation.run(grey, imported(images[mixed], labels[mixed], "shuffled"), Config())
    assert by_class.floor == pytest.approx(shuffled.floor, abs=0.1 * by_class.distance)


def test_the_same_seed_draws_the_same_samples(opened) -> None:
    networks, dataset = opened("vae")
    config = Config(samples=100, seed=3)
    first = generation.run(networks, dataset, config)
    assert generation.run(networks, dataset, config) == first
    assert generation.run(networks, dataset, Config(samples=100, seed=4)).distance != first.distance


def test_draws_come_from_the_standard_normal_prior() -> None:
    codes = generation.draw(Echo(), 5000, np.random.default_rng(0))
    assert codes.shape == (5000, 3)
    assert codes.dtype == np.float32
    np.testing.assert_allclose(np.cov(codes, rowvar=False), np.eye(3), atol=0.06)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=0.06)


def test_more_features_than_the_images_allow_are_cut_and_said(opened) -> None:
    networks, dataset = opened("vae")
    found = generation.run(networks, dataset, Config(features=500))
    assert found.features == dataset.counts["test"] - 1


def test_a_single_test_image_is_said_to_be_too_few(imported) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, 12, 12), dtype=np.uint8)
    dataset = imported(images, np.zeros(4, int))
    assert dataset.counts["test"] == 1
    assert not generation.is_possible(dataset)
    with pytest.raises(LabError, match="needs at least 2 test images; there are 1"):
        generation.run(Sampler(lambda count: np.zeros((count, 12, 12, 1), np.float32)), dataset, Config())


@pytest.mark.parametrize("count", [3, 4, 5, 6])
def test_the_fewest_training_images_give_a_floor_or_are_said_to_be_too_few(tmp_path: Path, count: int) -> None:
    labels = {"y_train": np.zeros(count, int), "y_test": np.zeros(9, int)}
    np.savez(tmp_path / "few.npz", x_train=chance(count, 1), x_test=chance(9, 2), **labels)
    dataset = import_path(tmp_path / "few.npz", "few")
    grey = Sampler(lambda count: np.full((count, 12, 12, 1), 0.5, np.float32))
    if generation.is_possible(dataset):
        found = generation.run(grey, dataset, Config())
        assert found.n_floor == found.n_samples == 2
        assert np.isfinite(found.floor)
    else:
        with pytest.raises(LabError, match=r"needs at least 4 training images; there are [23]\."):
            generation.run(grey, dataset, Config())
