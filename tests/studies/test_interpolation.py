"""What lies between two images."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab

from aelab.pixels import to_uint8, to_unit
from aelab.studies import decoding, interpolation, places
from aelab.studies.interpolation import Config, linear, spherical

SHARES = np.linspace(0, 1, 9, dtype=np.float32)


def test_the_ends_are_the_reconstructions_of_the_two_images(opened) -> None:
    networks, dataset = opened("conv_ae")
    ends = dataset.indices("test")[[4, 90]]
    found = interpolation.run(networks, dataset, Config(first=int(ends[0]), second=int(ends[1]), steps=7))
    made = networks.reconstruct(to_unit(dataset.images[ends]))
    codes = networks.encode(to_unit(dataset.images[ends]))
    for path in (found.linear, found.spherical):
        np.testing.assert_allclose(path.codes[[0, -1]], codes, atol=1e-5)
        assert np.array_equal(to_uint8(path.images[[0, -1]]), to_uint8(made))
        np.testing.assert_allclose(path.images, networks.decode(path.codes), atol=1e-5)
    np.testing.assert_array_equal(found.blend[[0, -1]], to_unit(dataset.images[ends]))
    np.testing.assert_allclose(found.blend[3], to_unit(dataset.images[ends]).mean(axis=0), atol=1e-6)
    assert found.table.shape == (3, 7, *dataset.shape)


def test_no_step_moves_an_end_by_as_much_as_a_rounding() -> None:
    first, second = np.random.default_rng(0).normal(size=(2, 64)).astype(np.float32) * 1e3
    for way in (linear, spherical):
        points = way(first, second, np.linspace(0, 1, 101, dtype=np.float32))
        assert points[0].tobytes() == first.tobytes()
        assert points[-1].tobytes() == second.tobytes()


@pytest.mark.parametrize("latent", [2, 32, 512])
def test_the_arc_keeps_the_norm_of_two_codes_that_share_one_and_goes_at_an_even_speed(latent: int) -> None:
    first, second = np.random.default_rng(latent).normal(size=(2, latent)).astype(np.float32)
    second *= np.linalg.norm(first) / np.linalg.norm(second)
    points = spherical(first, second, SHARES).astype(np.float64)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), np.linalg.norm(first), rtol=1e-5)
    np.testing.assert_allclose(np.diff(np.linalg.norm(np.diff(points, axis=0), axis=1)), 0, atol=1e-4)
    assert np.linalg.norm(linear(first, second, SHARES)[4]) < np.linalg.norm(first)


def test_a_quarter_of_a_circle_is_drawn_as_shoemake_has_it() -> None:
    points = spherical(np.float32([1, 0]), np.float32([0, 1]), np.float32([0, 1 / 3, 0.5, 1]))
    half = np.sqrt(0.5)
    np.testing.assert_allclose(points, [[1, 0], [np.sqrt(0.75), 0.5], [half, half], [0, 1]], atol=1e-6)


@pytest.mark.parametrize(
    ("first", "second"),
    [([1, 2], [2, 4]), ([1, 2], [1, 2]), ([0, 0], [1, 2]), ([1, 2], [-1, -2]), ([1, 2], [1, 2.0001])],
    ids=["parallel", "same", "zero", "opposite", "nearly parallel"],
)
def test_codes_without_an_arc_are_joined_by_the_line(first: list[float], second: list[float]) -> None:
    a, b = np.float32(first), np.float32(second)
    assert not interpolation.has_arc(a, b)
    np.testing.assert_array_equal(spherical(a, b, SHARES), linear(a, b, SHARES))


def test_codes_of_one_number_are_joined_by_the_line() -> None:
    np.testing.assert_allclose(
        spherical(np.float32([2]), np.float32([-1]), np.float32([0, 0.5, 1])), [[2], [0.5], [-1]]
    )


def test_the_distance_of_each_step_is_to_the_nearest_of_all_codes(opened) -> None:
    networks, dataset = opened("vae")
    found = interpolation.run(networks, dataset, Config(steps=5))
    codes = decoding.surroundings(networks, dataset).codes
    for path in (found.linear, found.spherical):
        expected = np.linalg.norm(codes[None] - path.codes[:, None], axis=2).min(axis=1)
        np.testing.assert_allclose(path.distances, expected, atol=1e-5)
        np.testing.assert_allclose(path.distances[[0, -1]], 0, atol=1e-6)  # the ends are test images themselves


def test_without_a_choice_the_ends_are_of_two_classes(opened) -> None:
    _, dataset = opened("vae")
    first, second = interpolation.usual_ends(dataset)
    assert dataset.labels[first] != dataset.labels[second]
    assert dataset.split[first] == dataset.split[second] == 2


def test_the_same_image_twice_stays_where_it_is(opened) -> None:
    networks, dataset = opened("conv_ae")
    found = interpolation.run(networks, dataset, Config(first=3, second=3, steps=4))
    assert not found.round
    assert np.ptp(found.table, axis=1).max() < 1e-5


def test_draws_of_the_prior_are_joined_where_nothing_encodes(gan_lab: TrainedLab, opened_in) -> None:
    networks, dataset = opened_in(gan_lab, "gan")
    found = interpolation.run(networks, dataset, Config(first=5, second=6, steps=3))
    np.testing.assert_array_equal(found.linear.codes[[0]], places.of_draw(networks, 5).code)
    assert found.linear.distances is None
    np.testing.assert_array_equal(found.blend[[0, -1]], found.linear.images[[0, -1]])
