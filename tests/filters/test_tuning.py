from __future__ import annotations

import itertools

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.filters import filters
from aelab.filters.spec import FilterSpec
from aelab.filters.tuning import AS_GOOD_AS_SAME, tune
from aelab.metrics.psnr import psnr


def mean_psnr(clean, images):
    return psnr(clean, images, data_range=1.0).mean()


def made_up(restore, learn=None, **settings):
    return FilterSpec("made_up", "Made up", "Made up.", settings, restore, "", "", learn)


def shift(noisy, known, *, by):
    return np.clip(noisy + np.float32(by), 0, 1)


def grey(*values):
    """An even image for each value, (N, 4, 4, 1)."""
    return np.stack([np.full((4, 4, 1), value, np.float32) for value in values])


@pytest.mark.parametrize("name", ["gaussian", "bilateral", "total_variation", "wavelet"])
def test_no_other_settings_restore_the_validation_images_better(handwriting, corrupted, name):
    spec, clean = filters[name], handwriting.validation[:10]
    noisy = corrupted(clean, "gaussian", 0.3)
    tuned = tune(spec, clean, noisy)
    scores = {tuple(chosen.values()): mean_psnr(clean, spec.restore(noisy, {}, **chosen)) for chosen in spec.choices()}
    best = max(scores, key=scores.__getitem__)
    assert tuple(tuned.settings.values()) == best
    assert best != next(iter(scores)), "the first would do: this test shows nothing"
    assert (tuned.psnr.mean, tuned.n) == (pytest.approx(scores[best]), 10)
    np.testing.assert_array_equal(tuned.restore(noisy), spec.restore(noisy, {}, **tuned.settings))


def test_more_noise_asks_for_stronger_settings(handwriting, corrupted):
    clean = handwriting.validation
    sigmas = [
        tune(filters["gaussian"], clean, corrupted(clean, "gaussian", level)).settings["sigma"]
        for level in (0.05, 0.2, 0.8)
    ]
    assert sigmas == sorted(set(sigmas))


def test_settings_are_chosen_for_validation_images_even_where_others_are_better_for_training_and_test():
    """A filter that learns from images 0.3 too dark, is tuned on some 0.1 too dark and used on some 0.2 too dark."""
    seen = []

    def learn(clean, noisy):
        seen.append((clean, noisy))
        return {"mean": clean.mean(axis=0)}

    training, validation, test = (grey(0.5), grey(0.2)), (grey(0.6), grey(0.5)), (grey(0.7), grey(0.5))
    spec = made_up(shift, learn, by=(0.0, 0.1, 0.2, 0.3))
    tuned = tune(spec, *validation, learned_from=training)
    assert tuned.settings == {"by": 0.1}
    assert [(a is training[0], b is training[1]) for a, b in seen] == [(True, True)]
    assert tuned.known["mean"] == pytest.approx(0.5)
    assert mean_psnr(test[0], shift(test[1], {}, by=0.2)) > mean_psnr(test[0], shift(test[1], {}, by=0.1))


@pytest.mark.parametrize("strengths", [(0.0, 0.1, 0.2), (0.2, 0.1, 0.0)])
def test_of_equally_good_settings_the_weakest_is_chosen(strengths):
    """Shifts of 0.1 and of 0.2 bring white and the nearly white to white: the order of the settings decides."""
    clean, noisy = grey(1.0, 1.0), grey(1.0, 0.9)
    expected = next(by for by in strengths if by > 0)
    assert tune(made_up(shift, by=strengths), clean, noisy).settings == {"by": expected}


def test_a_difference_that_only_rounding_makes_is_a_tie():
    nearly = float(np.nextafter(np.float32(0.1), np.float32(1)))
    assert shift(grey(0.0), {}, by=0.1).max() < shift(grey(0.0), {}, by=nearly).min()
    assert tune(made_up(shift, by=(0.1, nearly)), grey(1.0), grey(0.0)).settings == {"by": 0.1}


def test_of_two_settings_the_first_counts_more():
    def restore(noisy, known, *, strength, patch):
        return noisy.copy()

    spec = made_up(restore, strength=(1, 2), patch=(3, 5))
    assert [tuple(each.values()) for each in spec.choices()] == [(1, 3), (1, 5), (2, 3), (2, 5)]
    assert tune(spec, grey(0.5), grey(0.4)).settings == {"strength": 1, "patch": 3}


def test_images_that_come_back_identical_are_counted_and_leave_the_mean_finite():
    tuned = tune(filters["nothing"], grey(0.5, 0.5), grey(0.5, 0.4))
    assert tuned.psnr.mean == pytest.approx(20)
    assert (tuned.psnr.n, tuned.psnr.infinite, tuned.n) == (1, 1, 2)


@pytest.mark.parametrize("spec", list(filters), ids=lambda spec: spec.name)
def test_images_without_noise_and_without_anything_on_them_can_be_tuned_on(spec):
    even = np.full((3, 16, 16, 1), 0.25, np.float32)
    tuned = tune(spec, even, even, (even, even))
    assert tuned.settings == next(spec.choices())
    assert tuned.psnr.mean > AS_GOOD_AS_SAME


def test_one_image_restored_to_the_last_bit_does_not_outweigh_all_others():
    """Adding 0.2 is perfect for one image and bad for three; adding 0.1 is nearly right for all."""
    clean, noisy = grey(0.7, 0.59, 0.59, 0.59), grey(0.5, 0.5, 0.5, 0.5)
    clean[0] = noisy[0] + np.float32(0.2)
    assert np.isinf(psnr(clean[:1], shift(noisy[:1], {}, by=0.2), data_range=1.0)).all()
    assert tune(made_up(shift, by=(0.2, 0.1)), clean, noisy).settings == {"by": 0.1}


def test_learning_happens_once_for_all_settings():
    calls = itertools.count()

    def learn(clean, noisy):
        next(calls)
        return {}

    tune(made_up(shift, learn, by=(0.0, 0.1, 0.2)), grey(0.5), grey(0.4), (grey(0.5), grey(0.4)))
    assert next(calls) == 1


def test_nothing_to_tune_on_is_refused(handwriting):
    with pytest.raises(LabError, match="validation images; there are none"):
        tune(filters["gaussian"], handwriting.test[:0], handwriting.test[:0])


def test_a_filter_that_learns_is_refused_without_training_images(handwriting):
    with pytest.raises(LabError, match="Linear ridge has to learn from training images"):
        tune(filters["linear_ridge"], handwriting.test, handwriting.test)


def test_images_that_are_no_pairs_are_refused(handwriting):
    with pytest.raises(LabError, match="same number and size"):
        tune(filters["nothing"], handwriting.test[:4], handwriting.test[:5])
