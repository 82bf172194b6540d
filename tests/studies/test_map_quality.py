"""What a map is worth: the published definitions, checked against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.manifold import trustworthiness
from sklearn.metrics import silhouette_score
from sklearn.neighbors import NearestNeighbors

from aelab.projections import nearest
from aelab.studies.map_quality import MapQuality, measure


@pytest.fixture
def mapped() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 200).astype(np.int32)
    codes = (rng.standard_normal((200, 8)) + 2 * np.eye(3, 8)[labels]).astype(np.float32)
    return codes, np.ascontiguousarray(codes[:, 1:3]), labels


@pytest.mark.parametrize("at_once", [1000, 10**7])
def test_the_numbers_are_those_of_scikit_learn(mapped, monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    monkeypatch.setattr(nearest, "_MOST_AT_ONCE", at_once)
    codes, points, labels = mapped
    found = measure(codes, points, labels)
    assert found.trustworthiness == pytest.approx(trustworthiness(codes, points, n_neighbors=10))
    assert found.continuity == pytest.approx(trustworthiness(points, codes, n_neighbors=10))
    assert found.silhouette_codes == pytest.approx(silhouette_score(codes, labels), rel=1e-4)
    assert found.silhouette_map == pytest.approx(silhouette_score(points, labels), rel=1e-4)
    for space, purity in ((codes, found.purity_codes), (points, found.purity_map)):
        which = NearestNeighbors(n_neighbors=10).fit(space).kneighbors(return_distance=False)
        assert purity == pytest.approx(np.mean(labels[which] == labels[:, None]))
    assert (found.neighbours, found.measured, found.of, found.labelled) == (10, 200, 200, 200)


def test_a_map_that_shows_everything_is_worth_one(mapped) -> None:
    codes, _, labels = mapped
    found = measure(codes, codes * 3, labels)
    assert (found.trustworthiness, found.continuity) == (1, 1)
    assert found.silhouette_map == pytest.approx(found.silhouette_codes)


def test_a_map_by_chance_is_worth_half(mapped) -> None:
    codes, _, labels = mapped
    by_chance = np.random.default_rng(2).standard_normal((200, 2))
    found = measure(codes, by_chance, labels)
    assert found.trustworthiness == pytest.approx(0.5, abs=0.05)
    assert found.silhouette_map == pytest.approx(0, abs=0.05)


def test_of_many_images_a_draw_is_measured_against_all_of_them(mapped) -> None:
    codes, points, labels = mapped
    whole, drawn = measure(codes, points, labels), measure(codes, points, labels, most=100)
    assert (drawn.measured, drawn.of) == (100, 200)
    for name in ("trustworthiness", "continuity", "silhouette_map", "purity_codes"):
        assert getattr(drawn, name) == pytest.approx(getattr(whole, name), abs=0.06)
        assert getattr(drawn, name) != getattr(whole, name)
    assert measure(codes, points, labels, most=100) == drawn
    assert measure(codes, points, labels, most=100, seed=1) != drawn


def test_classes_are_measured_among_the_images_whose_class_is_known(mapped) -> None:
    codes, points, labels = mapped
    some = labels.copy()
    some[50:] = -1
    found = measure(codes, points, some)
    assert found.labelled == 50
    assert found.silhouette_map == pytest.approx(silhouette_score(points[:50], labels[:50]), rel=1e-4)
    assert found.trustworthiness == measure(codes, points, labels).trustworthiness


@pytest.mark.parametrize("labels", [np.full(200, -1, np.int32), np.zeros(200, np.int32)], ids=["none", "one class"])
def test_without_two_classes_there_is_nothing_to_be_said_of_them(mapped, labels: np.ndarray) -> None:
    codes, points, _ = mapped
    found = measure(codes, points, labels)
    assert (found.silhouette_codes, found.silhouette_map, found.purity_codes, found.purity_map) == (None,) * 4
    assert 0 < found.trustworthiness < 1


def test_an_image_alone_in_its_class_has_a_silhouette_of_zero(mapped) -> None:
    codes, points, labels = mapped
    alone = labels.copy()
    alone[0] = 3
    assert measure(codes, points, alone).silhouette_map == pytest.approx(silhouette_score(points, alone), rel=1e-4)


def test_three_images_can_be_measured_and_equal_ones_too() -> None:
    three = np.array([[0.0, 0], [1, 0], [5, 0]])
    found = measure(three, three[:, :2], np.array([0, 0, 1], np.int32))
    assert (found.trustworthiness, found.neighbours) == (1, 1)
    equal = np.zeros((40, 2))
    assert measure(equal, equal, np.arange(40, dtype=np.int32) % 2).silhouette_map == 0


def test_it_is_read_back_as_it_was_written(mapped) -> None:
    found = measure(*mapped)
    assert MapQuality(**found.to_json()) == found
