import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import imagehash
import numpy as np
import pytest
from PIL import Image, ImageEnhance

from aelab.datasets.similar import (
    duplicate_pairs,
    group_ids,
    groups,
    identical_groups,
    near_groups,
    near_pairs,
    phash,
    thumbnails,
)
from aelab.errors import LabError

SharedData = Callable[[str], Path]


def reference_hash(pixels: np.ndarray) -> int:
    """Return ImageHash's bits as a number, of an image laid on white where it is transparent."""
    image = Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels)
    if pixels.shape[2] == 4:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")
    return int(str(imagehash.phash(image)), 16)


def reference_pairs(hashes: np.ndarray, distance: int) -> list[list[int]]:
    """Return the near pairs as a loop over all of them finds them."""
    bits = [int(one) for one in hashes]
    count = range(len(bits))
    return [[i, j] for i in count for j in count if i < j and (bits[i] ^ bits[j]).bit_count() <= distance]


def family(size: int, seed: int, flips: int = 3) -> np.ndarray:
    """Return hashes in families, members of which differ from their founder in up to `flips` bits."""
    rng = np.random.default_rng(seed)
    founders = rng.integers(0, 2**64, max(1, size // 6), dtype=np.uint64)
    hashes = rng.choice(founders, size)
    for _ in range(flips):
        flipped = rng.random(size) < 0.5
        hashes[flipped] ^= np.uint64(1) << rng.integers(0, 64, np.count_nonzero(flipped)).astype(np.uint64)
    return hashes


@pytest.fixture(scope="module")
def photos(shared_data: SharedData) -> list[np.ndarray]:
    with zipfile.ZipFile(shared_data("fruit_200.zip")) as archive:
        opened = (Image.open(io.BytesIO(archive.read(name))) for name in archive.namelist())
        return [np.asarray(picture.convert("RGB")) for picture in opened]


@pytest.fixture(scope="module")
def digits(shared_data: SharedData) -> np.ndarray:
    with np.load(shared_data("mnist.npz")) as stored:
        return stored["x_train"][:6000, :, :, None]


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("size", [(28, 28), (32, 32), (1, 5), (5, 1), (128, 96), (33, 700)])
def test_hashes_are_those_of_imagehash_bit_for_bit(size: tuple[int, int], channels: int) -> None:
    images = np.random.default_rng(sum(size)).integers(0, 256, (40, *size, channels), dtype=np.uint8)
    expected = [reference_hash(image) for image in images]
    assert phash(images).tolist() == expected
    assert phash(iter(images)).tolist() == expected


def test_pictures_whose_frequencies_tie_have_imagehash_bits_too() -> None:
    ramp = np.tile(np.arange(0, 256, 8, dtype=np.uint8), (32, 1))
    board = np.kron(np.indices((8, 8)).sum(0) % 2, np.ones((4, 4))).astype(np.uint8) * 255
    flat = [np.full((32, 32), level, np.uint8) for level in (0, 1, 127, 255)]
    images = np.stack([ramp, ramp.T, board, np.maximum(ramp, ramp.T), *flat])[..., None]
    assert phash(images).tolist() == [reference_hash(image) for image in images]


def test_photos_of_many_sizes_have_imagehash_bits(photos: list[np.ndarray]) -> None:
    assert phash(photos).tolist() == [reference_hash(photo) for photo in photos]


def test_no_images_have_no_hashes() -> None:
    assert phash([]).shape == (0,)
    assert phash(np.empty((0, 28, 28, 1), np.uint8)).shape == (0,)
    assert thumbnails([]).shape == (0, 32, 32)


def test_images_in_an_array_have_the_thumbnails_that_each_has_alone() -> None:
    images = np.random.default_rng(0).integers(0, 256, (1100, 20, 30, 3), dtype=np.uint8)  # more than one chunk
    np.testing.assert_array_equal(thumbnails(images), thumbnails(list(images)))


@pytest.mark.parametrize("distance", [0, 1, 2, 3, 5, 8, 10, 11, 20, 64])
@pytest.mark.parametrize("seed", range(3))
def test_no_near_pair_is_missed_and_none_is_named_twice(distance: int, seed: int) -> None:
    hashes = family(150, seed)
    pairs = near_pairs(hashes, distance)
    assert pairs.dtype == np.int64
    assert pairs.tolist() == reference_pairs(hashes, distance)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_hashes_have_hardly_any_pairs(count: int) -> None:
    hashes = np.full(count, 7, np.uint64)
    assert near_pairs(hashes, 4).tolist() == ([[0, 1]] if count == 2 else [])
    assert near_pairs(hashes, -1).shape == (0, 2)
    assert near_groups(hashes, 4).tolist() == [0] * count
    assert near_groups(hashes, -1).tolist() == list(range(count))


def test_more_pairs_than_anyone_could_look_at_are_refused_before_memory_is_gone() -> None:
    with pytest.raises(LabError, match="More than 20000000 pairs of images are alike within 2 bits"):
        near_pairs(np.zeros(1_000_000, np.uint64), 2)
    with pytest.raises(LabError, match="More than 10 pairs"):
        near_pairs(family(100, 0), 30, most=10)


def test_a_million_equal_hashes_are_one_group() -> None:
    assert np.unique(near_groups(np.full(1_000_000, 5, np.uint64), 6)).tolist() == [0]


@pytest.mark.parametrize("seed", range(3))
def test_groups_are_what_chains_of_near_pairs_connect(seed: int) -> None:
    hashes = family(300, seed, flips=5)
    pairs = near_pairs(hashes, 4)
    ids = near_groups(hashes, 4)
    np.testing.assert_array_equal(ids, group_ids(300, pairs))
    assert all(ids[i] == ids[j] for i, j in pairs)
    for members in groups(300, pairs):
        assert len(members) > 1
        assert members.tolist() == np.flatnonzero(ids == ids[members[0]]).tolist()
    assert sum(map(len, groups(300, pairs))) == len(np.unique(pairs))


def test_identical_files_are_grouped_in_the_order_in_which_they_came() -> None:
    found = identical_groups(np.array([9, 4, 7, 9, 4, 9, 1], np.uint64))
    assert [members.tolist() for members in found] == [[0, 3, 5], [1, 4]]
    assert identical_groups(np.arange(5, dtype=np.uint64)) == []
    assert identical_groups(np.empty(0, np.uint64)) == []


def duplicates(images: list[np.ndarray] | np.ndarray, distance: int = 6) -> np.ndarray:
    """Return the duplicate pairs of images that are all different files."""
    small = thumbnails(images)
    return duplicate_pairs(phash(images), distance, np.arange(len(images)), lambda indices: small[indices])


def recompressed(photo: np.ndarray) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "JPEG", quality=30)
    return np.asarray(Image.open(file))


def halved(photo: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(photo).reduce(2))


def brightened(photo: np.ndarray) -> np.ndarray:
    return np.asarray(ImageEnhance.Brightness(Image.fromarray(photo)).enhance(1.2))


@pytest.mark.parametrize("change", [recompressed, halved, brightened])
def test_a_changed_copy_of_a_photo_is_found_and_no_other_photo_taken_for_it(
    photos: list[np.ndarray], change: Callable[[np.ndarray], np.ndarray]
) -> None:
    large = list({photo.tobytes(): photo for photo in photos if min(photo.shape[:2]) >= 100}.values())
    assert len(large) == 100
    pairs = duplicates([*large, *map(change, large)])
    assert pairs.tolist() == [[index, index + 100] for index in range(100)]


def test_handwritten_ones_are_not_taken_for_one_picture(digits: np.ndarray) -> None:
    by_hash = near_groups(phash(digits), 6)
    assert np.bincount(by_hash).max() > 1000  # the hash alone would put most digits on one side
    found = groups(len(digits), duplicates(digits))
    assert sum(map(len, found)) < 10


def test_a_copy_among_digits_is_found_although_their_hashes_are_alike(digits: np.ndarray) -> None:
    dimmed = (digits[:200] * 0.8).astype(np.uint8)
    pairs = duplicates(np.concatenate([digits, dimmed]))
    assert {(index, index + len(digits)) for index in range(200)} <= set(map(tuple, pairs.tolist()))


def test_identical_files_are_pairs_whatever_the_distance_and_stand_for_each_other() -> None:
    digests = np.array([3, 8, 3, 5, 3], np.uint64)
    hashes = np.array([0, 1, 0, 2**40 - 1, 0], np.uint64)
    same = [[0, 2], [0, 4], [2, 4]]

    def unused(indices: np.ndarray) -> np.ndarray:
        raise AssertionError("few pictures are alike here: their thumbnails are not needed")

    assert duplicate_pairs(hashes, -1, digests, unused).tolist() == same
    assert duplicate_pairs(hashes, 2, digests, unused).tolist() == [[0, 1], *same]


def test_a_picture_that_is_there_thousands_of_times_does_not_fill_the_memory() -> None:
    digests = np.zeros(100_000, np.uint64)
    pairs = duplicate_pairs(digests, 6, digests, lambda indices: np.zeros((len(indices), 32, 32), np.uint8))
    assert len(pairs) == 99_999
    assert len(groups(100_000, pairs)) == 1


def test_blank_images_are_one_picture_though_nothing_correlates() -> None:
    blank = np.random.default_rng(0).integers(0, 2, (80, 32, 32, 1), dtype=np.uint8) + np.uint8(128)
    small = thumbnails(blank)
    pairs = duplicate_pairs(np.zeros(80, np.uint64), 2, np.arange(80), lambda indices: small[indices])
    assert len(groups(80, pairs)) == 1
    assert len(groups(80, pairs)[0]) == 80
