"""By what points are coloured: each value is the image's own, and what is not known is said to be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import LabError
from aelab.metrics.mse import mse
from aelab.pixels import to_unit
from aelab.studies import clusters, colouring, latent_map
from aelab.studies.colouring import colour
from aelab.studies.latent_map import Config, LatentMap


@pytest.fixture
def mapped(opened) -> tuple:
    networks, dataset = opened("conv_ae")
    return latent_map.run(networks, dataset, Config()), networks, dataset


def some(dataset: Dataset, codes: np.ndarray, labels: np.ndarray | None = None) -> LatentMap:
    """Return a map of the first images of a dataset, with codes that are given."""
    indices = np.arange(len(codes))
    return LatentMap(codes[:, :2], codes, indices, dataset.labels[indices] if labels is None else labels, (), None)


def test_every_colouring_that_is_offered_has_a_value_for_every_image(mapped) -> None:
    found, networks, dataset = mapped
    offered = colouring.choices(networks, dataset)
    assert list(offered) == ["class", "cluster", "error", "density", "prediction"]
    for name in offered:
        made = colour(name, found, networks, dataset)
        assert made.values.shape == (359,)
        assert made.unknown == 0
        assert made.summary.endswith(".")
        assert bool(made.names) == (made.kind == "categories")
        if made.names:
            assert set(made.values.tolist()) <= set(range(len(made.names)))


def test_classes_are_those_of_the_dataset(mapped) -> None:
    found, networks, dataset = mapped
    made = colour("class", found, networks, dataset)
    np.testing.assert_array_equal(made.values, dataset.labels[found.indices])
    assert made.names == dataset.class_names


def test_the_error_is_that_of_the_image(mapped) -> None:
    found, networks, dataset = mapped
    images = to_unit(dataset.images[found.indices])
    expected = mse(images, networks.reconstruct(images), data_range=1.0)
    np.testing.assert_allclose(colour("error", found, networks, dataset).values, expected, rtol=1e-3)


def test_density_is_one_over_the_mean_distance_to_ten_neighbours(mapped) -> None:
    found, networks, dataset = mapped
    distances, _ = NearestNeighbors(n_neighbors=10).fit(found.codes).kneighbors()
    np.testing.assert_allclose(
        colour("density", found, networks, dataset).values, 1 / distances.mean(axis=1), rtol=1e-3
    )


@pytest.mark.parametrize("unit", [0.001, 1, 1000])
def test_codes_that_are_equal_are_as_dense_as_the_densest_that_differ(mapped, unit: float) -> None:
    _, networks, dataset = mapped
    codes = (unit * np.concatenate([np.zeros((20, 2)), [[3, 4], [6, 8]]])).astype(np.float32)
    values = colour("density", some(dataset, codes), networks, dataset).values
    np.testing.assert_allclose(values[:21], 1 / (5 * unit), rtol=1e-3)
    assert 0 < values[21] < values[20]


def test_codes_that_are_all_equal_have_a_density_that_is_a_number(mapped) -> None:
    _, networks, dataset = mapped
    values = colour("density", some(dataset, np.zeros((20, 2), np.float32)), networks, dataset).values
    assert values.tolist() == [1.0] * 20


def test_a_prediction_is_right_where_most_neighbours_agree_with_the_label(mapped) -> None:
    found, networks, dataset = mapped
    made = colour("prediction", found, networks, dataset)
    assert made.names == ("right", "wrong")
    which = NearestNeighbors(n_neighbors=5).fit(found.codes).kneighbors(return_distance=False)
    votes = np.array([np.bincount(row, minlength=10) for row in found.labels[which]])
    clear = np.sort(votes, axis=1)[:, -1] > np.sort(votes, axis=1)[:, -2]
    expected = votes.argmax(axis=1) != found.labels
    np.testing.assert_array_equal(made.values[clear], expected[clear])


def test_of_classes_with_equally_many_votes_the_nearest_wins() -> None:
    labels = np.array([[2, 1, 1, 2, 0], [1, 2, 2, 1, 0], [0, 1, 2, 3, 4], [3, 1, 1, 1, 3]])
    assert colouring.vote(labels, 5).tolist() == [2, 1, 0, 1]


def test_images_without_a_class_are_neither_right_nor_wrong(mapped) -> None:
    found, networks, dataset = mapped
    labels = found.labels.copy()
    labels[:100] = -1
    made = colour("prediction", some(dataset, np.array(found.codes), labels), networks, dataset)
    assert (made.values[:100] == -1).all()
    assert made.unknown == 100
    known = KNeighborsClassifier(1).fit(found.codes[100:], labels[100:])
    assert known.score(found.codes[100:], labels[100:]) == 1  # what is left can be told apart
    assert (made.values[100:] >= 0).all()


def test_clusters_find_groups_without_being_told_and_are_those_of_the_view_of_clusters(mapped) -> None:
    _, networks, dataset = mapped
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(10), [40, 30, 30, 20, 20, 20, 10, 10, 10, 10])
    codes = (0.1 * rng.standard_normal((200, 10)) + 5 * np.eye(10)[groups]).astype(np.float32)
    found = some(dataset, codes)
    made = colour("cluster", found, networks, dataset)
    assert adjusted_rand_score(groups, made.values) == 1
    np.testing.assert_array_equal(made.values, clusters.assign(codes, found.labels, 10))
    assert made.names == (*tuple("123456789"), "10")


def test_fewer_codes_than_classes_have_as_many_clusters_as_codes(mapped) -> None:
    _, networks, dataset = mapped
    codes = np.repeat(np.eye(3, dtype=np.float32), 4, axis=0)
    assert colour("cluster", some(dataset, codes), networks, dataset).names == ("1", "2", "3")


def test_known_factors_colour_the_images_that_were_drawn_by_them(mapped, artifacts) -> None:
    _, networks, _ = mapped
    shapes = open_dataset("shapes")
    found = some(shapes, np.zeros((30, 2), np.float32))
    offered = colouring.choices(networks, shapes)
    factors = [name for name in offered if name.startswith("factor:")]
    assert [offered[name] for name in factors] == list(shapes.factors)
    kinds = {name: colour(name, found, networks, shapes) for name in factors}
    for name, made in kinds.items():
        expected = shapes.factors[name.removeprefix("factor:")][:30]
        if made.name == "factor:shape":  # what the classes are is called as the classes are
            assert made.names == shapes.class_names
            values = made.values
        else:
            values = [float(made.names[value]) for value in made.values] if made.names else made.values
        np.testing.assert_allclose(values, expected, rtol=1e-3)
    assert {made.kind for made in kinds.values()} <= {"categories", "measure"}


def test_what_does_not_exist_is_refused_with_what_does(mapped) -> None:
    found, networks, dataset = mapped
    with pytest.raises(LabError, match="digits cannot be coloured by 'factor:size'; choose one of class,"):
        colour("factor:size", found, networks, dataset)


def test_unlabelled_images_offer_no_predictions(mapped) -> None:
    found, networks, dataset = mapped
    plain = replace(dataset, class_names=())  # as several single pictures have none
    assert "prediction" not in colouring.choices(networks, plain)
    made = colour("class", replace(found, labels=np.full(359, -1, np.int32)), networks, plain)
    assert made.unknown == 359
