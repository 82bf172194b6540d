"""Deal groups of images to the parts of a split, so that each class gives each part what it owes.

Whole groups move at a time.  There is no loop over images: a million take a second.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_REST = 0  # the part that gets what no quota asks for; the parts of the quotas are 1, 2, ...


@dataclass(frozen=True)
class Units:
    """Images by the groups that stay together.

    Attributes
    ----------
    classes : ndarray, int64 (N,)
        0 to C - 1, of each image.
    unit : ndarray, int64 (N,)
        0 to U - 1, which group each image is in.
    sizes : ndarray, int64 (U,)
        Images in each group.
    home : ndarray, int64 (U,)
        The class that a group counts for.
    mixed : ndarray, bool (U,)
        Whether it has images of several classes.
    order : ndarray, int64
        The groups that may be dealt, by class, and by chance within a class.
    """

    classes: Ints
    unit: Ints
    sizes: Ints
    home: Ints
    mixed: Bools
    order: Ints

    @classmethod
    def of(
        cls, labels: npt.NDArray[np.integer], groups: npt.NDArray[np.integer], bound: Bools, rng: np.random.Generator
    ) -> Units:
        """Make them of labels and group numbers (N,); groups that are `bound` (N,) stay with the rest."""
        _, classes = np.unique(labels, return_inverse=True)
        _, first, unit, sizes = np.unique(groups, return_index=True, return_inverse=True, return_counts=True)
        home = classes[first]
        mixed = np.zeros(len(sizes), np.bool_)
        mixed[unit[classes != home[unit]]] = True
        order = np.lexsort((rng.permutation(len(sizes)), home))
        return cls(classes, unit, sizes, home, mixed, order[~bound[first][order]])

    @property
    def images_by_class(self) -> Ints:
        """int64 (C,)."""
        return np.bincount(self.classes)

    @property
    def groups_by_class(self) -> Ints:
        """int64 (C,): how many groups of each class may be dealt."""
        return np.bincount(self.home[self.order], minlength=len(self.images_by_class))


def deal(units: Units, quotas: Ints) -> npt.NDArray[np.uint8]:
    """Return the part of each image, uint8 (N,): 0, or the number of a row of `quotas` from 1 on.

    Parameters
    ----------
    units : Units
    quotas : ndarray, int64 (K, C)
        How many images of each class each part should get; together fewer than there are.
    """
    table = _Table(units, len(quotas))
    table.deal_in_turn(quotas)
    table.settle_classes(quotas)
    table.settle_totals(quotas)
    table.fill_empty(quotas)
    return table.part[units.unit]


def shared_out(total: int, ideal: npt.NDArray[np.floating[Any]], low: Ints, high: Ints) -> Ints:
    """Return whole numbers (C,) near `ideal`, within `low` and `high`, whose sum is `total` if bounds permit."""
    numbers: Ints = np.clip(np.floor(ideal).astype(np.int64), low, high)
    while missing := total - int(numbers.sum()):
        step = 1 if missing > 0 else -1
        by_remainder = np.argsort(step * (numbers - ideal), kind="stable")
        room = numbers < high if step > 0 else numbers > low
        chosen = by_remainder[room[by_remainder]][: abs(missing)]
        if not len(chosen):
            break
        numbers[chosen] += step
    return numbers


class _Table:
    """Where each group lies at the moment."""

    def __init__(self, units: Units, parts: int) -> None:
        self.part = np.zeros(len(units.sizes), np.uint8)
        self._units = units
        self._parts = parts + 1
        self._ends = np.searchsorted(units.home[units.order], np.arange(len(units.images_by_class) + 1))
        self._pure = units.order[~units.mixed[units.order]]
        self._pure_ends = np.searchsorted(units.home[self._pure], np.arange(len(units.images_by_class) + 1))

    def counts(self) -> Ints:
        """Return the images that each part has of each class, int64 (K + 1, C)."""
        count = len(self._units.images_by_class)
        keys = self.part[self._units.unit].astype(np.int64) * count + self._units.classes
        return np.bincount(keys, minlength=self._parts * count).reshape(self._parts, count)

    def deal_in_turn(self, quotas: Ints) -> None:
        """Give each part the next groups of each class; a group across a border stays with the rest."""
        order = self._units.order
        home, sizes = self._units.home[order], self._units.sizes[order]
        before = np.concatenate([[0], np.cumsum(sizes)])
        start = before[:-1] - before[self._ends[home]]
        border = np.zeros(quotas.shape[1], np.int64)
        for number, quota in enumerate(quotas, start=1):
            inside = (start >= border[home]) & (start + sizes <= (border + quota)[home])
            self.part[order[inside]] = number
            border += quota

    def settle_classes(self, quotas: Ints) -> None:
        """Exchange groups of one class with the rest until each class gives each part its quota."""
        missing = quotas - self.counts()[1:]
        for number, label in np.argwhere(missing):
            own = self._pure[self._pure_ends[label] : self._pure_ends[label + 1]]
            self._exchange(own, int(number) + 1, int(missing[number, label]))

    def settle_totals(self, quotas: Ints) -> None:
        """Let all classes that can spare images make up for those whose groups did not fit."""
        for number, quota in enumerate(quotas, start=1):
            missing = int(quota.sum() - self.counts()[number].sum())
            while missing and len(groups := self._spared(number, missing)):
                self._exchange(groups, number, missing)
                missing = int(quota.sum() - self.counts()[number].sum())

    def _spared(self, number: int, missing: int) -> Ints:
        """Return groups that could move, from each class about equally many images and never all."""
        source = _REST if missing > 0 else number
        counts = self.counts()[source]
        groups = self._pure[self.part[self._pure] == source]
        home, sizes = self._units.home[groups], self._units.sizes[groups]
        fitting = sizes <= np.minimum(abs(missing), counts[home] - 1)
        groups, home, sizes = groups[fitting], home[fitting], sizes[fitting]
        share = max(-(-abs(missing) // len(counts)), sizes.min(initial=abs(missing)))
        before = np.concatenate([[0], np.cumsum(sizes)])
        within = before[1:] - before[np.searchsorted(home, home)]
        chosen: Ints = groups[within <= np.minimum(share, counts[home] - 1)]
        return chosen

    def fill_empty(self, quotas: Ints) -> None:
        """Give a part that has nothing of a class its smallest group, and one that has nothing at all any group."""
        counts = self.counts()
        for number, label in np.argwhere((counts[1:] == 0) & (quotas > 0)):
            own = self._units.order[self._ends[label] : self._ends[label + 1]]
            most = min(int(quotas[number].sum()), int(self.counts()[_REST, label]) - 1)
            self._give_smallest(own, int(number) + 1, most)
        for number in np.flatnonzero((self.counts()[1:].sum(axis=1) == 0) & (quotas.sum(axis=1) > 0)):
            self._give_smallest(self._units.order, int(number) + 1, int(self.counts()[_REST].sum()) - 1)

    def _exchange(self, groups: Ints, number: int, missing: int) -> None:
        """Move `missing` images of these groups from the rest to a part, or back if negative; at most so many."""
        source, target = (_REST, number) if missing > 0 else (number, _REST)
        left = abs(missing)
        sizes = self._units.sizes
        while len(fitting := groups[(self.part[groups] == source) & (sizes[groups] <= left)]):
            sums = np.cumsum(sizes[fitting])
            upto = int(np.searchsorted(sums, left, side="right"))
            self.part[fitting[:upto]] = target
            left -= int(sums[upto - 1])

    def _give_smallest(self, groups: Ints, number: int, most: int) -> None:
        resting = groups[self.part[groups] == _REST]
        if len(resting):
            smallest = resting[np.argmin(self._units.sizes[resting])]
            if self._units.sizes[smallest] <= most:
                self.part[smallest] = number
