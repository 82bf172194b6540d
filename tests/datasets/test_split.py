from collections.abc import Sequence

import numpy as np
import pytest

from aelab.datasets.split import FREE, TEST, TRAIN, VALIDATION, SplitPlan, leaks, make_split
from aelab.errors import LabError


@pytest.fixture
def labels() -> np.ndarray:
    return np.repeat([0, 1, 2], [300, 200, 100]).astype(np.int32)


def alone(labels: np.ndarray) -> np.ndarray:
    """Return group numbers that keep every image for itself."""
    return np.arange(len(labels))


def sizes(split: np.ndarray) -> list[int]:
    return np.bincount(split, minlength=3).tolist()


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return labels and groups of a dataset drawn by chance: unequal classes, groups of all sizes, some mixed."""
    rng = np.random.default_rng(seed)
    count = int(rng.integers(30, 2000))
    shares = rng.dirichlet(np.ones(int(rng.integers(1, 12))))
    labels = rng.choice(len(shares), count, p=shares).astype(np.int32) - rng.integers(0, 2)
    groups = np.arange(count)
    for _ in range(int(rng.integers(0, count // 4))):
        members = rng.integers(0, count, int(rng.integers(2, 5)))
        same_class = rng.random() < 0.8
        chosen = members[labels[members] == labels[members[0]]] if same_class else members
        groups[chosen] = groups[chosen[0]]
    return labels, groups


def is_together(split: np.ndarray, groups: np.ndarray) -> bool:
    low, high = np.full(groups.max() + 1, 9), np.full(groups.max() + 1, -1)
    np.minimum.at(low, groups, split)
    np.maximum.at(high, groups, split)
    return bool(np.all((low == high) | (high < 0)))


def test_every_class_gives_the_same_share_to_each_part(labels: np.ndarray) -> None:
    split = make_split(labels, alone(labels), SplitPlan())
    for label, size in ((0, 300), (1, 200), (2, 100)):
        assert sizes(split[labels == label]) == [0.7 * size, 0.1 * size, 0.2 * size]


def test_a_seed_gives_one_split_and_another_seed_another(labels: np.ndarray) -> None:
    first = make_split(labels, alone(labels), SplitPlan(seed=0))
    np.testing.assert_array_equal(first, make_split(labels, alone(labels), SplitPlan(seed=0)))
    assert np.any(first != make_split(labels, alone(labels), SplitPlan(seed=1)))


@pytest.mark.parametrize("seed", range(60))
def test_whatever_the_dataset_no_picture_is_on_two_sides_and_no_part_far_from_its_share(seed: int) -> None:
    labels, groups = drawn(seed)
    plan = SplitPlan(seed=seed)
    split = make_split(labels, groups, plan)
    assert split.dtype == np.uint8
    assert is_together(split, groups)
    np.testing.assert_array_equal(split, make_split(labels, groups, plan))
    largest, classes = np.bincount(groups).max(), len(np.unique(labels))
    for part, share in ((VALIDATION, plan.validation), (TEST, plan.test)):
        assert np.count_nonzero(split == part) == pytest.approx(share * len(labels), abs=int(largest) + classes)


@pytest.mark.parametrize("seed", range(60))
def test_counts_are_met_exactly_where_single_images_permit(seed: int) -> None:
    labels, groups = drawn(seed)
    plan = SplitPlan(validation=len(labels) // 8 + 1, test=len(labels) // 5 + 1, seed=seed)
    split = make_split(labels, groups, plan)
    assert is_together(split, groups)
    if np.unique(labels, return_counts=True)[1].min() > 8:  # else a class of a few must have its one image
        assert sizes(split)[1:] == [plan.validation, plan.test]


def test_871_for_training_and_248_for_test_are_exactly_that() -> None:
    labels = np.repeat([0, 1], [560, 559])
    split = make_split(labels, alone(labels), SplitPlan(test=248, validation=100))
    assert sizes(split) == [771, 100, 248]
    assert np.bincount(labels[split == TEST]).tolist() == [124, 124]


def test_classes_keep_their_balance_when_groups_are_in_the_way(labels: np.ndarray) -> None:
    rng = np.random.default_rng(0)
    groups = np.where(rng.random(600) < 0.6, 1000 * labels + rng.integers(0, 40, 600), 10_000 + alone(labels))
    split = make_split(labels, np.unique(groups, return_inverse=True)[1], SplitPlan())
    for label, size in ((0, 300), (1, 200), (2, 100)):
        assert sizes(split[labels == label]) == pytest.approx([0.7 * size, 0.1 * size, 0.2 * size], abs=2)


def test_a_picture_with_two_labels_is_on_one_side(labels: np.ndarray) -> None:
    groups = alone(labels)
    groups[labels == 1] = groups[:200]  # every image of class 1 is one of class 0 too
    split = make_split(labels, groups, SplitPlan())
    np.testing.assert_array_equal(split[:200], split[labels == 1])
    assert sizes(split) == pytest.approx([420, 60, 120], abs=2)


def test_a_group_larger_than_a_part_is_learnt_from_and_not_tested_on() -> None:
    labels = np.zeros(100, np.int32)
    groups = np.minimum(alone(labels), 50)
    split = make_split(labels, groups, SplitPlan())
    assert split[50:].tolist() == [TRAIN] * 50
    assert sizes(split) == [70, 10, 20]


@pytest.mark.parametrize("copies", [1, 5])
def test_three_different_pictures_of_a_class_are_one_for_each_part(copies: int) -> None:
    groups = np.repeat(np.arange(3), copies)
    split = make_split(np.zeros(3 * copies, np.int32), groups, SplitPlan())
    assert sizes(split) == [copies, copies, copies]
    assert is_together(split, groups)


def test_a_class_of_three_among_large_ones_is_in_each_part() -> None:
    labels = np.repeat([0, 1], [500, 3])
    for plan in (SplitPlan(), SplitPlan(test=50, validation=20)):
        assert sizes(make_split(labels, alone(labels), plan)[labels == 1]) == [1, 1, 1]


def test_images_without_labels_are_split_like_one_class() -> None:
    labels = np.full(600, -1, np.int32)
    assert sizes(make_split(labels, alone(labels), SplitPlan())) == [420, 60, 120]


def test_a_share_for_validation_takes_no_more_than_choices_need_and_a_count_does() -> None:
    labels = np.zeros(100_000, np.int32)
    assert sizes(make_split(labels, alone(labels), SplitPlan())) == [75_000, 5_000, 20_000]
    assert sizes(make_split(labels, alone(labels), SplitPlan(validation=9_000))) == [71_000, 9_000, 20_000]


def test_a_published_test_set_stays_as_published(labels: np.ndarray) -> None:
    published = np.random.default_rng(2).random(len(labels)) < 0.3
    groups = alone(labels)
    groups[published] = 0  # even where an image of it is in training
    given = np.where(published, TEST, FREE).astype(np.uint8)
    split = make_split(labels, groups, SplitPlan(), given)
    np.testing.assert_array_equal(split == TEST, published)
    assert np.count_nonzero(split == VALIDATION) == pytest.approx(0.1 * np.count_nonzero(~published), abs=3)
    assert split[0] in (TEST, TRAIN)  # what it has in common with the test set does not choose the epoch


@pytest.mark.parametrize("rest", [TRAIN, FREE])
def test_a_published_validation_set_stays_too_and_what_is_missing_is_dealt(labels: np.ndarray, rest: int) -> None:
    given = np.full(600, rest, np.uint8)
    given[::10] = VALIDATION
    split = make_split(labels, alone(labels), SplitPlan(), given)
    np.testing.assert_array_equal(split == VALIDATION, given == VALIDATION)
    assert np.count_nonzero(split == TEST) == pytest.approx(0.2 * 540, abs=2)


def test_a_source_with_all_three_parts_is_left_alone(labels: np.ndarray) -> None:
    given = np.random.default_rng(3).integers(0, 3, 600).astype(np.uint8)
    np.testing.assert_array_equal(make_split(labels, alone(labels), SplitPlan(), given), given)


def test_images_the_source_assigned_stay_where_it_leaves_enough_free(labels: np.ndarray) -> None:
    given = np.full(600, FREE, np.uint8)
    given[:100] = TRAIN
    split = make_split(labels, np.where(alone(labels) == 599, 0, alone(labels)), SplitPlan(), given)
    assert split[:100].tolist() == [TRAIN] * 100
    assert split[599] == TRAIN  # the same picture as the first


def test_a_given_split_is_made_anew_if_asked(labels: np.ndarray) -> None:
    given = np.full(600, TEST, np.uint8)
    assert sizes(make_split(labels, alone(labels), SplitPlan(given="ignore"), given)) == [420, 60, 120]
    assert sizes(make_split(labels, alone(labels), SplitPlan(), given)) == [0, 0, 600]


def test_no_images_are_split_into_nothing() -> None:
    assert make_split(np.empty(0, np.int32), np.empty(0, np.int64), SplitPlan()).shape == (0,)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"test": 1.5}, "test must be a share below 1 or a whole number of images; it is 1.5"),
        ({"test": 0}, "test must be between 0.001"),
        ({"validation": 0.5, "test": 0.5}, "must leave something for training; together they are 1.0"),
        ({"distance": 40}, "distance must be between -1 and 16"),
        ({"given": "maybe"}, "given must be one of keep, ignore"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_a_sentence(values: dict[str, object], sentence: str) -> None:
    with pytest.raises(LabError, match=sentence):
        SplitPlan.parse(values)


def test_counts_that_leave_nothing_for_training_are_refused(labels: np.ndarray) -> None:
    with pytest.raises(LabError, match="validation asks for 300 images, but at most 297 can be spared"):
        make_split(labels, alone(labels), SplitPlan(test=300, validation=300))


def pairs_of(*pairs: Sequence[int]) -> np.ndarray:
    return np.array(pairs, np.int64).reshape(-1, 2)


def test_a_leak_names_each_pair_that_stands_in_two_parts() -> None:
    split = np.array([TRAIN, TRAIN, VALIDATION, TEST, TEST], np.uint8)
    pairs = pairs_of((0, 1), (0, 3), (2, 3), (3, 4))
    assert leaks(split, pairs).tolist() == [[0, 3], [2, 3]]
    assert leaks(split, pairs_of()).shape == (0, 2)


def test_a_million_images_of_a_thousand_classes_are_split_to_the_image() -> None:
    rng = np.random.default_rng(0)
    labels, groups = rng.integers(0, 1000, 1_000_000), rng.integers(0, 900_000, 1_000_000)
    split = make_split(labels, groups, SplitPlan(test=100_000, validation=20_000))
    assert sizes(split) == [880_000, 20_000, 100_000]
    assert is_together(split, groups)
