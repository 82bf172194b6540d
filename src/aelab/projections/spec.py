"""What the file of a projection declares, and what comes out of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aelab.fields import Config as BaseConfig
from aelab.fields import field

Floats = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int32]

#: ``progress(share)``, called often while it is fitted; what it raises ends the work.
Progress = Callable[[float], None]


def no_progress(share: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Config(BaseConfig):
    """What every projection is asked."""

    dimensions: int = field(2, "Dimensions", "Of the map: a plane or a space.", low=2, high=3)


@dataclass(frozen=True)
class Affine:
    """The way back from a map to codes: ``codes = origin + coordinates @ axes``.

    Attributes
    ----------
    origin : ndarray, float32 (K,)
        The code of the map's origin.
    axes : ndarray, float32 (d, K)
        How far each code's number moves with one step along each axis of the map.
    exact : bool
        Whether every code that was projected comes back as it was. Else the way back gives a likely code: the map has
        lost something that no way back can know.
    """

    origin: Floats
    axes: Floats
    exact: bool

    def __call__(self, coordinates: Floats) -> Floats:
        """Return codes (N, K) of coordinates (N, d)."""
        return (self.origin + np.asarray(coordinates, np.float64) @ self.axes).astype(np.float32)


@dataclass(frozen=True)
class Linear:
    """A projection that is a change of axes: ``coordinates = (codes - offset) @ matrix``.

    Attributes
    ----------
    offset : ndarray, float32 (K,)
    matrix : ndarray, float32 (K, d)
    """

    offset: Floats
    matrix: Floats

    def __call__(self, codes: Floats) -> Floats:
        """Return coordinates (N, d) of codes (N, K)."""
        return ((codes.astype(np.float64) - self.offset) @ self.matrix).astype(np.float32)


@dataclass(frozen=True)
class Fitted:
    """Codes on a map.

    Attributes
    ----------
    coordinates : ndarray, float32 (N, d)
    explained_variance : tuple of float
        Share of the codes' variance along each axis, for a projection whose axes mean that; else empty.
    divergence : float or None
        What t-SNE minimised, in nats.
    linear : Linear or None
        What the projection is, where it is a change of axes.
    inverse : Affine or None
        The way back; None where there is none.
    """

    coordinates: Floats
    explained_variance: tuple[float, ...] = ()
    divergence: float | None = None
    linear: Linear | None = None
    inverse: Affine | None = None


@dataclass(frozen=True)
class ProjectionSpec:
    """One way to draw codes in two or three dimensions.

    Attributes
    ----------
    name, label : str
    summary : str
        What it keeps, and what on its map means nothing.
    config : type of Config
        A subclass of `Config` above.
    fit : callable
        ``fit(codes, labels, config, progress) -> Fitted``; codes float32 (N, K), labels int32 (N,), -1 where unknown.
        The same input gives the same output. A `LabError` where there is no such map of these codes.
    place : callable
        ``place(fitted, codes, config, new) -> coordinates`` of new codes (M, K), float32 (M, d), on the map that was
        fitted on `codes`.
    quick : bool
        Whether ten thousand codes take less than two seconds.
    places_quickly : bool
        Whether a new code has its place within a second.
    neighbours : str
        The setting that must stay well below the number of images; "" where there is none.
    missing : callable
        Returns how to install what it needs, "" where it is there.
    source : str
        The paper or book that describes it.
    equation : str
        LaTeX.
    """

    name: str
    label: str
    summary: str
    config: type[Config]
    fit: Callable[..., Fitted]
    place: Callable[..., Floats]
    source: str
    equation: str
    quick: bool = True
    places_quickly: bool = True
    neighbours: str = ""
    missing: Callable[[], str] = lambda: ""
    order: int = 0


def place_linearly(fitted: Fitted, codes: Floats, config: Config, new: Floats) -> Floats:
    """Return where new codes lie on a map that is a change of axes: exactly where they would have been."""
    assert fitted.linear is not None
    return fitted.linear(new)
