"""Pictures of a latent plane, and positions typed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from labs import TrainedLab

from aelab.errors import LabError
from aelab.pixels import to_unit
from aelab.studies import decoding, places
from aelab.studies.decoding import Config, parse_position


def test_x_grows_to_the_right_and_y_upwards(opened) -> None:
    networks, dataset = opened("vae")
    found = decoding.run(networks, dataset, Config(x_low=-1, x_high=3, y_low=-2, y_high=2, steps=5))
    codes = found.codes.reshape(5, 5, 2)
    np.testing.assert_allclose(codes[0, 0], (-1, 2))  # upper left
    np.testing.assert_allclose(codes[0, -1], (3, 2))
    np.testing.assert_allclose(codes[-1, 0], (-1, -2))
    np.testing.assert_allclose(codes[2, 3], (2, 0))


def test_each_tile_is_what_the_decoder_makes_of_its_own_point(opened) -> None:
    networks, dataset = opened("vae")
    found = decoding.run(networks, dataset, Config(steps=4))
    assert found.images.shape == (16, *dataset.shape)
    for code, image in zip(found.codes, found.images, strict=True):
        np.testing.assert_allclose(networks.decode(code[None])[0], image, atol=1e-5)
    assert np.ptp(found.images, axis=0).max() > 0.01  # the tiles differ


def test_a_run_without_a_plane_is_refused_with_what_to_do(opened, lab: TrainedLab) -> None:
    networks, dataset = opened("conv_ae")
    with pytest.raises(LabError, match=f"run {lab.runs['conv_ae']} has 8. Train one with latent_dim 2"):
        decoding.run(networks, dataset, Config())


@pytest.mark.parametrize("edges", [{"x_low": 1, "x_high": 1}, {"y_low": 2, "y_high": -2}])
def test_a_grid_without_room_is_refused(opened, edges: dict[str, float]) -> None:
    with pytest.raises(LabError, match="from a lower to a higher number"):
        decoding.run(*opened("vae"), Config(**edges))


@pytest.mark.parametrize("model", ["vae", "conv_ae"])
def test_the_nearest_code_is_looked_for_among_those_of_all_test_images(opened, model: str) -> None:
    networks, dataset = opened(model)
    around = decoding.surroundings(networks, dataset)
    codes = networks.encode(to_unit(dataset.images[dataset.split == 2]))
    np.testing.assert_allclose(around.codes, codes, atol=1e-5)
    far = np.full((1, networks.latent_dim), 3, np.float32)
    found = places.nearest(around, np.concatenate([far, around.codes[100:101]]))
    assert found is not None
    assert found.distances[0, 0] == pytest.approx(np.linalg.norm(codes - far, axis=1).min(), rel=1e-5)
    assert found.distances[1, 0] == 0
    np.testing.assert_allclose(around.spread, codes.std(axis=0), rtol=1e-4)


def test_more_than_two_thousand_test_images_are_all_looked_at(opened, imported) -> None:
    networks, _ = opened("pca")
    images = np.random.default_rng(0).integers(0, 256, (11_000, 28, 28), dtype=np.uint8)
    dataset = imported(images, np.zeros(11_000, int))
    assert len(decoding.surroundings(networks, dataset).codes) == dataset.counts["test"] > 2000


@pytest.mark.parametrize("text", ["(-1, 3)", "-1,3", " [ -1 ; 3.0 ] ", "(-1e0,+3)", "-1, 3\n"])
def test_a_typed_position_is_read_however_it_is_written(text: str) -> None:
    position = parse_position(text, 2)
    assert position.dtype == np.float32
    np.testing.assert_array_equal(position, [[-1, 3]])


@pytest.mark.parametrize("text", ["", "()", "3", "1, 2, 3", "one, two", "nan, 0", "0, inf", "1e39, 0", "1 2", "1,,2"])
def test_what_is_no_position_gets_an_example(text: str) -> None:
    with pytest.raises(LabError, match=r"2 numbers with commas between them, such as \(-1, 3\); it is "):
        parse_position(text, 2)


def test_the_example_has_as_many_numbers_as_the_code() -> None:
    with pytest.raises(LabError, match=r"is 3 numbers .* such as \(-1, 3, 0\)"):
        parse_position("1", 3)
    with pytest.raises(LabError, match=r"is 64 numbers .* such as \(-1, 3, 0, 1\)"):
        parse_position("1" * 500, 64)
    assert parse_position("1, 2, 3", 3).tolist() == [[1, 2, 3]]


def test_how_far_codes_are_apart_is_the_median_to_the_nearest_other(opened) -> None:
    inference, dataset = opened("vae")
    around = decoding.surroundings(inference, dataset)
    distances = np.linalg.norm(around.codes[:, None] - around.codes[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    assert around.apart == pytest.approx(float(np.median(distances.min(axis=1))), rel=1e-4)
