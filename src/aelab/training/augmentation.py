"""Vary training images each time they are seen, so that few of them teach more.

What is the same object mirrored or a little to the side is another image to a network, and an autoencoder that has
seen both keeps less of a small training set by heart [1]_.

References
----------
.. [1] C. Shorten and T. M. Khoshgoftaar, "A survey on image data augmentation for deep learning", Journal of Big Data
   6, 2019. :DOI:`10.1186/s40537-019-0197-0`
"""

from __future__ import annotations

import tensorflow as tf

from aelab.training.config import Augmentation

_SHARE = 16  # of the shorter side, by which an image is shifted at the most


def varied(images: tf.Tensor, how: Augmentation, draw: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
    """Return images (B, H, W, C), each mirrored or not, and all of them shifted alike; `draw` decides.

    Parameters
    ----------
    images : tensor
    how : {"none", "mirror", "shift", "both"}
    draw : tuple of two scalars
        Whole numbers from which all chance comes: the same ones vary images in the same way.
    """
    seed = tf.stack([tf.cast(number, tf.int32) for number in draw])
    if how in {"mirror", "both"}:
        mirrored = tf.random.stateless_uniform([tf.shape(images)[0], 1, 1, 1], seed) < 0.5
        images = tf.where(mirrored, tf.reverse(images, [2]), images)
    return _shifted(images, seed) if how in {"shift", "both"} else images


def _shifted(images: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Return images shifted by a few whole pixels; what comes in at the edge mirrors what is there."""
    _, height, width, _ = images.shape
    most = max(1, min(height, width) // _SHARE)
    padded = tf.pad(images, [[0, 0], [most, most], [most, most], [0, 0]], "SYMMETRIC")
    row, column = tf.unstack(tf.random.stateless_uniform([2], seed + 1, 0, 2 * most + 1, tf.int32))
    return tf.ensure_shape(padded[:, row : row + height, column : column + width], images.shape)
