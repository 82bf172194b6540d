"""Reading many images in little memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from planted import found

from aelab.cleaning._reading import blocks, chosen, shrunk
from aelab.cleaning.subject import Subject


@pytest.mark.parametrize("size", [(32, 32), (33, 70), (16, 128), (8, 8)])
def test_shrinking_averages_whole_stretches_and_never_enlarges(size: tuple[int, int]) -> None:
    planes = np.random.default_rng(0).uniform(0, 255, (3, *size)).astype(np.float32)
    small = shrunk(planes, 16)
    assert small.shape == (3, min(16, size[0]), min(16, size[1]))
    np.testing.assert_allclose(small.mean(axis=(1, 2)), planes.mean(axis=(1, 2)), rtol=1e-4)
    if size == (32, 32):
        np.testing.assert_allclose(small, planes.reshape(3, 16, 2, 16, 2).mean(axis=(2, 4)), rtol=1e-4)


def test_blocks_hold_every_image_once_and_in_order(tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (300, 128, 128, 3), np.uint8)
    np.save(tmp_path / "images.npy", images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    for array, expected in ((images, images), (mapped, images), (mapped[7:], images[7:])):
        parts = list(blocks(array))
        assert len(parts) > 2
        assert np.array_equal(np.concatenate([block for _, block in parts]), expected)
        assert [where.start for where, _ in parts[1:]] == [where.stop for where, _ in parts[:-1]]
    some = np.array([5, 299, 0])
    assert np.array_equal(np.concatenate(list(chosen(mapped, some))), images[some])


@pytest.mark.parametrize("check", ["blank", "blurred", "outliers"])
def test_memory_does_not_grow_with_the_images(check: str, tmp_path: Path) -> None:
    np.lib.format.open_memmap(tmp_path / "images.npy", "w+", np.uint8, (100_000, 28, 28, 1)).flush()
    images = np.load(tmp_path / "images.npy", mmap_mode="r")
    subject = Subject(
        images=images,
        labels=np.arange(len(images), dtype=np.int32) % 10,
        class_names=tuple("0123456789"),
        sizes=np.full((len(images), 2), 28, np.int32),
        digests=np.arange(len(images), dtype=np.uint64),
        names=[],
        find_hashes=lambda: np.zeros(len(images), np.uint64),
    )
    tracemalloc.start()
    try:
        finding = found(subject, check)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(finding.groups) + finding.more == (100_000 if check == "blank" else 0)
    assert peak < (200e6 if check == "blank" else 100e6)  # each of these images is blank, and 50,000 have a group
