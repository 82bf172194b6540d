"""Agreement of clusters with classes: the values of scikit-learn, the best matching, and intervals that hold."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from made import groups
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, silhouette_score

from aelab.clustering.agreement import (
    accuracy,
    adjusted_rand_index,
    contingency,
    matching,
    normalized_mutual_information,
)
from aelab.clustering.intervals import draws, estimates, leads
from aelab.clustering.silhouette import silhouette


def labelled(classes: int, clusters: int, n: int = 300, right: float = 0.6, seed: int = 0):
    """Return classes and clusters of chance, of which a share goes with the classes."""
    rng = np.random.default_rng(seed)
    known = rng.integers(0, classes, n)
    found = np.where(rng.random(n) < right, known % clusters, rng.integers(0, clusters, n))
    return known, found


def table(known: np.ndarray, found: np.ndarray) -> np.ndarray:
    return contingency(known, found, (known.max() + 1, found.max() + 1))


@pytest.mark.parametrize(("classes", "clusters"), [(4, 4), (3, 5), (5, 3), (2, 1), (1, 2), (1, 1)])
@pytest.mark.parametrize("right", [0.0, 0.6, 1.0])
def test_the_values_are_those_of_scikit_learn(classes: int, clusters: int, right: float) -> None:
    known, found = labelled(classes, clusters, right=right)
    counts = table(known, found)
    assert normalized_mutual_information(counts) == pytest.approx(normalized_mutual_info_score(known, found), abs=1e-12)
    assert adjusted_rand_index(counts) == pytest.approx(adjusted_rand_score(known, found), abs=1e-12)


@pytest.mark.parametrize(("classes", "clusters"), [(4, 4), (3, 5), (5, 3)])
def test_no_other_matching_has_more_images_right(classes: int, clusters: int) -> None:
    known, found = labelled(classes, clusters)
    counts = table(known, found)
    best = max(
        sum(counts[code, cluster] for code, cluster in zip(rows, columns, strict=True))
        for columns in itertools.permutations(range(clusters), min(classes, clusters))
        for rows in itertools.permutations(range(classes), min(classes, clusters))
    )
    assert accuracy(counts) == best / len(known)
    matched = matching(counts)
    used = matched[matched >= 0]
    assert len(set(used)) == len(used) == min(classes, clusters)


def test_the_names_of_clusters_do_not_matter() -> None:
    known, found = labelled(5, 5)
    renamed = np.array([3, 0, 4, 1, 2])[found]
    for measure in (accuracy, adjusted_rand_index, normalized_mutual_information):
        assert measure(table(known, found)) == pytest.approx(measure(table(known, renamed)), abs=1e-12)


def test_clusters_that_are_the_classes_agree_in_full_and_chance_does_not() -> None:
    known, _ = labelled(5, 5)
    same = table(known, (known + 2) % 5)
    assert [accuracy(same), normalized_mutual_information(same), adjusted_rand_index(same)] == [1, 1, 1]
    by_chance = table(*labelled(5, 5, n=20_000, right=0))
    assert accuracy(by_chance) == pytest.approx(0.2, abs=0.02)
    assert normalized_mutual_information(by_chance) < 0.005
    assert adjusted_rand_index(by_chance) == pytest.approx(0, abs=0.005)


def test_no_images_agree_with_nothing() -> None:
    assert np.isnan(accuracy(np.zeros((3, 3), np.int64)))


class TestIntervals:
    def test_an_interval_is_around_its_value_and_shrinks_with_more_images(self) -> None:
        widths = []
        for n in (200, 5000):
            known, found = labelled(4, 4, n=n)
            for each in estimates(table(known, found), draws(known, found, seed=0)).values():
                assert each.low < each.mean < each.high
                assert each.n == n
                widths.append(each.high - each.low)
        assert max(widths[3:]) < min(widths[:3])

    def test_it_holds_the_accuracy_of_other_images_about_as_often_as_it_says(self) -> None:
        truth = accuracy(table(*labelled(3, 3, n=200_000, seed=99)))
        held = 0
        for seed in range(60):
            known, found = labelled(3, 3, n=300, seed=seed)
            each = estimates(table(known, found), draws(known, found, 0, count=200))["accuracy"]
            held += each.low <= truth <= each.high
        assert held >= 51  # 57 are expected

    def test_two_clusterings_are_compared_on_the_same_draws_of_images(self) -> None:
        known, found = labelled(4, 4)
        worse = np.where(np.arange(len(found)) % 10 == 0, (found + 1) % 4, found)
        one, other = (draws(known, each, 0) for each in (found, worse))
        of_both = (estimates(table(known, each), drawn) for each, drawn in ((found, one), (worse, other)))
        lead = leads(*of_both, one - other)["accuracy"]
        assert 0 < lead.low < lead.mean < lead.high
        same = leads(*(estimates(table(known, found), one),) * 2, one - one)["nmi"]
        assert (same.mean, same.low, same.high) == (0, 0, 0)


class TestSilhouette:
    def test_it_is_that_of_scikit_learn_and_says_of_how_many(self) -> None:
        values, labels = groups(3, apart=4)
        found = silhouette(values, labels)
        assert found.mean == pytest.approx(silhouette_score(values, labels))
        assert found.n == len(values)

    def test_of_many_images_some_are_drawn_fairly(self) -> None:
        values, labels = groups(3, each=1500, apart=4)
        found = silhouette(values, labels)
        assert found.n == 2000
        assert found.mean == pytest.approx(silhouette_score(values, labels), abs=0.02)

    @pytest.mark.parametrize("labels", [np.zeros(5, int), np.arange(5)], ids=["one cluster", "each its own"])
    def test_where_it_is_not_defined_it_is_no_number(self, labels: np.ndarray) -> None:
        assert np.isnan(silhouette(np.eye(5), labels).mean)
