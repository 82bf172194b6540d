"""Find pictures that are in a dataset twice: byte for byte, or made from one another.

The same picture in training and in test makes every reported number too good.  Equal files have equal
digests.  A picture that was resized, recompressed or brightened has a perceptual hash that differs in a
few bits; but so do two handwritten ones, which is why `duplicate_pairs` looks closer where many are alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from aelab.datasets._likeness import Likeness
from aelab.datasets._neighbours import pair_blocks
from aelab.datasets._phash import phash, thumbnails
from aelab.errors import LabError

__all__ = [
    "duplicate_pairs",
    "group_ids",
    "groups",
    "identical_groups",
    "near_groups",
    "near_pairs",
    "phash",
    "thumbnails",
]

Hashes = npt.NDArray[np.uint64]
Indices = npt.NDArray[np.int64]
UInt8 = npt.NDArray[np.uint8]

_MOST_PAIRS = 20_000_000  # 320 MB
_GATHERED = 2_000_000  # pairs that are held before they are turned into groups
_CROWD = 50  # so many different pictures in one chain of likeness are not copies of each other
_MOST_COMPARED = 200_000  # thumbnails in memory: 200 MB
_COPIES_PAIRED = 64  # of more copies each is paired with the first only


def near_pairs(hashes: Hashes, distance: int, most: int = _MOST_PAIRS) -> Indices:
    """Return every pair of hashes that differ in at most `distance` bits.

    Parameters
    ----------
    hashes : ndarray, uint64 (N,)
    distance : int
        0 to 64 bits; a negative one has no pairs.
    most : int
        So many pairs are returned at most.

    Returns
    -------
    ndarray, int64 (P, 2)
        i < j in each row; rows sorted.

    Raises
    ------
    LabError
        If there are more than `most`: then they are no duplicates, and nobody could look at them.
    """
    if distance < 0:
        return _no_pairs()
    _, counts = np.unique(hashes, return_counts=True)
    found = int((counts * (counts - 1) // 2).sum())  # known at once, before a million equal hashes are compared
    blocks: list[Indices] = []
    if found <= most:
        found = 0
        for block in pair_blocks(hashes, distance):
            blocks.append(block)
            found += len(block)
            if found > most:
                break
    if found > most:
        raise LabError(
            "More than {most} pairs of images are alike within {distance} bits; choose a smaller distance.",
            most=most,
            distance=distance,
        )
    return _in_order(blocks)


def near_groups(hashes: Hashes, distance: int) -> Indices:
    """Return a group's number for each hash: one group is what a chain of steps of `distance` bits connects.

    Like `group_ids` of `near_pairs`, in memory that does not grow with the number of pairs.

    Returns
    -------
    ndarray, int64 (N,)
        0, 1, 2, ... in the order of the groups' first members.
    """
    distinct, inverse = np.unique(hashes, return_inverse=True)
    ids = np.arange(len(distinct))
    for pairs in _gathered(pair_blocks(distinct, distance) if distance >= 0 else iter(())):
        linked = np.stack([np.arange(len(ids)), ids], axis=1)  # what is connected already stays so
        ids = _components(len(ids), np.concatenate([pairs, linked]))
    return _numbered(ids[inverse] if distance >= 0 else np.arange(len(hashes)))


def duplicate_pairs(
    hashes: Hashes,
    distance: int,
    digests: Hashes,
    thumbnails_of: Callable[[Indices], UInt8],
) -> Indices:
    """Return the pairs that are one picture: what a split must keep on one side, and a leak check must name.

    Equal digests are, and so are hashes within `distance` bits, unless the hash cannot tell these pictures apart:
    if a chain of likeness joins more than 50 different ones, thumbnails must also correlate by 0.99.

    Measured: of 200 web photos no two different ones are within 14 bits, while smaller, recompressed (JPEG 20) and
    brighter (by a fifth) versions of the 101 that have 100 pixels are within 6. Of MNIST's 70,000 digits 2,176,115
    pairs are, which chain 60,770 together; correlation leaves 15 pairs, in threes at most, and 97 % of the versions.

    Parameters
    ----------
    hashes, digests : ndarray, uint64 (N,)
    distance : int
        Bits; a negative one takes equal digests only.
    thumbnails_of : callable
        Returns the `thumbnails` of the images with these indices. Called once, or not at all. Where more
        than 200,000 different images, or 20 million pairs of them, would have to be compared, only equal
        digests count.

    Returns
    -------
    ndarray, int64 (P, 2)
        i < j, sorted. Of several equal pictures the first stands for all in pairs with other pictures; of
        more than 64 each is paired with the first only.
    """
    same = [_copies(members) for members in identical_groups(digests)]
    if distance < 0:
        return _in_order(same)
    first = np.sort(np.unique(digests, return_index=True)[1])
    different = hashes[first]
    if np.bincount(near_groups(different, distance)).max(initial=0) <= _CROWD:
        near = near_pairs(different, distance, most=_CROWD * len(different))
    elif len(first) <= _MOST_COMPARED:
        near = _verified(different, distance, thumbnails_of(first))
    else:
        near = _no_pairs()
    return _in_order([*same, first[near]])


def groups(count: int, pairs: Indices) -> list[Indices]:
    """Return the groups of two and more that `pairs` connect among `count` images.

    Returns
    -------
    list of ndarray, int64
        Ascending indices in each; groups in the order of their first member.
    """
    return _members(group_ids(count, pairs))


def group_ids(count: int, pairs: Indices) -> Indices:
    """Return each image's group, int64 (count,), numbered by first member; one that is in no pair has its own."""
    return _numbered(_components(count, pairs))


