"""Which pictures are one picture: the same file, or made from one another by resizing or recompressing.

`datasets.similar.duplicate_pairs` errs on the side of the split, where keeping two strangers together costs
nothing.  Here a picture may be thrown away, so what it finds is looked at once more: a perceptual hash is
proof only where it is rare.  Of 200 web photos no two different ones are within 14 of 64 bits; handwritten ones have
hundreds, because digits in the middle of black all look alike to 64 bits.  There pixels must agree as well.

Measured: of 900 different images of Fashion-MNIST the hash alone joins 36 pairs within 4 bits and 185 within 6, of
1,797 digits 82 and 403; here none is left. Of 99 web photos all are found that were saved again in JPEG 30, at half
the size, 50 pixels wide, in grey, blurred or with less contrast, of those made brighter by a fifth 93 within 4 bits
and 98 within 6, of those cut by 2 % at each side 58 and 85; never a pair of strangers.
"""

from __future__ import annotations

from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from aelab.cleaning._reading import chosen
from aelab.cleaning.subject import Subject
from aelab.datasets.similar import duplicate_pairs, groups, thumbnails

Indices = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]
Floats = npt.NDArray[np.float32]

#: Bits of 64 that two hashes may differ in, unless a person says otherwise.
DISTANCE: Final = 6

_AT_ONCE = 1024  # pairs
_SAMPLE = 4096  # hashes that tell what is common in a dataset
_WIDER = 10  # bits beyond the distance: who has many others there has some nearer by chance
_COMMON, _COMMON_SHARE = 3, 0.002  # so many others there, in number and in share of the sample, are many
_AGREEMENT = 0.995  # correlation of thumbnails
_FLAT = 4.0  # of 255: the hash of a picture of one colour is chance


def copies(subject: Subject, distance: int) -> list[Indices]:
    """Return the groups of pictures that are one, ascending, each in one group; identical files among them.

    Parameters
    ----------
    subject : Subject
    distance : int
        Bits that two perceptual hashes may differ in; a negative one finds identical files only.
    """
    return subject.once(("copies", distance), lambda: _groups(subject, distance))


def bits_apart(subject: Subject, members: Indices) -> int:
    """Return the largest number of bits between a file of a group and the one in it that is most like it."""
    different = members[np.unique(subject.digests[members], return_index=True)[1]]
    hashes = subject.hashes[different]
    apart = np.bitwise_count(hashes[:, None] ^ hashes[None, :])
    np.fill_diagonal(apart, 64)
    return int(apart.min(axis=1).max())


def _groups(subject: Subject, distance: int) -> list[Indices]:
    hashes = subject.hashes if distance >= 0 else subject.digests
    pairs = duplicate_pairs(hashes, distance, subject.digests, partial(_thumbnails, subject))
    identical = subject.digests[pairs[:, 0]] == subject.digests[pairs[:, 1]]
    near = pairs[~identical]
    confirmed = [
        _confirmed(subject, near[start : start + _AT_ONCE], distance) for start in range(0, len(near), _AT_ONCE)
    ]
    return groups(len(subject), np.concatenate([pairs[identical], *confirmed]))


def _confirmed(subject: Subject, pairs: Indices, distance: int) -> Indices:
    involved, places = np.unique(pairs, return_inverse=True)
    one, other = places.reshape(pairs.shape).T
    pixels = _thumbnails(subject, involved).reshape(len(involved), -1).astype(np.float32)
    pixels -= pixels.mean(axis=1, keepdims=True)
    deviation = pixels.std(axis=1)
    plain = deviation >= _FLAT
    standard = pixels / np.maximum(deviation, _FLAT)[:, None]
    agree = np.einsum("ij,ij->i", standard[one], standard[other]) >= _AGREEMENT * pixels.shape[1]
    rare = _rare(subject.hashes, involved, distance)
    kept: Indices = pairs[plain[one] & plain[other] & (agree | (rare[one] & rare[other]))]
    return kept


def _rare(hashes: Hashes, involved: Indices, distance: int) -> npt.NDArray[np.bool_]:
    """Tell which hashes have few others just beyond `distance`."""
    sample = hashes[:: max(1, -(-len(hashes) // _SAMPLE))]
    apart = np.bitwise_count(hashes[involved][:, None] ^ sample[None, :])
    beyond = np.count_nonzero((apart > distance) & (apart <= distance + _WIDER), axis=1)
    few: npt.NDArray[np.bool_] = beyond <= max(_COMMON, _COMMON_SHARE * len(sample))
    return few


def _thumbnails(subject: Subject, indices: Indices) -> npt.NDArray[np.uint8]:
    """Return the thumbnails of the images with these indices, uint8 (n, 32, 32), read a few at a time."""
    return np.concatenate([thumbnails(block) for block in chosen(subject.images, indices)])
