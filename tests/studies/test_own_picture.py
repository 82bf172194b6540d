"""One's own noisy picture is restored in its own size and colours, as far as the run knows them."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from aelab.errors import LabError
from aelab.pixels import to_uint8, to_unit
from aelab.studies import own_picture, probing


def png(pixels: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()


def noise(*shape: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


@pytest.mark.parametrize("shape", [(28, 28), (75, 40, 3), (9, 300, 4)])
def test_by_tiles_a_picture_keeps_its_size_and_gets_the_colours_of_the_run(opened, shape: tuple[int, ...]) -> None:
    networks, dataset = opened("dae")
    found = own_picture.run(networks, dataset, own_picture.read("mine.png", png(noise(*shape))))
    assert found.given.shape == found.restored.shape == (*shape[:2], 1)
    assert found.restored.dtype == np.uint8
    assert found.tiles == {(28, 28): 1, (75, 40, 3): 10, (9, 300, 4): 21}[shape]


def test_a_picture_of_the_size_of_the_run_is_restored_as_the_run_does(opened) -> None:
    networks, dataset = opened("dae")
    picture = own_picture.read("mine.png", png(noise(28, 28)))
    whole, tiles = (own_picture.run(networks, dataset, picture, how) for how in ("whole", "tiles"))
    expected = to_uint8(networks.reconstruct(to_unit(noise(28, 28))[None, ..., None])[0])
    np.testing.assert_array_equal(whole.restored, expected)
    np.testing.assert_array_equal(tiles.restored, expected)
    assert (whole.tiles, tiles.tiles) == (0, 1)


def test_as_one_image_it_is_prepared_as_the_images_of_the_run_were(opened) -> None:
    networks, dataset = opened("dae")
    picture = own_picture.read("mine.png", png(noise(60, 90, 3)))
    found = own_picture.run(networks, dataset, picture, "whole")
    np.testing.assert_array_equal(found.given, to_uint8(probing.as_given(picture.pixels, dataset)[0]))


def test_a_large_photo_is_made_smaller_and_a_long_one_refused() -> None:
    large = own_picture.read("large.png", png(np.zeros((1500, 2000), np.uint8)))
    assert large.pixels.shape == (1024, 1365, 1)
    assert "Made smaller, from 2000 × 1500 to 1365 × 1024" in str(large.notes[0])
    with pytest.raises(LabError, match=r"up to 4 million pixels; this one has 9000 × 1000"):
        own_picture.read("long.png", png(np.zeros((1000, 9000), np.uint8)))