def identical_groups(digests: Hashes) -> list[Indices]:
    """Return the groups of two and more equal digests, as `groups` does."""
    return _members(_numbered(digests))


def _verified(hashes: Hashes, distance: int, small: UInt8) -> Indices:
    """Return those near pairs whose thumbnails are alike, none if they are too many to compare."""
    likeness = Likeness(small)
    compared, kept = 0, []
    for pairs in _gathered(pair_blocks(hashes, distance)):
        compared += len(pairs)
        if compared > _MOST_PAIRS:
            return _no_pairs()
        kept.append(pairs[likeness.holds(pairs)])
    return _in_order(kept)


def _gathered(blocks: Iterator[Indices]) -> Iterator[Indices]:
    """Join small blocks of pairs to large ones."""
    held: list[Indices] = []
    count = 0
    for block in blocks:
        held.append(block)
        count += len(block)
        if count >= _GATHERED:
            yield np.concatenate(held)
            held, count = [], 0
    if held:
        yield np.concatenate(held)


def _copies(members: Indices) -> Indices:
    """Return all pairs of equal pictures, or only those with the first one if they are many."""
    if len(members) > _COPIES_PAIRED:
        return np.stack([np.full(len(members) - 1, members[0]), members[1:]], axis=1)
    return members[np.stack(np.triu_indices(len(members), 1), axis=1)]


def _components(count: int, pairs: Indices) -> Indices:
    ones = np.ones(len(pairs), np.bool_)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def _numbered(keys: npt.NDArray[np.generic]) -> Indices:
    """Replace equal keys by a number: 0, 1, 2, ... in the order in which they first come."""
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int64)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[inverse]


def _members(ids: Indices) -> list[Indices]:
    """Return the indices that share a number, for each number that two or more have."""
    sizes = np.bincount(ids)
    shared = np.flatnonzero(sizes[ids] > 1) if len(ids) else np.empty(0, np.int64)
    ordered = shared[np.argsort(ids[shared], kind="stable")]
    ends = np.cumsum(sizes[sizes > 1])
    return np.split(ordered, ends[:-1]) if len(ends) else []


def _in_order(blocks: list[Indices]) -> Indices:
    pairs = np.concatenate([_no_pairs(), *blocks])
    base = pairs.max(initial=0) + 1
    keys = np.sort(pairs.min(axis=1) * base + pairs.max(axis=1))  # one number a pair sorts ten times faster
    return np.stack(np.divmod(keys, base), axis=1)


def _no_pairs() -> Indices:
    return np.empty((0, 2), np.int64)
