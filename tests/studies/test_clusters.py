"""Clusters of a run's codes: known groups are found, baselines are of the same images, and what cannot be is said."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from aelab.clustering import kmeans
from aelab.clustering.agreement import accuracy, contingency
from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.inference import Inference
from aelab.pixels import to_unit
from aelab.studies import clustered, clusters
from aelab.studies._codes import codes_of
from aelab.studies.clustered import Clusters, why_none
from aelab.studies.clusters import Config

QUICK = Config(restarts=2)


@pytest.fixture
def found(opened) -> Clusters:
    return clusters.run(*opened("conv_ae"), QUICK)


def loose(imported, classes: int = 3, count: int = 60, known: int | None = None) -> Dataset:
    """Return images in groups of brightness, of which the first `known` are labelled, all if it is None."""
    rng = np.random.default_rng(0)
    labels = np.arange(count) % classes
    images = (60 * labels[:, None, None] + rng.integers(0, 30, (count, 28, 28))).astype(np.uint8)
    data = imported(images, labels)
    if known is not None:
        np.save(data.folder / "labels.npy", np.where(np.arange(len(data.labels)) < known, data.labels, -1).astype("i4"))
        return store.open_dataset(data.name)
    return data


def test_the_codes_are_held_against_pixels_and_as_many_components(opened, found: Clusters) -> None:
    networks, dataset = opened("conv_ae")
    indices = dataset.indices("test")
    assert [(row.space, row.dimensions) for row in found.rows] == [("code", 8), ("pixels", 784), ("pca", 8)]
    assert (found.n, found.n_labelled, found.clusters, found.part) == (len(indices), len(indices), 10, "test")
    np.testing.assert_array_equal(found.indices, indices)
    labels = dataset.labels[indices]
    pixels = to_unit(dataset.take(indices)).reshape(len(indices), -1)
    for space, values in (("code", codes_of(networks, dataset, indices)), ("pixels", pixels)):
        expected = kmeans.fit(values, 10, 0, 2)
        row = found.row(space)
        assert row.agreement["accuracy"].mean == accuracy(contingency(labels, expected.labels, (10, 10)))
        assert row.objective == pytest.approx(expected.objective)
    assert found.row("pca").agreement["accuracy"].mean > 0.4  # digits are easy
    for row in found.rows:
        assert all(each.low < each.mean < each.high for each in row.agreement.values())


def test_the_lead_is_the_difference_of_both_rows(found: Clusters) -> None:
    code, pixels = found.row("code"), found.row("pixels")
    assert not code.leads
    for name, lead in pixels.leads.items():
        assert lead.mean == pytest.approx(code.agreement[name].mean - pixels.agreement[name].mean)
        assert lead.low < lead.mean < lead.high


def test_the_confusion_stands_in_the_order_of_the_matching(opened, found: Clusters) -> None:
    _, dataset = opened("conv_ae")
    assert found.counts.shape == (10, 10)
    assert found.matched == tuple(range(10))
    assert np.trace(found.counts) / found.n == found.row("code").agreement["accuracy"].mean
    classes = dataset.labels[found.indices]
    np.testing.assert_array_equal(found.counts, contingency(classes, found.labels, (10, 10)))
    assert found.counts.sum(axis=0).tolist() == found.sizes.tolist()


@pytest.mark.parametrize(("count", "left_over"), [(4, 0), (14, 4)])
def test_more_or_fewer_clusters_than_classes_are_matched_as_far_as_can_be(opened, count: int, left_over: int) -> None:
    found = clusters.run(*opened("pca"), dataclasses.replace(QUICK, clusters=count))
    assert found.counts.shape == (10, count)
    assert found.matched.count(-1) == left_over
    assert list(found.matched[: count - left_over]) == sorted(found.matched[: count - left_over])
    assert 0 < found.row("code").agreement["accuracy"].mean < 1


@pytest.mark.parametrize("algorithm", ["kmeans", "mixture"])
def test_central_images_lie_in_their_cluster_and_doubtful_ones_are_others(opened, algorithm: str) -> None:
    found = clusters.run(*opened("conv_ae"), dataclasses.replace(QUICK, algorithm=algorithm))
    cluster_of = dict(zip(found.indices.tolist(), found.labels.tolist(), strict=True))
    for cluster, (central, doubtful) in enumerate(zip(found.central, found.doubtful, strict=True)):
        assert len(central) == len(doubtful) == min(12, found.sizes[cluster])
        assert {cluster_of[index] for index in (*central, *doubtful)} <= {cluster}
    assert any(set(a) != set(b) for a, b in zip(found.central, found.doubtful, strict=True))


def test_a_mixture_says_which_covariance_each_space_has(opened) -> None:
    found = clusters.run(*opened("conv_ae"), dataclasses.replace(QUICK, algorithm="mixture"))
    assert [row.covariance for row in found.rows] == ["full", "diagonal", "full"]


def test_the_same_question_has_the_same_answer_and_json_keeps_all_of_it(opened, found: Clusters) -> None:
    again = clusters.run(*opened("conv_ae"), QUICK)
    assert again.to_json() == found.to_json()
    assert Clusters.from_json(found.to_json()).to_json() == found.to_json()


def test_clusters_can_be_assigned_for_others_to_colour_by(opened, found: Clusters) -> None:
    networks, dataset = opened("conv_ae")
    config = dataclasses.replace(QUICK, restarts=Config().restarts)
    classes = dataset.labels[found.indices]
    count = clusters.usual_count(dataset, classes)
    labels = clusters.assign(codes_of(networks, dataset, found.indices), classes, count)
    np.testing.assert_array_equal(labels, clusters.run(networks, dataset, config).labels)
    unlabelled = clusters.assign(codes_of(networks, dataset, found.indices), np.full(found.n, -1), 10)
    sizes = np.bincount(unlabelled).tolist()
    assert sizes == sorted(sizes, reverse=True)  # the largest is the first


def test_clusters_of_single_images_are_refused_and_few_images_without_classes_have_few_clusters(opened) -> None:
    networks, dataset = opened("pca")
    with pytest.raises(LabError, match="Clusters need at least 20 images; the test part of digits has 19"):
        clusters.run(networks, dataset, dataclasses.replace(QUICK, limit=19, clusters=10))
    assert clusters.usual_count(dataset, np.full(24, -1)) == 2
    assert clusters.usual_count(dataset, np.full(70, -1)) == 7
    assert clusters.usual_count(dataset, np.full(5000, -1)) == 10


def test_another_part_and_fewer_images_can_be_asked_for(opened) -> None:
    _, dataset = opened("pca")
    found = clusters.run(*opened("pca"), dataclasses.replace(QUICK, part="validation", limit=100))
    assert found.n == 100
    assert set(found.indices) < set(dataset.indices("validation"))


def test_other_numbers_of_clusters_are_tried_when_asked_for(opened) -> None:
    found = clusters.run(*opened("vae"), dataclasses.replace(QUICK, algorithm="mixture", highest=5, limit=200))
    assert [each.clusters for each in found.tried] == [2, 3, 4, 5]
    assert found.n_tried == 200
    assert all(each.bic is not None and -1 <= each.silhouette <= 1 for each in found.tried)


class TestWithoutClasses:
    def test_unlabelled_images_have_a_silhouette_and_a_reason(self, opened, imported) -> None:
        networks, _ = opened("vae")
        found = clusters.run(networks, loose(imported, known=0), dataclasses.replace(QUICK, clusters=3))
        assert found.reason == "unlabelled"
        assert found.n_labelled == 0
        assert not any(row.agreement or row.leads for row in found.rows)
        assert all(np.isfinite(row.silhouette.mean) for row in found.rows)
        assert "classes of these images are not known" in str(why_none(found))
        assert found.sizes.tolist() == sorted(found.sizes, reverse=True)
        assert "accuracy" not in clustered.table(found)
        assert Clusters.from_json(found.to_json()).to_json() == found.to_json()

    def test_of_partly_labelled_images_only_the_labelled_count(self, opened, imported) -> None:
        networks, _ = opened("vae")
        data = loose(imported, known=40)
        found = clusters.run(networks, data, dataclasses.replace(QUICK, part="train"))
        known = int(np.count_nonzero(data.labels[data.indices("train")] >= 0))
        assert 0 < known == found.n_labelled < found.n
        assert found.counts.sum() == known == found.row("code").agreement["nmi"].n
        assert why_none(found) is None

    def test_a_single_class_is_said_to_be_found_by_anything(self, opened, imported) -> None:
        networks, _ = opened("vae")
        found = clusters.run(networks, loose(imported, classes=1), dataclasses.replace(QUICK, clusters=2, part="train"))
        assert found.reason == "one class"
        assert "of one class, which any cluster finds" in str(why_none(found))


class TestRefusals:
    def test_more_clusters_than_images(self, opened) -> None:
        with pytest.raises(LabError, match=r"need at least 100 images; the test part of digits has 20\."):
            clusters.run(*opened("vae"), dataclasses.replace(QUICK, clusters=50, limit=20))

    def test_one_cluster_of_all(self, opened) -> None:
        with pytest.raises(LabError, match="One cluster of all images says nothing"):
            clusters.run(*opened("vae"), dataclasses.replace(QUICK, clusters=1))

    def test_more_classes_than_images(self, opened) -> None:
        with pytest.raises(LabError, match="Clusters need at least 20 images; the test part of digits has 6"):
            clusters.run(*opened("vae"), dataclasses.replace(QUICK, limit=6))

    @pytest.mark.parametrize("algorithm", ["kmeans", "mixture"])
    def test_codes_that_are_all_the_same(self, opened, imported, monkeypatch, algorithm: str) -> None:
        networks, _ = opened("vae")
        data = loose(imported)
        monkeypatch.setattr(
            Inference, "encode", lambda self, images, labels=None: np.ones((len(images), 2), np.float32)
        )
        with pytest.raises(LabError, match="Every image has the same code"):
            clusters.run(networks, data, dataclasses.replace(QUICK, algorithm=algorithm, clusters=2))

    def test_codes_that_are_no_numbers(self, opened, monkeypatch) -> None:
        networks, dataset = opened("vae")
        monkeypatch.setattr(Inference, "encode", lambda self, images, labels=None: np.full((len(images), 2), np.nan))
        with pytest.raises(LabError, match="gives codes that are no numbers"):
            clusters.run(networks, dataset, QUICK)

    def test_an_algorithm_that_nobody_knows(self) -> None:
        with pytest.raises(LabError, match="kmeans"):
            Config.parse({"algorithm": "astrology"})


def test_tables_hold_the_numbers_and_who_is_where(opened, found: Clusters) -> None:
    _, dataset = opened("conv_ae")
    table = clustered.table(found)
    assert list(table["space"]) == ["code", "pixels", "pca"]
    assert list(table["nmi"]) == [row.agreement["nmi"].mean for row in found.rows]
    assert table["accuracy_lead"].isna().tolist() == [True, False, False]
    members = clustered.members(found, dataset.labels, dataset.class_names)
    right = members[members["class"] == members["matched_class"]]
    assert len(right) / len(members) == found.row("code").agreement["accuracy"].mean
    assert set(members["cluster"]) == set(range(1, 11))
