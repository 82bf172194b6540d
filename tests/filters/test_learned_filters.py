"""PCA projection and linear ridge: what scikit-learn finds on a small case, by whichever way it is computed."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from aelab.errors import LabError
from aelab.filters import filters, linear_ridge
from aelab.filters._learning import sample
from aelab.metrics.psnr import psnr

learning = pytest.mark.parametrize("spec", [spec for spec in filters if spec.learn], ids=lambda spec: spec.name)


def pairs(count, side, handwriting, corrupted, level=0.2):
    """Clean and noisy cut-outs of digits, (count, side, side, 1), and other noisy ones to restore."""
    top = 14 - side // 2
    clean = handwriting.training[: count + 10, top : top + side, top : top + side]
    noisy = corrupted(clean, "gaussian", level)
    return clean[:count], noisy[:count], noisy[count:]


def flat(images):
    return images.reshape(len(images), -1)


@pytest.mark.parametrize(("count", "side"), [(300, 8), (40, 12)], ids=["more images than values", "fewer"])
@pytest.mark.parametrize("penalty", [0.001, 0.1, 10.0])
def test_ridge_is_scikit_learns(handwriting, corrupted, count, side, penalty):
    clean, noisy, others = pairs(count, side, handwriting, corrupted)
    theirs = Ridge(alpha=penalty * count).fit(flat(noisy).astype(np.float64), flat(clean).astype(np.float64))
    known = linear_ridge.learn(clean, noisy)
    restored = linear_ridge.restore(others, known, penalty=penalty)
    np.testing.assert_allclose(flat(restored), np.clip(theirs.predict(flat(others)), 0, 1), atol=2e-4)


@pytest.mark.parametrize(("count", "side"), [(300, 8), (40, 12), (64, 8)])
def test_the_two_ways_to_ridge_lead_to_the_same_map(handwriting, corrupted, count, side):
    clean, noisy, others = pairs(count, side, handwriting, corrupted)
    x, mean_noisy = linear_ridge._centred(noisy)
    y, mean = linear_ridge._centred(clean)
    means = {"noisy_mean": mean_noisy.reshape(clean.shape[1:]), "mean": mean.reshape(clean.shape[1:])}
    for penalty in (0.003, 0.3):
        primal, dual = (
            linear_ridge.restore(
                others,
                {**means, **dict(zip(("basis", "answers", "spectrum"), way(x, y), strict=True))},
                penalty=penalty,
            )
            for way in (linear_ridge._primal, linear_ridge._dual)
        )
        np.testing.assert_allclose(primal, dual, atol=2e-4)


def test_ridge_of_photos_is_kept_on_the_span_of_the_training_images():
    rng = np.random.default_rng(0)
    clean = rng.random((6, 128, 128, 3), dtype=np.float32)
    known = linear_ridge.learn(clean, clean)
    assert known["basis"].shape == known["answers"].shape == (6, 49_152)
    np.testing.assert_allclose(linear_ridge.restore(clean, known, penalty=0.001), clean, atol=1e-3)


@pytest.mark.parametrize(("count", "side"), [(300, 8), (40, 12)], ids=["more images than values", "fewer"])
@pytest.mark.parametrize("variance", [0.99, 0.9, 0.5])
def test_projection_is_scikit_learns(handwriting, corrupted, count, side, variance):
    clean, noisy, others = pairs(count, side, handwriting, corrupted)
    theirs = PCA(variance, svd_solver="full").fit(flat(clean))
    expected = np.clip(theirs.inverse_transform(theirs.transform(flat(others))), 0, 1)
    spec = filters["pca_projection"]
    restored = spec.restore(others, spec.learn(clean, noisy), variance=variance)
    np.testing.assert_allclose(flat(restored), expected, atol=1e-4)


def test_ridge_restores_mnist_better_than_a_projection_and_both_better_than_a_median(shared_data, corrupted):
    with np.load(shared_data("mnist.npz")) as stored:
        training, test = (
            (stored[name][:count, ..., None] / 255).astype(np.float32)
            for name, count in (("x_train", 2000), ("x_test", 100))
        )
    noisy, noisy_test = corrupted(training, "gaussian", 0.5, 1), corrupted(test, "gaussian", 0.5)

    def found(name, **chosen):
        spec = filters[name]
        known = spec.learn(training, noisy) if spec.learn else {}
        return psnr(test, spec.restore(noisy_test, known, **chosen), data_range=1.0).mean()

    assert found("median_3") < found("pca_projection", variance=0.85) < found("linear_ridge", penalty=0.03) - 1


@learning
def test_images_of_another_size_are_refused_with_both_sizes(spec, handwriting):
    known = spec.learn(handwriting.validation, handwriting.validation)
    with pytest.raises(LabError, match=r"images of 28 × 28 × 1 and restores only such; these are 8 × 8 × 3"):
        spec.restore(np.zeros((1, 8, 8, 3), np.float32), known, **next(spec.choices()))


@learning
def test_restoring_before_learning_says_so(spec, handwriting):
    with pytest.raises(LabError, match="before it has learned"):
        spec.restore(handwriting.test, {}, **next(spec.choices()))


@learning
def test_nothing_to_learn_from_is_refused(spec, handwriting):
    none = handwriting.training[:0]
    with pytest.raises(LabError, match="at least one training image"):
        spec.learn(none, none)


def test_ridge_refuses_images_that_are_no_pairs(handwriting):
    with pytest.raises(LabError, match="pairs"):
        linear_ridge.learn(handwriting.training[:5], handwriting.training[:6])


@pytest.mark.parametrize(
    ("count", "shape", "most"), [(20_000, (2, 2, 1), 10_000), (3000, (33, 32, 1), 2500), (9, (2048, 2048, 1), 4)]
)
def test_of_many_images_a_sample_from_first_to_last_is_learned_from(count, shape, most):
    numbers = np.arange(count, dtype=np.float32)[:, None, None, None]
    taken = sample(np.broadcast_to(numbers, (count, *shape)))[:, 0, 0, 0]
    assert len(taken) == most
    assert (taken[0], taken[-1]) == (0, count - 1)
    assert np.ptp(np.diff(taken)) <= 1
