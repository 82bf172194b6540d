"""What every measure promises; a new file in metrics/ is covered without another line here."""

from __future__ import annotations

import doctest
import importlib

import numpy as np
import pytest
from sklearn.datasets import load_digits

from aelab.errors import LabError
from aelab.metrics import metrics

PAIRS = [spec for spec in metrics if spec.per_image]
SETS = [spec for spec in metrics if spec.of_features]
every = pytest.mark.parametrize("spec", list(metrics), ids=lambda spec: spec.name)
of_pairs = pytest.mark.parametrize("spec", PAIRS, ids=lambda spec: spec.name)
of_sets = pytest.mark.parametrize("spec", SETS, ids=lambda spec: spec.name)


@pytest.fixture(scope="module")
def images():
    """Real digits, enlarged to 24x24, float32 (60, 24, 24, 1) in [0, 1]."""
    digits = (load_digits().images[:60] / 16).astype(np.float32)
    return np.kron(digits, np.ones((3, 3), np.float32))[..., None]


def noisy(images, sigma, seed=0):
    noise = sigma * np.random.default_rng(seed).standard_normal(images.shape)
    return np.clip(images + noise, 0, 1).astype(images.dtype)


def badness(spec, values):
    """Return the values so that larger is always worse."""
    return values if spec.direction == "lower" else -values


def test_the_measures_of_the_reports_are_all_there():
    assert {"mse", "psnr", "ssim", "cosine_distance", "frechet"} <= set(metrics.names())


@every
def test_student_finds_a_definition_an_equation_and_the_source(spec):
    assert spec.label and spec.symbol and spec.equation
    assert spec.definition.endswith(".") and spec.definition.count(". ") == 0, "one sentence"
    assert "doi:" in spec.source
    assert spec.direction in {"lower", "higher"}
    assert (spec.per_image is None) != (spec.of_features is None)


