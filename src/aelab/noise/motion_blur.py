"""Motion blur: a camera that moved while it was open."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from scipy import fft

from aelab.errors import N_
from aelab.noise.spec import Images, NoiseSpec

_POINTS_A_PIXEL = 4


def shake(images: Images, level: float, rng: np.random.Generator) -> Images:
    """Return images, each the mean of itself along a straight line in a direction drawn for it.

    Beyond the border an image goes on as in a mirror. The same generator state draws the same directions at every
    level.

    Parameters
    ----------
    images : ndarray, float32 (N, H, W, C) in [0, 1]
        Not changed.
    level : float
        Length of the line, in pixels; it need not be whole.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray, float32 (N, H, W, C) in [0, 1]
    """
    angles = rng.uniform(0, math.pi, len(images))
    height, width = images.shape[1:3]
    windows = _lines(level, angles)  # (N, k, k)
    reach = windows.shape[1] // 2
    wide = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), mode="symmetric")
    size = wide.shape[1:3]
    passed = fft.rfft2(windows, size, axes=(1, 2))[..., None]
    blurred = fft.irfft2(fft.rfft2(wide, axes=(1, 2)) * passed, size, axes=(1, 2))
    blurred = blurred[:, 2 * reach : 2 * reach + height, 2 * reach : 2 * reach + width]
    return np.asarray(np.clip(blurred, 0, 1), np.float32)


def _lines(length: float, angles: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Return windows (N, k, k) of which each adds up to 1: lines through the middle, each point shared by 4 pixels."""
    reach = math.ceil(length / 2) + 1
    windows = np.zeros((len(angles), 2 * reach + 1, 2 * reach + 1), np.float32)
    along = np.linspace(-length / 2, length / 2, math.ceil(_POINTS_A_PIXEL * length) + 1)
    rows, columns = (reach + np.outer(way(angles), along) for way in (np.sin, np.cos))  # (N, points)
    top, left = np.floor(rows).astype(int), np.floor(columns).astype(int)
    image = np.arange(len(angles))[:, None]
    for down in (0, 1):
        for right in (0, 1):
            share = (1 - np.abs(rows - top - down)) * (1 - np.abs(columns - left - right))
            np.add.at(windows, (image, top + down, left + right), share)
    return windows / np.float32(len(along))


SPEC = NoiseSpec(
    name="motion_blur",
    label=N_("Motion blur"),
    summary=N_("Smears an image along a straight line in a direction drawn for it, like a camera that moved."),
    level_label=N_("Length of the line, in pixels"),
    highest=24.0,
    default=5.0,
    apply=shake,
    severities=(3.5, 6.0, 12.0, 18.0, 24.0),
    equation=r"\tilde{x}(u) = \frac{1}{\ell} \int_{-\ell/2}^{\ell/2} x(u + s\,(\cos\theta, \sin\theta))\, ds,"
    r" \quad \theta \sim \mathcal{U}(0, \pi)",
    order=70,
)
