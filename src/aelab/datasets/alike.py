"""Which images of a dataset are one picture: what its split keeps together, and what a leak check looks for."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from aelab.datasets.originals import Digests, Originals, Pixels
from aelab.datasets.similar import duplicate_pairs, group_ids, thumbnails

Pairs = npt.NDArray[np.int64]


def same_pictures(
    originals: Originals,
    kept: npt.NDArray[np.int64],
    prepared: Digests,
    distance: int,
    small: Pixels | None = None,
) -> Pairs:
    """Return pairs of images that are one picture: as files, as they were prepared, or nearly.

    Parameters
    ----------
    originals : Originals
    kept : ndarray, int64 (N,)
        Index into the originals of each image.
    prepared : ndarray, uint64 (N,)
        Digests of the images as they were prepared.
    distance : int
        Bits of the perceptual hash in which near-duplicates may differ; -1 takes identical ones only.
    small : ndarray, uint8 (N0, 32, 32), optional
        `similar.thumbnails` of the originals, if they are at hand.

    Returns
    -------
    ndarray, int64 (P, 2)
        i < j, sorted; see `similar.duplicate_pairs`.
    """
    files = originals.digests[kept]
    same = group_ids(len(kept), np.concatenate([_chained(files), _chained(prepared)])).astype(np.uint64)
    hashes = originals.hashes()[kept] if distance >= 0 else same

    def thumbnails_of(indices: npt.NDArray[np.int64]) -> Pixels:
        if small is not None:
            return small[kept[indices]]
        return thumbnails(originals.pixels(index) for index in kept[indices].tolist())

    return duplicate_pairs(hashes, distance, same, thumbnails_of)


def _chained(digests: Digests) -> Pairs:
    """Return pairs (P, 2) that tie all of one digest together."""
    order = np.argsort(digests, kind="stable")
    same = digests[order[1:]] == digests[order[:-1]]
    return np.stack([order[:-1][same], order[1:][same]], axis=1)