@every
def test_examples_in_the_documentation_still_hold(spec):
    measure = spec.per_image or spec.of_features
    module = importlib.import_module(measure.__module__)
    result = doctest.testmod(module, optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert result.attempted > 0
    assert result.failed == 0


@of_pairs
def test_one_float64_value_an_image(spec, images):
    values = spec.per_image(images, noisy(images, 0.1), data_range=1.0)
    assert values.shape == (60,)
    assert values.dtype == np.float64
    assert np.isfinite(values).all()


@of_pairs
def test_no_image_scores_better_than_the_image_itself(spec, images):
    same = badness(spec, spec.per_image(images, images.copy(), data_range=1.0))
    other = badness(spec, spec.per_image(images, noisy(images, 0.001), data_range=1.0))
    assert (same < other).all()
    assert len(np.unique(same)) == 1


@of_pairs
def test_more_noise_is_worse(spec, images):
    scores = [
        badness(spec, spec.per_image(images, noisy(images, sigma), data_range=1.0))
        for sigma in (0.02, 0.05, 0.1, 0.2, 0.4)
    ]
    assert (np.diff(scores, axis=0) > 0).all()


@of_pairs
def test_value_of_an_image_does_not_depend_on_its_neighbours(spec, images):
    candidate = noisy(images, 0.1)
    together = spec.per_image(images, candidate, data_range=1.0)
    alone = [spec.per_image(images[i : i + 1], candidate[i : i + 1], data_range=1.0)[0] for i in range(60)]
    turned = spec.per_image(images[::-1], candidate[::-1], data_range=1.0)[::-1]
    np.testing.assert_allclose(alone, together, rtol=1e-11)
    np.testing.assert_allclose(turned, together, rtol=1e-11)


@of_pairs
def test_more_images_than_one_chunk_are_all_measured_in_order(spec, images):
    many, candidate = np.tile(images, (3, 1, 1, 1)), np.tile(noisy(images, 0.1), (3, 1, 1, 1))
    once = spec.per_image(images, candidate[:60], data_range=1.0)
    np.testing.assert_allclose(spec.per_image(many, candidate, data_range=1.0), np.tile(once, 3), rtol=1e-11)


@of_pairs
def test_result_is_the_same_for_every_dtype_and_memory_order(spec, images):
    reference, candidate = np.rint(images * 255), np.rint(noisy(images, 0.1) * 255)
    expected = spec.per_image(reference.astype(np.float64), candidate.astype(np.float64), data_range=255)
    for dtype in (np.uint8, np.float32):
        given = spec.per_image(reference.astype(dtype), candidate.astype(dtype), data_range=255)
        np.testing.assert_array_equal(given, expected)
    fortran = spec.per_image(np.asfortranarray(reference), np.asfortranarray(candidate), data_range=255)
    np.testing.assert_array_equal(fortran, expected)


@of_pairs
def test_images_are_not_changed(spec, images):
    reference, candidate = images.copy(), noisy(images, 0.1)
    reference.flags.writeable = candidate.flags.writeable = False
    before = candidate.copy()
    spec.per_image(reference, candidate, data_range=1.0)
    np.testing.assert_array_equal(reference, images)
    np.testing.assert_array_equal(candidate, before)


@of_pairs
def test_image_that_a_diverged_network_gave_is_nan_and_spoils_no_other(spec, images):
    candidate = noisy(images, 0.1)
    expected = spec.per_image(images, candidate, data_range=1.0)
    candidate[7, 3, 3, 0] = np.nan
    values = spec.per_image(images, candidate, data_range=1.0)
    assert np.isnan(values[7])
    np.testing.assert_allclose(np.delete(values, 7), np.delete(expected, 7), rtol=1e-11)


@of_pairs
def test_nan_beside_a_black_image_is_not_hidden(spec):
    black = np.zeros((1, 16, 16, 1))
    assert np.isnan(spec.per_image(black, np.full_like(black, np.nan), data_range=1.0)).all()


@of_pairs
def test_colour_counts_every_channel(spec, images):
    grey = np.repeat(images, 3, axis=-1)
    expected = spec.per_image(images, noisy(images, 0.1), data_range=1.0)
    same_in_all = spec.per_image(grey, np.repeat(noisy(images, 0.1), 3, axis=-1), data_range=1.0)
    np.testing.assert_allclose(same_in_all, expected, rtol=1e-9)
    for channel in range(3):
        spoilt = grey.copy()
        spoilt[..., channel] = noisy(images, 0.2)[..., 0]
        scores = badness(spec, spec.per_image(grey, spoilt, data_range=1.0))
        assert (scores > badness(spec, spec.per_image(grey, grey, data_range=1.0))).all()


@of_pairs
def test_no_images_give_no_values(spec, images):
    assert spec.per_image(images[:0], images[:0], data_range=1.0).shape == (0,)


@of_pairs
def test_data_range_is_never_guessed(spec, images):
    with pytest.raises(TypeError, match="data_range"):
        spec.per_image(images, images)


@of_pairs
@pytest.mark.parametrize("data_range", [0, -1.0, np.nan, np.inf])
def test_impossible_data_range_is_named(spec, images, data_range):
    with pytest.raises(LabError, match="data_range must be above 0"):
        spec.per_image(images, images, data_range=data_range)


@of_pairs
def test_arrays_that_cannot_be_compared_are_told_with_their_shapes(spec, images):
    with pytest.raises(LabError, match=r"60 × 24 × 24 × 1, the other 59 × 24 × 24 × 1"):
        spec.per_image(images, images[1:], data_range=1.0)
    with pytest.raises(LabError, match=r"number × height × width × channels; these are 60 × 24 × 24\."):
        spec.per_image(images[..., 0], images[..., 0], data_range=1.0)
    with pytest.raises(LabError, match="these are 60 × 24 × 24 × 0"):
        spec.per_image(images[..., :0], images[..., :0], data_range=1.0)


@of_sets
def test_no_set_scores_better_than_the_set_itself(spec, images):
    features = images.reshape(60, -1)[:, ::9].astype(np.float64)
    same = badness(spec, spec.of_features(features, features[::-1].copy()))
    assert same == pytest.approx(0, abs=1e-9)
    scores = [badness(spec, spec.of_features(features, noisy(features, sigma))) for sigma in (0.01, 0.1, 0.4)]
    assert same < scores[0] < scores[1] < scores[2]
