"""PCA as a pair of networks is scikit-learn's PCA."""

from __future__ import annotations

import numpy as np
import pytest
from labs import Kept
from sklearn.decomposition import PCA

from aelab.errors import LabError
from aelab.models import models
from aelab.pixels import to_unit
from aelab.training.config import plan
from aelab.training.loop import TrainingImages, train
from aelab.training.networks import Networks, build


def flat(images: np.ndarray) -> np.ndarray:
    return to_unit(images).reshape(len(images), -1)


def fitted(images: np.ndarray, latent_dim: int) -> tuple[Networks, Kept]:
    kept = Kept()
    chosen = plan("pca", {"latent_dim": latent_dim})
    return train(chosen, TrainingImages(images, images[:50]), kept), kept


@pytest.mark.parametrize("latent_dim", [1, 8, 64])
def test_codes_and_reconstructions_are_those_of_scikit_learn(digits: np.ndarray, latent_dim: int) -> None:
    train_images, other = digits[:300], digits[300:400]
    networks, _ = fitted(train_images, latent_dim)
    theirs = PCA(latent_dim, random_state=0).fit(flat(train_images))
    codes = networks.encode(to_unit(other))
    np.testing.assert_allclose(codes, theirs.transform(flat(other)), atol=1e-4)
    expected = np.clip(theirs.inverse_transform(theirs.transform(flat(other))), 0, 1)
    np.testing.assert_allclose(networks.decode(codes).reshape(len(other), -1), expected, atol=1e-5)


def test_the_logged_loss_is_the_mean_squared_error(digits: np.ndarray) -> None:
    networks, kept = fitted(digits[:300], 8)
    for logged, images in ((kept.epochs[0].train, digits[:300]), (kept.epochs[0].validation, digits[:50])):
        target = to_unit(images)
        output = np.concatenate([networks.decode(networks.encode(part)) for part in np.array_split(target, 3)])
        assert logged["loss"] == pytest.approx(float(np.mean((output - target) ** 2)), rel=1e-5)


def test_as_many_components_as_images_keep_everything(digits: np.ndarray) -> None:
    networks, _ = fitted(digits[:10], 10)
    target = to_unit(digits[:10])
    np.testing.assert_allclose(networks.decode(networks.encode(target)), target, atol=1e-4)


def test_more_components_than_images_are_refused_with_both_numbers(digits: np.ndarray) -> None:
    with pytest.raises(LabError, match="latent_dim must be at most 10 for PCA of 10 images of 784 values; it is 11"):
        fitted(digits[:10], 11)


def test_more_components_than_pixels_are_refused() -> None:
    images = np.random.default_rng(0).random((50, 3, 3, 1), dtype=np.float32)
    chosen = plan("pca", {"latent_dim": 10})
    with pytest.raises(LabError, match="latent_dim must be at most 9 for PCA of 50 images of 9 values; it is 10"):
        models["pca"].fit(build(chosen, (3, 3, 1)), images, chosen.model_config)  # type: ignore[misc]


def test_pca_has_no_epochs_whatever_was_asked() -> None:
    assert plan("pca", {"epochs": 500}).training.epochs == 1
    assert plan("pca", {"epochs": 500}) == plan("pca", {})
