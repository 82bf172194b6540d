"""A picture of any size comes back whole: no seams, no lost border, and no more memory than it needs."""

from __future__ import annotations

import itertools
import tracemalloc

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.studies import tiling

SIZES = [(28, 28), (28, 29), (29, 57), (5, 200), (1, 1), (3, 40), (100, 61), (56, 84)]
each_size = pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")


@each_size
@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("overlap", [0.0, 0.25, 0.5, 0.9])
def test_what_restores_nothing_gives_the_picture_back(size: tuple[int, int], channels: int, overlap: float) -> None:
    picture = np.random.default_rng(0).random((*size, channels), dtype=np.float32)
    same = tiling.restore(lambda tiles: tiles, picture, (28, 20), overlap)
    assert same.dtype == np.float32
    np.testing.assert_allclose(same, picture, atol=1e-6)


@each_size
def test_tiles_cover_every_pixel_and_overlap_as_asked(size: tuple[int, int]) -> None:
    for side, tile in zip(size, (28, 20), strict=True):
        whole = max(side, tile)
        found = tiling.starts(whole, tile, 0.5)
        assert (found[0], found[-1]) == (0, whole - tile)
        assert all(0 < after - before <= tile / 2 for before, after in itertools.pairwise(found))


def test_tiles_that_disagree_leave_no_seam() -> None:
    rng = np.random.default_rng(0)

    def moody(tiles: np.ndarray) -> np.ndarray:
        return np.broadcast_to(rng.random((len(tiles), 1, 1, 1)), tiles.shape)  # each tile another grey

    blended = tiling.restore(moody, np.zeros((200, 200, 1), np.float32), (28, 28))
    side_by_side = tiling.restore(moody, np.zeros((200, 200, 1), np.float32), (28, 28), overlap=0.0)
    assert np.abs(np.diff(blended, axis=0)).max() < 0.12  # the steepest a raised cosine gets
    assert np.abs(np.diff(side_by_side, axis=0)).max() > 0.3


def test_every_tile_is_of_the_size_of_the_network_and_progress_ends_at_one() -> None:
    shapes, shares = set(), []

    def restorer(tiles: np.ndarray) -> np.ndarray:
        shapes.add(tiles.shape[1:])
        return tiles

    tiling.restore(restorer, np.zeros((300, 100, 3), np.float32), (32, 24), progress=shares.append)
    assert shapes == {(32, 24, 3)}
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_a_large_picture_takes_memory_of_a_few_times_its_size() -> None:
    picture = np.zeros((1000, 1000, 3), np.float32)
    tracemalloc.start()
    tiling.restore(lambda tiles: tiles, picture, (128, 128))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4.5 * picture.nbytes


@pytest.mark.parametrize("size", [(4000, 4000), (1, 5_000_000), (0, 10)])
def test_a_picture_of_too_many_pixels_or_none_is_refused_with_its_size(size: tuple[int, int]) -> None:
    with pytest.raises(LabError, match=f"up to 4 million pixels; this one has {size[1]} × {size[0]}"):
        tiling.restore(lambda tiles: tiles, np.broadcast_to(np.float32(0), (*size, 1)), (28, 28))
