"""What did the network learn, epoch by epoch?

The codes of the same images are laid out as they were after every epoch, on axes that stay, so that the
points move.  A code of two numbers is its own place.  Larger ones are projected on the first two principal
components of the codes after the *last* epoch, for three reasons: it is the map of what was learned in the
end, towards which the points are seen to move; it does not depend on which epochs thinning has left, as
components of the codes of all epochs would; and it spends no axis on a drift that all codes share.  In early
epochs these axes may hold little of the codes' variance, which is why the share is stated for each epoch.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.pixels import UInt8Images
from aelab.runs import Run
from aelab.runs.run import damaged
from aelab.training.order import taking_turns

Floats = npt.NDArray[np.float64]

QUESTION: Final = N_("What did the network learn, epoch by epoch?")
_LAYER = re.compile(r"(encoder|decoder|restorer)/[1-9][0-9]{0,3}/[A-Za-z0-9_]{1,40}")
_MARGIN = 0.05  # of the range of the codes, around them


@dataclass(frozen=True)
class Basis:
    """Two axes that stay for all epochs.

    Attributes
    ----------
    mean : ndarray (K,)
        Of the codes that lie at the origin.
    axes : ndarray (2, K)
    raw : bool
        Whether they are the numbers of the code themselves.
    """

    mean: Floats
    axes: Floats
    raw: bool

    def project(self, codes: npt.NDArray[np.floating[Any]]) -> Floats:
        """Return where codes (N, K) lie, (N, 2)."""
        return (codes.astype(np.float64) - self.mean) @ self.axes.T

    def explained(self, codes: npt.NDArray[np.floating[Any]]) -> float:
        """Return the share of the variance of codes (N, K) that both axes hold; NaN where all codes are one."""
        total = float(codes.astype(np.float64).var(axis=0).sum()) if len(codes) else 0.0
        return float(self.project(codes).var(axis=0).sum()) / total if total > 0 else float("nan")


@dataclass(frozen=True)
class Film:
    """A run's codes and weights, epoch by epoch.

    Attributes
    ----------
    epochs : tuple of int
        Those that can be shown, ascending; every array below has one row for each.
    damaged : tuple of LabError
        What is wrong with the others.
    basis : Basis
    positions : ndarray, float32 (E, N, 2)
        On the axes of the basis; N is 0 of a run without an encoder, which gives images no code.
    explained : ndarray (E,)
        Share of the codes' variance that the axes hold after each epoch.
    moved : ndarray (E,)
        Median distance between an image's codes after an epoch and after the shown one before it; NaN for the first.
    spread : ndarray (E,)
        Root mean square distance of the codes from their mean, to hold `moved` against.
    limits : tuple of two (float, float)
        From where to where the axes reach, so that every position of every epoch is on the map.
    layers : tuple of str
        Layers with a kernel, such as `encoder/1/Dense`; none in runs of older versions.
    norms : ndarray (E, L)
        L2 norm of each kernel; NaN where it is not known.
    updates : ndarray (E, L)
        L2 norm of its change in the epoch.
    """

    epochs: tuple[int, ...]
    damaged: tuple[LabError, ...]
    basis: Basis
    positions: npt.NDArray[np.float32]
    explained: Floats
    moved: Floats
    spread: Floats
    limits: tuple[tuple[float, float], tuple[float, float]]
    layers: tuple[str, ...]
    norms: Floats
    updates: Floats

    @property
    def has_map(self) -> bool:
        """Whether there are codes to be laid out."""
        return self.positions.size > 0

    def at(self, epoch: int) -> int:
        """Return the row of an epoch: the last one that is not after it, or the first."""
        return max(0, int(np.searchsorted(self.epochs, epoch, side="right")) - 1)


def film(run: Run) -> Film:
    """Read a run's snapshots and lay their codes out.

    Raises
    ------
    LabError
        If there is no snapshot yet, or none can be read.
    """
    read: dict[int, Mapping[str, npt.NDArray[Any]]] = {}
    unread = []
    for epoch in reversed(run.snapshot_epochs()):  # the last first: its codes say what shape the others should have
        try:
            read[epoch] = _weighed(run, epoch, next(iter(read.values()), None))
        except LabError as error:
            unread.append(error)
    if not read:
        if unread:
            raise unread[0]
        raise LabError("Run {run} has kept no snapshot yet: the first comes after its first epoch.", run=run.id)
    epochs = tuple(sorted(read))
    codes = np.stack([read[epoch]["codes"] for epoch in epochs]).astype(np.float64)  # (E, N, K)
    axes = basis(codes[-1])
    positions = np.stack([axes.project(each) for each in codes]).astype(np.float32)
    layers, norms, updates = _weights([read[epoch] for epoch in epochs], epochs)
    return Film(
        epochs,
        tuple(reversed(unread)),
        axes,
        positions,
        np.array([axes.explained(each) for each in codes]),
        np.array([np.nan, *(_moved(before, after) for before, after in itertools.pairwise(codes))]),
        _spread(codes),
        (_limits(positions[..., 0]), _limits(positions[..., 1])),
        layers,
        norms,
        updates,
    )


def basis(codes: npt.NDArray[np.floating[Any]]) -> Basis:
    """Return the axes on which codes (N, K) are laid out: their own numbers, or their first principal components.

    The sign of a component, which is arbitrary, is chosen so that its largest loading is positive.
    """
    dimension = codes.shape[1]
    if dimension <= 2:
        return Basis(np.zeros(dimension), np.eye(2, dimension), raw=True)
    mean = codes.mean(axis=0, dtype=np.float64)
    axes = np.zeros((2, dimension))
    found = np.linalg.svd(codes.astype(np.float64) - mean, full_matrices=False)[2][:2]
    axes[: len(found)] = found
    axes *= np.where(axes[[0, 1], np.abs(axes).argmax(axis=1)] < 0, -1.0, 1.0)[:, None]
    return Basis(mean, axes, raw=False)


def way(history: Sequence[Mapping[str, Any]], epoch: int) -> float | None:
    """Return how much of the way from the first to the last validation loss is behind after an epoch.

    0 after the first, 1 after the last; below 0 or above 1 where the loss was higher than the first or lower than
    the last. None where it is not known, or the two are the same.
    """
    losses = {line["epoch"]: line["validation"]["loss"] for line in history if line.get("epoch")}
    if epoch not in losses or None in losses.values():
        return None
    first, last = losses[min(losses)], losses[max(losses)]
    return float((first - losses[epoch]) / (first - last)) if first != last else None


def shown_images(dataset: Dataset, target: UInt8Images, count: int) -> npt.NDArray[np.intp] | None:
    """Return which images of a dataset a run's snapshots are of, (count,); None where it cannot be these.

    Parameters
    ----------
    dataset : Dataset
        What the run was trained on.
    target : ndarray, uint8 (n, H, W, C)
        The first of the images, as the snapshots have them.
    count : int
    """
    indices = taking_turns(dataset.indices("validation"), dataset.labels)[:count]
    first = indices[: len(target)]
    return indices if len(indices) == count and np.array_equal(dataset.take(first), target) else None


def table(found: Film, indices: npt.NDArray[np.intp] | None, classes: Sequence[str]) -> pd.DataFrame:
    """Return every position as a tidy table: columns epoch, image, class, x and y.

    `image` is the index in the dataset, or the place among the shown images where that is not known.
    """
    count = found.positions.shape[1]
    ids = np.arange(count) if indices is None else indices
    return pd.DataFrame(
        {
            "epoch": np.repeat(found.epochs, count),
            "image": np.tile(ids, len(found.epochs)),
            "class": np.tile(np.array(classes, object), len(found.epochs)),
            "x": found.positions[..., 0].ravel(),
            "y": found.positions[..., 1].ravel(),
        }
    )


def _weighed(run: Run, epoch: int, like: Mapping[str, npt.NDArray[Any]] | None) -> Mapping[str, npt.NDArray[Any]]:
    """Return what a film needs of a snapshot, checked; its images, which are much more, are left on the disk."""
    arrays = run.snapshot(epoch, ("codes", "layers", "norms", "updates", "updates_since"))
    if not run.encodes:
        return {**arrays, "codes": np.zeros((0, 2))}
    codes = arrays.get("codes")
    if codes is None or codes.ndim != 2 or not codes.size or (like is not None and codes.shape != like["codes"].shape):
        raise damaged(run.id, f"epoch-{epoch:05d}.npz", "missing fields")
    return arrays


def _moved(before: Floats, after: Floats) -> float:
    return float(np.median(np.linalg.norm(after - before, axis=1))) if len(after) else float("nan")


def _spread(codes: Floats) -> Floats:
    """Return the root mean square distance of codes (E, N, K) from their mean, (E,)."""
    spread: Floats = np.sqrt(codes.var(axis=1).sum(axis=1)) if codes.size else np.full(len(codes), np.nan)
    return spread


def _limits(values: npt.NDArray[np.float32]) -> tuple[float, float]:
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def _weights(
    snapshots: Sequence[Mapping[str, npt.NDArray[Any]]], epochs: Sequence[int]
) -> tuple[tuple[str, ...], Floats, Floats]:
    """Return the layers, and their norms and updates per epoch, (E, L) each, as far as snapshots have them."""
    layers = tuple(str(name) for name in snapshots[-1].get("layers", ()))
    if not all(_LAYER.fullmatch(layer) for layer in layers):
        layers = ()
    norms, updates = np.full((2, len(epochs), len(layers)), np.nan)
    for row, (epoch, arrays) in enumerate(zip(epochs, snapshots, strict=True)):
        if arrays.get("norms") is not None and len(arrays["norms"]) == len(layers):
            norms[row] = arrays["norms"]
            if "updates" in arrays:
                updates[row] = arrays["updates"] / max(1, epoch - int(arrays["updates_since"]))
    return layers, norms, updates
