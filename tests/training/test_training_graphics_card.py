"""One training at a time on a graphics card, and nobody waits where there is none."""

from __future__ import annotations

from pathlib import Path

import filelock
import pytest
import tensorflow as tf

from aelab.training.graphics_card import graphics_card_alone

CARDS = tf.config.list_physical_devices("GPU")


@pytest.mark.skipif(bool(CARDS), reason="this machine has a graphics card")
def test_nobody_waits_for_a_card_that_is_not_there(tmp_path: Path) -> None:
    with filelock.FileLock(tmp_path / "lock"), graphics_card_alone(tmp_path / "lock"):
        pass


@pytest.mark.skipif(not CARDS, reason="this machine has no graphics card that TensorFlow finds")
def test_a_card_is_held_until_the_training_ends(tmp_path: Path) -> None:
    with graphics_card_alone(tmp_path / "lock"), pytest.raises(filelock.Timeout):
        filelock.FileLock(tmp_path / "lock").acquire(timeout=0)
