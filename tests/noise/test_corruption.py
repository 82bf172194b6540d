"""Noises put together: what a notation means, and that every method compared gets the same draw."""

from __future__ import annotations

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.noise import noises
from aelab.noise.corruption import Corruption, Part

BOTH = "gaussian:0.2+salt_pepper:0.05"
EITHER = "gaussian:0.2|salt_pepper:0.05"


def images(count: int = 40) -> np.ndarray:
    return np.random.default_rng(7).uniform(0.3, 0.7, (count, 16, 16, 1)).astype(np.float32)


def rng() -> np.random.Generator:
    return np.random.default_rng(3)


@pytest.mark.parametrize(
    "text", ["gaussian:0.2", "gaussian:0.09803921568627451", BOTH, EITHER, "jpeg:40+gaussian:0.1+masking:0.3"]
)
def test_what_is_written_is_read_back(text: str) -> None:
    assert str(Corruption.parse(text)) == text


def test_a_name_of_a_file_says_what_it_is_about() -> None:
    assert Corruption.parse("gaussian:0.2").slug == "gaussian-0.2"
    assert Corruption.parse(EITHER).slug == "gaussian-0.2-or-salt_pepper-0.05"


def test_a_single_noise_is_that_noise() -> None:
    alone = Corruption.of("gaussian", 0.2).corrupt(images(), rng())
    np.testing.assert_array_equal(alone, noises["gaussian"].corrupt(images(), 0.2, rng()))


def test_one_after_the_other_leaves_the_traces_of_both() -> None:
    noisy = Corruption.parse(BOTH).corrupt(images(), rng())
    hit = (noisy == 0) | (noisy == 1)
    assert 0.03 < hit.mean() < 0.09
    assert np.std((noisy - images())[~hit]) == pytest.approx(0.18, abs=0.02)  # 0.2, cut at black and white


def test_a_mixture_gives_each_image_one_of_them() -> None:
    noisy = Corruption.parse(EITHER).corrupt(images(200), rng())
    moved = (noisy != images(200)).mean(axis=(1, 2, 3))
    assert np.all((moved > 0.95) | (moved < 0.2))
    assert 70 < np.count_nonzero(moved > 0.95) < 130


@pytest.mark.parametrize("text", [BOTH, EITHER])
def test_the_first_images_are_corrupted_alike_however_many_follow(text: str) -> None:
    corruption = Corruption.parse(text)
    np.testing.assert_array_equal(corruption.corrupt(images(), rng())[:9], corruption.corrupt(images()[:9], rng()))


@pytest.mark.parametrize("text", [BOTH, EITHER])
def test_images_are_left_as_they_are(text: str) -> None:
    given = images()
    Corruption.parse(text).corrupt(given, rng())
    np.testing.assert_array_equal(given, images())


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("gaussian", "no corruption"),
        ("", "no corruption"),
        ("gaussian:much", "no corruption"),
        (f"{BOTH}|masking:0.1", "no corruption"),
        ("rain:0.2", "rain"),
        ("gaussian:7", "must be between 0 and"),
        ("gaussian:nan", "must be between 0 and"),
    ],
)
def test_what_is_no_corruption_is_refused_in_a_sentence(text: str, told: str) -> None:
    with pytest.raises(LabError, match=told):
        Corruption.parse(text)


def test_a_corruption_made_by_hand_is_checked_too() -> None:
    with pytest.raises(LabError, match="must be between 0 and"):
        Corruption((Part("gaussian", 9.0), Part("masking", 0.1))).corrupt(images(), rng())
