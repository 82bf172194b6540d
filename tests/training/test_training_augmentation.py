"""Images that are varied as they are seen: still the same pictures, and the same again when asked for the same."""

from __future__ import annotations

import numpy as np
import tensorflow as tf

from aelab.training.augmentation import varied
from aelab.training.config import plan
from aelab.training.data import TrainingBatches, fixed_batches

IMAGES = np.random.default_rng(0).random((40, 32, 48, 3)).astype(np.float32)
MOST = 2  # a sixteenth of the shorter side


def seen(how: str, epoch: int = 0, seed: int = 0) -> np.ndarray:
    return varied(tf.constant(IMAGES), how, (tf.constant(epoch), tf.constant(seed))).numpy()  # type: ignore[arg-type]


def test_images_stay_as_they_are_unless_somebody_asks() -> None:
    np.testing.assert_array_equal(seen("none"), IMAGES)


def test_each_image_is_mirrored_or_not_by_itself() -> None:
    mirrored = [np.array_equal(one, image[:, ::-1]) for one, image in zip(seen("mirror"), IMAGES, strict=True)]
    same = [np.array_equal(one, image) for one, image in zip(seen("mirror"), IMAGES, strict=True)]
    assert all(one != other for one, other in zip(mirrored, same, strict=True))
    assert 5 < sum(mirrored) < 35


def test_a_shift_moves_every_image_by_a_few_pixels() -> None:
    padded = np.pad(IMAGES, [(0, 0), (MOST, MOST), (MOST, MOST), (0, 0)], "symmetric")
    places = {(row, column) for row in range(2 * MOST + 1) for column in range(2 * MOST + 1)}
    found = set()
    for epoch in range(30):
        moved = seen("shift", epoch)
        here = {place for place in places if np.array_equal(moved, _window(padded, *place))}
        assert len(here) == 1
        found |= here
    assert len(found) > 10


def test_both_are_done_where_both_are_asked_for() -> None:
    padded = np.pad(seen("mirror"), [(0, 0), (MOST, MOST), (MOST, MOST), (0, 0)], "symmetric")
    windows = [_window(padded, row, column) for row in range(2 * MOST + 1) for column in range(2 * MOST + 1)]
    assert sum(np.array_equal(seen("both"), window) for window in windows) == 1


def test_chance_comes_from_the_draw_alone() -> None:
    np.testing.assert_array_equal(seen("both", 3, 7), seen("both", 3, 7))
    assert not np.array_equal(seen("both", 3, 7), seen("both", 4, 7))
    assert not np.array_equal(seen("both", 3, 7), seen("both", 3, 8))


def test_a_training_sees_varied_images_and_is_validated_on_those_that_are_there() -> None:
    images = np.rint(IMAGES * 255).astype(np.uint8)
    chosen = plan("conv_ae", {"augment": "both", "batch_size": 40})
    batches = TrainingBatches(images, chosen)
    epochs = []
    for epoch in (0, 1):
        batches.on_epoch_begin(epoch)
        [(given, target)] = list(batches.from_step(0).as_numpy_iterator())
        np.testing.assert_array_equal(given, target)
        epochs.append({image.tobytes() for image in given})
    assert not epochs[0] & epochs[1]
    [(given, _)] = list(fixed_batches(images, chosen).as_numpy_iterator())
    np.testing.assert_array_equal(given, images.astype(np.float32) / 255)


def _window(padded: np.ndarray, row: int, column: int) -> np.ndarray:
    return padded[:, row : row + IMAGES.shape[1], column : column + IMAGES.shape[2]]
