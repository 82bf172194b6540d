"""Every clustering algorithm finds groups that are there, says how sure it is, and refuses what cannot be."""

from __future__ import annotations

import numpy as np
import pytest
from made import groups
from scipy import stats

from aelab.clustering import algorithms, kmeans, mixture
from aelab.clustering.agreement import accuracy, contingency
from aelab.clustering.spec import AlgorithmSpec
from aelab.errors import LabError

each_algorithm = pytest.mark.parametrize("spec", list(algorithms), ids=lambda spec: spec.name)


def right(found: np.ndarray, labels: np.ndarray) -> float:
    return accuracy(contingency(labels, found, (labels.max() + 1, found.max() + 1)))


@each_algorithm
def test_groups_that_are_apart_are_found_and_found_again(spec: AlgorithmSpec) -> None:
    values, labels = groups()
    found = spec.fit(values, 4, 0, 3)
    assert right(found.labels, labels) == 1
    assert found.converged
    np.testing.assert_array_equal(spec.fit(values, 4, 0, 3).labels, found.labels)
    assert found.doubt.max() < 0.5
    assert (found.distance >= 0).all()


@each_algorithm
def test_an_image_between_two_groups_is_the_most_doubtful_and_one_in_the_middle_the_most_central(
    spec: AlgorithmSpec,
) -> None:
    values, labels = groups(2, each=200)
    values = np.concatenate([values, values[labels == 0].mean(axis=0)[None], values.mean(axis=0)[None]])
    found = spec.fit(values, 2, 0, 3)
    assert found.doubt.argmax() == len(values) - 1
    of_the_first = np.flatnonzero(found.labels == found.labels[-2])
    assert of_the_first[found.distance[of_the_first].argmin()] == len(values) - 2


@each_algorithm
def test_what_was_optimised_is_that_of_the_values_as_they_are(spec: AlgorithmSpec) -> None:
    values, _ = groups()
    one, ten = spec.fit(values, 4, 0, 3), spec.fit(10 * values, 4, 0, 3)
    np.testing.assert_array_equal(one.labels, ten.labels)
    expected = {"kmeans": 100 * one.objective, "mixture": one.objective - 3 * np.log(10)}[spec.name]
    assert ten.objective == pytest.approx(expected, rel=1e-4)


@each_algorithm
@pytest.mark.parametrize(
    ("values", "count", "sentence"),
    [
        (np.zeros((3, 2)), 4, r"4 clusters of 3 images cannot be: choose at most 3 clusters"),
        (np.ones((30, 2)), 2, "Every image has the same code, .* the run has learned nothing"),
        (np.repeat(np.eye(3), 9, axis=0), 5, r"27 images have only 3 different codes, too few for 5 clusters"),
        (np.full((30, 2), np.nan), 2, "Values that are no numbers"),
    ],
)
def test_what_cannot_be_put_into_clusters_is_one_sentence(
    spec: AlgorithmSpec, values: np.ndarray, count: int, sentence: str
) -> None:
    with pytest.raises(LabError, match=sentence):
        spec.fit(values.astype(np.float32), count, 0, 2)


@each_algorithm
def test_many_images_that_are_the_same_are_put_into_clusters_without_a_warning(spec: AlgorithmSpec) -> None:
    values = np.concatenate([np.zeros((50, 2)), 1e-7 * np.eye(2), np.ones((5, 2))]).astype(np.float32)
    found = spec.fit(values, 3, 0, 2)
    assert len(found.labels) == 57


@each_algorithm
def test_one_cluster_of_everything_can_be_asked_for(spec: AlgorithmSpec) -> None:
    values, _ = groups()
    found = spec.fit(values, 1, 0, 1)
    assert set(found.labels) == {0}
    assert not found.doubt.any()


def test_the_objective_of_kmeans_is_the_mean_squared_distance() -> None:
    values, labels = groups(2)
    found = kmeans.fit(values, 2, restarts=2)
    expected = np.mean([np.square(values[labels == k] - values[labels == k].mean(axis=0)).sum(axis=1) for k in (0, 1)])
    assert found.objective == pytest.approx(expected, rel=1e-5)
    assert found.objective == pytest.approx(np.mean(np.square(found.distance)), rel=1e-5)


def test_a_mixture_finds_long_groups_that_kmeans_cuts() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 300)
    values = (rng.standard_normal((600, 2)) * [4, 0.5] + np.outer(labels, [4, 4])).astype(np.float32)
    assert right(mixture.fit(values, 2).labels, labels) > 0.98
    assert right(kmeans.fit(values, 2).labels, labels) < 0.8


def test_the_likelihood_and_the_criterion_of_a_mixture_are_those_of_its_distribution() -> None:
    values = np.random.default_rng(0).standard_normal((5000, 2)).astype(np.float32) * [3, 0.5]
    found = mixture.fit(values, 1)
    normal = stats.multivariate_normal(values.mean(axis=0), np.cov(values.T, ddof=0))
    assert found.objective == pytest.approx(normal.logpdf(values).mean(), abs=1e-3)
    assert found.bic == pytest.approx(5 * np.log(5000) - 2 * 5000 * found.objective)  # 2 means, 3 covariances


def test_the_criterion_prefers_the_number_of_groups_that_there_is() -> None:
    values, _ = groups(4, each=100)
    criteria = {count: mixture.fit(values, count, restarts=3).bic for count in (2, 3, 4, 5, 6)}
    assert min(criteria, key=criteria.__getitem__) == 4


@pytest.mark.parametrize(
    ("images", "dimensions", "expected"), [(1000, 32, "full"), (10_000, 65, "diag"), (300, 32, "diag")]
)
def test_covariances_are_full_only_where_there_are_images_enough_to_tell_them(
    images: int, dimensions: int, expected: str
) -> None:
    assert mixture.covariance_of(images, dimensions, 10) == expected


def test_pixels_that_never_change_do_not_stop_a_mixture() -> None:
    values, labels = groups(2)
    padded = np.concatenate([values, np.zeros((len(values), 97), np.float32)], axis=1)
    found = mixture.fit(padded, 2)
    assert found.covariance == "diagonal"
    assert right(found.labels, labels) == 1


def test_a_mixture_hangs_on_its_seed_no_more_than_the_kmeans_it_begins_with() -> None:
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(6), 150)
    widths, middles = rng.uniform(0.5, 2, (6, 8)), rng.normal(0, 3, (6, 8))
    values = (rng.standard_normal((900, 8)) * widths[labels] + middles[labels]).astype(np.float32)
    objectives = [mixture.fit(values, 6, seed).objective for seed in range(5)]
    assert np.ptp(objectives) < 1e-2
