"""Copies under different labels: no rule can tell which of them is right, so none is sacrificed for another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt


def split_by_label(members: Sequence[int], labels: npt.NDArray[np.integer]) -> list[list[int]]:
    """Return the members by label, in their order, the label that comes first first.

    A copy without a label belongs to the first label there is: it says nothing of its own.
    """
    own = [int(labels[index]) for index in members]
    first = next((label for label in own if label >= 0), -1)
    parts: dict[int, list[int]] = {}
    for index, label in zip(members, own, strict=True):
        parts.setdefault(label if label >= 0 else first, []).append(index)
    return list(parts.values())
