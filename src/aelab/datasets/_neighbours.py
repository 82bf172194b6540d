"""Every pair of hashes that differ in a few bits only, found without comparing all with all.

Cut 64 bits into `distance` + 1 bands: two hashes that differ in at most `distance` bits agree in one of the
bands (the pigeonhole principle), so only hashes that share a band need to be compared.  The result is
exact, not a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]  # (P, 2)

_BITS = 64
_MOST_BANDS = 11  # beyond, bands are so narrow that comparing all with all is as fast
_SAMPLE = 50_000  # hashes that tell which bits differ most
_AT_ONCE = 1 << 15  # comparisons whose arrays stay in the processor's cache


def pair_blocks(hashes: Hashes, distance: int) -> Iterator[Pairs]:
    """Yield every pair (i, j), i != j, within `distance` bits exactly once, some pairs at a time.

    Time grows with the squares of the numbers of hashes that share a band; memory does not.
    """
    bands = _bands(hashes, distance)
    for number, band in enumerate(bands):
        order, reach = _neighbourhoods(hashes & band)
        ordered = hashes[order]
        for step, end in enumerate(reach, start=1):
            for start in range(0, int(end), _AT_ONCE):
                stop = min(start + _AT_ONCE, int(end))
                differing = ordered[start:stop] ^ ordered[start + step : stop + step]
                near = np.flatnonzero(np.bitwise_count(differing) <= distance)
                if len(near):
                    first = near[_found_first(differing[near], bands, number)] + start
                    yield np.stack([order[first], order[first + step]], axis=1)


def _bands(hashes: Hashes, distance: int) -> list[np.uint64]:
    """Return masks that share out the 64 bits; each gets its part of the bits that differ most."""
    if distance + 1 > _MOST_BANDS:
        return [np.uint64(0)]
    bits = (hashes[:_SAMPLE, None] >> np.arange(_BITS, dtype=np.uint64)) & np.uint64(1)
    share = bits.mean(axis=0) if len(hashes) else np.zeros(_BITS)
    by_variance = np.argsort(-share * (1 - share), kind="stable")
    return [
        np.bitwise_or.reduce(np.uint64(1) << by_variance[number :: distance + 1].astype(np.uint64))
        for number in range(distance + 1)
    ]


def _neighbourhoods(keys: Hashes) -> tuple[Pairs, Pairs]:
    """Put equal keys side by side, the most frequent first.

    Returns
    -------
    order : ndarray, int64 (N,)
    reach : ndarray, int64 (longest run - 1,)
        How many places, from the first, have a place with an equal key 1, 2, ... steps further on
        or one just behind such a run: comparing so many with their neighbours misses no pair.
    """
    _, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
    sizes = counts[inverse]
    order = np.lexsort((inverse, -sizes))
    steps = np.arange(1, counts.max(initial=1))
    return order, np.searchsorted(-sizes[order], -steps, side="left") - steps


def _found_first(differing: Hashes, bands: list[np.uint64], number: int) -> npt.NDArray[np.bool_]:
    """Tell which pairs agree in this band and in none before it, so that each is reported once."""
    found: npt.NDArray[np.bool_] = (differing & bands[number]) == 0
    for band in bands[:number]:
        found &= (differing & band) != 0
    return found
