import numpy as np
import pytest

from aelab.datasets.split import TEST, TRAIN, VALIDATION, make_split


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (600, 8, 8, 1), dtype=np.uint8)


@pytest.fixture
def labels() -> np.ndarray:
    return np.repeat([0, 1, 2], [300, 200, 100]).astype(np.int32)


def test_every_class_gives_the_same_share_to_each_part(images: np.ndarray, labels: np.ndarray) -> None:
    split = make_split(images, labels, 0)
    for label, size in ((0, 300), (1, 200), (2, 100)):
        counts = np.bincount(split[labels == label], minlength=3)
        assert counts.tolist() == [0.7 * size, 0.1 * size, 0.2 * size]


def test_a_seed_gives_one_split_and_another_seed_another(images: np.ndarray, labels: np.ndarray) -> None:
    first = make_split(images, labels, 0)
    np.testing.assert_array_equal(first, make_split(images, labels, 0))
    assert np.any(first != make_split(images, labels, 1))


def test_a_picture_that_stands_in_training_is_never_tested_on(images: np.ndarray, labels: np.ndarray) -> None:
    source = np.random.default_rng(1).integers(0, 150, len(images))
    split = make_split(images[source], labels[source], 0)
    for original in np.unique(source):
        assert len(set(split[source == original])) == 1
    assert set(split) == {TRAIN, VALIDATION, TEST}


def test_a_picture_with_two_labels_is_learnt_from_and_not_tested_on(images: np.ndarray, labels: np.ndarray) -> None:
    images[labels == 1] = images[:200]  # every image of class 1 is one of class 0 too
    split = make_split(images, labels, 0)
    np.testing.assert_array_equal(split[:200], split[labels == 1])


def test_a_published_test_set_stays_as_published(images: np.ndarray, labels: np.ndarray) -> None:
    given = np.random.default_rng(2).random(len(images)) < 0.3
    images[given] = images[0]  # even where an image of it is in training
    split = make_split(images, labels, 0, given)
    np.testing.assert_array_equal(split == TEST, given)
    assert np.count_nonzero(split == VALIDATION) == pytest.approx(0.1 * np.count_nonzero(~given), abs=3)


def test_three_images_of_a_class_are_one_for_each_part(images: np.ndarray) -> None:
    assert sorted(make_split(images[:3], np.zeros(3, np.int32), 0)) == [TRAIN, VALIDATION, TEST]


def test_images_without_labels_are_split_like_one_class(images: np.ndarray) -> None:
    split = make_split(images, np.full(len(images), -1, np.int32), 0)
    assert np.bincount(split).tolist() == [420, 60, 120]
