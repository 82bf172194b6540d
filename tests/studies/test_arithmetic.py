"""One group of images minus another, plus an image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import store
from aelab.datasets.shapes import ShapesConfig
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.pixels import to_uint8, to_unit
from aelab.reports import walks
from aelab.studies import arithmetic, decoding, groups, places
from aelab.studies.arithmetic import Config
from aelab.studies.groups import Group


def test_the_direction_is_the_difference_of_the_mean_codes(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = arithmetic.run(networks, dataset, Config(plus="8", minus="3", image=5))
    codes, labels = networks.encode(to_unit(dataset.images)), np.where(dataset.split == 2, dataset.labels, -1)
    means = [codes[labels == label].mean(axis=0) for label in (8, 3)]
    np.testing.assert_allclose(found.plus.code[0], means[0], atol=1e-4)
    np.testing.assert_allclose(found.direction[0], means[0] - means[1], atol=1e-4)
    np.testing.assert_allclose(
        found.codes[4], codes[5] + means[0] - means[1], atol=1e-4
    )  # 4 of 0 … 8 is a strength of 1
    assert (found.strengths[0], found.strengths[4], found.strengths[8]) == (0, 1, 2)
    assert walks.of_arithmetic(found).columns == ("0", "0.25", "0.5", "0.75", "1", "1.25", "1.5", "1.75", "2")
    assert (found.plus.n, found.minus.n) == tuple(np.count_nonzero(labels == label) for label in (8, 3))


def test_no_strength_is_the_image_s_own_reconstruction(opened) -> None:
    networks, dataset = opened("vae")
    index = int(dataset.indices("test")[20])
    found = arithmetic.run(networks, dataset, Config(image=index))
    made = networks.reconstruct(to_unit(dataset.images[[index]]))
    assert np.array_equal(to_uint8(found.images[:1]), to_uint8(made))
    assert found.nearest.indices[0, 0] == index
    assert found.nearest.distances[0, 0] == pytest.approx(0, abs=1e-5)


def test_the_nearest_images_are_the_nearest_of_all(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = arithmetic.run(networks, dataset, Config(plus="0", minus="1"))
    around = decoding.surroundings(networks, dataset)
    distances = np.linalg.norm(around.codes - found.codes[-1], axis=1)
    assert found.nearest.indices[-1].tolist() == around.indices[np.argsort(distances)[:5]].tolist()
    np.testing.assert_allclose(found.nearest.distances[-1], np.sort(distances)[:5], rtol=1e-4)


def test_selected_images_of_any_part_are_a_group(opened) -> None:
    networks, dataset = opened("conv_ae")
    chosen = np.array([0, 3, 900, 1700])
    around = decoding.surroundings(networks, dataset)
    members = groups.members(dataset, Group(groups.SELECTED), chosen)
    found = arithmetic.mean_of(networks, dataset, around, members)
    np.testing.assert_allclose(found.code[0], networks.encode(to_unit(dataset.images[chosen])).mean(axis=0), atol=1e-4)


@pytest.fixture
def shapes(artifacts: Path) -> Dataset:
    return store.import_dataset("few", "shapes", ShapesConfig(count=200, size=16))


def test_the_values_of_a_known_factor_are_groups_and_so_are_the_ends_of_a_measure(shapes: Dataset) -> None:
    offered = [each for each in groups.offered(shapes) if each.kind == groups.FACTOR]
    assert {each.factor for each in offered} == set(shapes.factors)
    assert [each.value for each in offered if each.factor == "size"] == ["low", "high"]
    for group in offered:
        found = groups.members(shapes, group)
        assert (shapes.split[found] == 2).all()
        assert groups.parse(str(group), shapes) == group
    test = shapes.indices("test")
    size = shapes.factors["size"]
    high = groups.members(shapes, Group(groups.FACTOR, factor="size", value="high"))
    assert size[high].min() >= np.quantile(size[test], 0.75) > size[np.setdiff1d(test, high)].max()
    ellipses = groups.members(shapes, Group(groups.FACTOR, factor="shape", value="1"))
    assert ellipses.tolist() == test[shapes.factors["shape"][test] == 1].tolist()


def test_every_group_that_is_offered_has_images_and_can_be_written_and_read(digits) -> None:
    offered = groups.offered(digits)
    assert [str(each) for each in offered] == [f"class:{label}" for label in range(10)]
    for group in offered:
        assert len(groups.members(digits, group)) > 0
        assert groups.parse(str(group), digits) == groups.parse(digits.class_names[group.number], digits) == group


@pytest.mark.parametrize(
    "text",
    ["", "ten", "class:10", "class:-1", "class:²", f"class:{'9' * 5000}", "factor:size=1", "factor:", "<b>"],
    ids=lambda text: text[:20],
)
def test_what_is_no_group_is_named(digits, text: str) -> None:
    with pytest.raises(LabError, match="is no group of dataset digits"):
        groups.parse(text, digits)


@pytest.mark.parametrize(
    "group", [Group(groups.SELECTED), Group(groups.CLASS, number=77), Group(groups.FACTOR)], ids=str
)
def test_a_group_without_images_is_refused(digits, group: Group) -> None:
    with pytest.raises(LabError, match="has no test image in dataset digits"):
        groups.members(digits, group)


def test_images_without_classes_or_factors_have_no_groups(opened, imported) -> None:
    networks, _ = opened("vae")
    dataset = imported(np.random.default_rng(0).integers(0, 256, (30, 28, 28), dtype=np.uint8), np.full(30, 0), "one")
    with pytest.raises(LabError, match="neither two classes nor a known factor"):
        arithmetic.run(networks, dataset, Config())


def test_the_mean_of_very_many_is_that_of_an_even_choice(opened) -> None:
    networks, dataset = opened("pca")
    around = decoding.surroundings(networks, dataset)
    assert arithmetic.mean_of(networks, dataset, around, np.tile(around.indices, 20)).n <= 2000
    with pytest.raises(LabError, match="A group without images"):
        arithmetic.mean_of(networks, dataset, around, around.indices[:0])


def test_a_base_need_not_be_an_image(opened) -> None:
    networks, dataset = opened("conv_ae")
    around = decoding.surroundings(networks, dataset)
    sides = [
        arithmetic.mean_of(networks, dataset, around, groups.members(dataset, Group(groups.CLASS, number=label)))
        for label in (1, 7)
    ]
    found = arithmetic.combine(networks, around, *sides, places.Place(sides[1].code), Config(steps=3))
    np.testing.assert_allclose(found.codes[1], sides[0].code[0], atol=1e-5)  # minus + 1 · (plus − minus)
