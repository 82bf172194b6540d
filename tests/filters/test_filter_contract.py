"""What every filter promises; a new file in filters/ is covered without another line here."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from aelab.filters import filters
from aelab.filters.tuning import tune
from aelab.metrics.psnr import psnr

SHAPES = [(28, 28, 1), (33, 20, 3), (5, 5, 1)]
ODD_SHAPES = [(1, 1, 1), (1, 9, 3), (9, 1, 1), (2, 3, 4), (6, 7, 2)]
every = pytest.mark.parametrize("spec", list(filters), ids=lambda spec: spec.name)
restoring = pytest.mark.parametrize(
    "spec", [spec for spec in filters if spec.name != "nothing"], ids=lambda spec: spec.name
)


def learned(spec, clean, noisy):
    return spec.learn(clean, noisy) if spec.learn else {}


def some(shape, count=3, seed=0):
    """Smooth images and the same with grain, float32 (count, *shape) each."""
    rng = np.random.default_rng(seed)
    height, width, channels = shape
    rows, columns = np.linspace(0, 3, height)[:, None, None], np.linspace(0, 3, width)[:, None]
    phases = rng.uniform(0, 6, (count, 1, 1, channels))
    clean = (0.5 + 0.4 * np.sin(rows + columns + phases)).astype(np.float32)
    noisy = np.clip(clean + 0.1 * rng.standard_normal(clean.shape), 0, 1).astype(np.float32)
    return clean, noisy


def extremes(spec):
    """The first and the last choice of settings."""
    choices = list(spec.choices())
    return [choices[0], choices[-1]]


def mean_psnr(clean, images):
    return psnr(clean, images, data_range=1.0).mean()


def test_the_filters_that_runs_are_held_against_are_there_from_plain_to_learned():
    assert filters.names() == (
        "nothing",
        "median_3",
        "median_5",
        "adaptive_median",
        "gaussian",
        "bilateral",
        "total_variation",
        "wavelet",
        "non_local_means",
        "pca_projection",
        "linear_ridge",
    )


@every
def test_user_can_read_what_the_filter_does_and_where_it_is_from(spec):
    assert spec.label and spec.equation
    assert spec.summary.endswith(".")
    assert spec.source or spec.name == "nothing"


@every
def test_settings_are_those_that_restoring_takes_and_differ(spec):
    parameters = inspect.signature(spec.restore).parameters.values()
    assert [each.name for each in parameters if each.kind is each.KEYWORD_ONLY] == list(spec.settings)
    for values in spec.settings.values():
        assert len(set(values)) == len(values) > 1


@every
@pytest.mark.parametrize("shape", SHAPES + ODD_SHAPES, ids=str)
def test_restored_images_fit_where_the_noisy_ones_did(spec, shape):
    clean, noisy = some(shape)
    known = learned(spec, clean, noisy)
    before = noisy.copy()
    noisy.flags.writeable = False
    for chosen in extremes(spec):
        restored = spec.restore(noisy, known, **chosen)
        assert restored.dtype == np.float32
        assert restored.shape == noisy.shape
        assert restored.min() >= 0
        assert restored.max() <= 1
        assert not np.shares_memory(restored, noisy)
    np.testing.assert_array_equal(noisy, before)


@every
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_no_images_give_no_images(spec, shape):
    clean, noisy = some(shape)
    known = learned(spec, clean, noisy)
    restored = spec.restore(noisy[:0], known, **extremes(spec)[0])
    assert restored.shape == (0, *shape)
    assert restored.dtype == np.float32


@every
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_an_image_is_restored_alone_as_among_others(spec, shape):
    clean, noisy = some(shape)
    known = learned(spec, clean, noisy)
    for chosen in extremes(spec):
        together = spec.restore(noisy, known, **chosen)
        alone = spec.restore(noisy[1:2], known, **chosen)
        np.testing.assert_allclose(alone, together[1:2], atol=1e-5)


@every
def test_same_input_gives_same_output(spec):
    clean, noisy = some((28, 28, 1))
    chosen = extremes(spec)[-1]
    first, second = (spec.restore(noisy, learned(spec, clean, noisy), **chosen) for _ in range(2))
    np.testing.assert_array_equal(first, second)


@every
@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_clean_even_image_stays_as_it_is(spec, shape, value):
    even = np.full((2, *shape), value, np.float32)
    known = learned(spec, even, even)
    for chosen in extremes(spec):
        np.testing.assert_allclose(spec.restore(even, known, **chosen), even, atol=1e-5)


@every
def test_an_image_of_stripes_breaks_nothing(spec):
    stripes = np.zeros((1, 16, 16, 1), np.float32)
    stripes[:, :, ::4] = 1
    known = learned(spec, stripes, stripes)
    for chosen in extremes(spec):
        assert np.isfinite(spec.restore(stripes, known, **chosen)).all()


@every
def test_filter_learns_from_a_single_image(spec):
    clean, noisy = some((12, 12, 1), count=1)
    known = learned(spec, clean, noisy)
    assert np.isfinite(spec.restore(noisy, known, **extremes(spec)[0])).all()


@restoring
def test_gaussian_noise_on_handwriting_is_reduced(spec, handwriting, corrupted):
    validation = handwriting.validation[:4]
    noisy = [corrupted(images, "gaussian", 0.3, seed) for seed, images in enumerate((validation, handwriting.training))]
    tuned = tune(spec, validation, noisy[0], (handwriting.training, noisy[1]))
    test = handwriting.test[:8]
    noisy_test = corrupted(test, "gaussian", 0.3, 2)
    assert mean_psnr(test, tuned.restore(noisy_test)) > mean_psnr(test, noisy_test) + 1


@restoring
def test_gaussian_noise_on_coloured_images_is_reduced(spec):
    clean, noisy = some((32, 32, 3), count=8)
    tuned = tune(spec, clean[:2], noisy[:2], some((32, 32, 3), count=60, seed=1))
    expected = 0.2 if spec.name == "adaptive_median" else 2  # most grains are no extremes of their window
    assert mean_psnr(clean[4:], tuned.restore(noisy[4:])) > mean_psnr(clean[4:], noisy[4:]) + expected
