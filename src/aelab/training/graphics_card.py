"""Share a graphics card with whoever else uses it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import filelock
import tensorflow as tf


@contextlib.contextmanager
def graphics_card_alone(lock: Path) -> Iterator[None]:
    """Wait until no other training uses the graphics card, and keep it until the block ends.

    Two trainings at once would be slower than one after the other, and could run out of its memory, which
    is taken as it is needed.  Where TensorFlow finds no card, nobody waits.

    Parameters
    ----------
    lock : Path
        A file that all workers of this computer agree on.
    """
    cards = tf.config.list_physical_devices("GPU")
    for card in cards:
        tf.config.experimental.set_memory_growth(card, True)
    with filelock.FileLock(lock) if cards else contextlib.nullcontext():
        yield
