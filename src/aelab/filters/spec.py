"""What the file of a filter declares."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.pixels import Images

Setting = float | str
Settings = Mapping[str, Setting]
Known = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True)
class FilterSpec:
    """One way to restore images without a network.

    Attributes
    ----------
    name, label : str
    summary : str
        What it does, and what it makes of colours.
    settings : mapping of str to tuple
        The values of each setting that are tried when it is tuned, those that change an image less first. The first
        setting is the one that counts most. Empty for a filter without settings.
    restore : callable
        ``restore(noisy, known, **chosen) -> images``: float32 (N, H, W, C) in [0, 1], both in and out; the input is
        not changed. `known` is what `learn` returned, empty for a filter that learns nothing; `chosen` is one value
        for each of the settings. The same input gives the same output.
    learn : callable, optional
        ``learn(clean, noisy) -> known``, from training images and the same images corrupted. What is learned serves
        every choice of settings, so that trying them all costs one learning.
    source : str
        The paper or book that describes it.
    equation : str
        LaTeX.
    """

    name: str
    label: str
    summary: str
    settings: Mapping[str, tuple[Setting, ...]]
    restore: Callable[..., Images]
    source: str
    equation: str
    learn: Callable[[Images, Images], Known] | None = None
    order: int = 0

    def choices(self) -> Iterator[Settings]:
        """Yield every combination of settings, the weakest first; a single empty one if there are no settings."""
        for values in itertools.product(*self.settings.values()):
            yield dict(zip(self.settings, values, strict=True))
