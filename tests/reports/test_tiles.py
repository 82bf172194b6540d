"""Many images as one picture, and as one that moves."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from aelab.reports import tiles


def film(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def table(rows: int, steps: int, side: int = 8, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (rows, steps, side, side, channels), dtype=np.uint8)


@pytest.mark.parametrize("steps", [1, 2, 3, 11])
def test_a_walk_goes_there_and_back_without_staying_at_an_end(steps: int) -> None:
    found = film(tiles.walk_gif(table(2, steps), [str(step) for step in range(steps)], 2))
    assert found.n_frames == max(1, 2 * steps - 2)  # type: ignore[attr-defined]
    assert found.info.get("loop", 0) == 0


def test_there_and_back_is_named_frame_by_frame() -> None:
    frames = [Image.new("L", (1, 1), value) for value in range(4)]
    assert [frame.getpixel((0, 0)) for frame in tiles.forth_and_back(frames)] == [0, 1, 2, 3, 2, 1]


def test_each_pixel_of_a_small_image_is_a_square_of_its_own_colour() -> None:
    images = table(1, 3, channels=3)
    picture = np.asarray(film(tiles.table_png(images, (), ("", "", ""))).convert("RGB"))[16:]
    factor = picture.shape[0] // 8
    assert factor > 1
    for step in range(3):
        left = step * 10 * factor  # 8 pixels and a gap of 2
        square = picture[:, left : left + 8 * factor]
        np.testing.assert_array_equal(square, images[0, step].repeat(factor, 0).repeat(factor, 1))


def test_a_table_has_room_for_what_stands_beside_its_rows() -> None:
    plain = film(tiles.table_png(table(2, 4), (), ("", "", "", ""))).size
    named = film(tiles.table_png(table(2, 4), ("short", "a longer name"), ("", "", "", ""))).size
    assert named[0] > plain[0]
    assert named[1] == plain[1]


def test_large_images_are_not_enlarged() -> None:
    assert film(tiles.table_png(table(1, 1, side=1300), (), ("",))).size == (1300, 1316)
