"""What a map of codes is worth: who is a neighbour on it and in truth, and whether its classes lie apart in truth.

A map shows neighbours that are none, and tears neighbours apart; which of it, and how often, is what these numbers say.
All of them are means over images; of many images they are measured at a fair draw, each against all the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from aelab.errors import N_
from aelab.projections.nearest import blocks
from aelab.projections.spec import Progress, no_progress

Floats = npt.NDArray[np.floating]
Labels = npt.NDArray[np.int32]
Chosen = npt.NDArray[np.intp]

NEIGHBOURS: Final = 10
_MOST_MEASURED: Final = 2000


@dataclass(frozen=True)
class Measure:
    """What a number beside a map means; of all of them higher is better.

    Attributes
    ----------
    label, definition : str
        The definition is a sentence or two for a student.
    equation : str
        LaTeX.
    source : str
        The paper that defines it.
    """

    label: str
    definition: str
    equation: str
    source: str


MEASURES: Final[Mapping[str, Measure]] = {
    "trustworthiness": Measure(
        N_("Trustworthiness"),
        N_(
            "Whether neighbours on the map are neighbours in truth: 1 if the k nearest of every image on the map are "
            "among its k nearest codes, less the farther away those are that are not. $U_k(i)$ are the k nearest on "
            "the map that are not among the k nearest codes, $r(i, j)$ is the rank of j among the codes by distance "
            "from i."
        ),
        r"T(k) = 1 - c \sum_{i=1}^{N} \sum_{j \in U_k(i)} (r(i,j) - k), \quad c = \frac{2}{N k (2N - 3k - 1)}",
        "J. Venna and S. Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001",
    ),
    "continuity": Measure(
        N_("Continuity"),
        N_(
            "Whether neighbours in truth are neighbours on the map: the same with the roles swapped. $V_k(i)$ are the "
            "k nearest codes that are not among the k nearest on the map, and the rank is that on the map."
        ),
        r"C(k) = 1 - c \sum_{i=1}^{N} \sum_{j \in V_k(i)} (\hat{r}(i,j) - k), \quad c = \frac{2}{N k (2N - 3k - 1)}",
        "J. Venna and S. Kaski, Neighborhood preservation in nonlinear projection methods, ICANN 2001",
    ),
    "silhouette": Measure(
        N_("Silhouette of the classes"),
        N_(
            "Whether images lie nearer to those of their own class (a, the mean distance to them) than to those of the "
            "class next to it (b): from -1 (all in the wrong place) over 0 (no groups) to 1 (far apart)."
        ),
        r"s = \frac{1}{N} \sum_{i=1}^{N} \frac{b_i - a_i}{\max(a_i, b_i)}",
        "P. J. Rousseeuw, Silhouettes: a graphical aid to the interpretation and validation of cluster analysis, 1987",
    ),
    "purity": Measure(
        N_("Purity of neighbourhoods"),
        N_("How many of an image's k nearest neighbours are of its own class, at the mean: from 0 to 1."),
        r"\frac{1}{N k} \sum_{i=1}^{N} \left|\{j \in N_k(i) : c_j = c_i\}\right|",
        "L. van der Maaten, E. Postma and J. van den Herik, Dimensionality reduction: a comparative review, 2009",
    ),
}


@dataclass(frozen=True)
class MapQuality:
    """What a map is worth; higher is better for each.

    Attributes
    ----------
    trustworthiness, continuity : float
        Of the neighbours on the map, and of those in truth; in [0, 1].
    silhouette_codes, silhouette_map : float or None
        Of the classes, in [-1, 1]; None where fewer than two classes are known.
    purity_codes, purity_map : float or None
        Share of neighbours of the same class, in [0, 1]; None likewise.
    neighbours : int
        k: ten, or fewer where there are fewer than 22 images.
    measured, of : int
        At how many images it was measured, by a fair draw, and among how many.
    labelled : int
        Of how many images the class is known; the others count in the first two measures only.
    """

    trustworthiness: float
    continuity: float
    silhouette_codes: float | None
    silhouette_map: float | None
    purity_codes: float | None
    purity_map: float | None
    neighbours: int
    measured: int
    of: int
    labelled: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data, which `MapQuality(**data)` reads back."""
        return asdict(self)


def measure(
    codes: Floats,
    coordinates: Floats,
    labels: Labels,
    *,
    seed: int = 0,
    most: int = _MOST_MEASURED,
    progress: Progress = no_progress,
) -> MapQuality:
    """Measure a map.

    Parameters
    ----------
    codes : ndarray (N, K)
    coordinates : ndarray (N, d)
    labels : ndarray, int (N,)
        -1 where unknown.
    seed, most : int
        Of the draw of images at which it is measured, and how many.
    progress : callable, optional
    """
    rng = np.random.default_rng(seed)
    asked = _drawn(len(codes), most, rng)
    count = _count(len(codes))
    known = np.flatnonzero(labels >= 0)
    trust, keep = _kept(codes, coordinates, asked, count, progress)
    found: dict[str, float | None] = {}
    for name, points in (("codes", codes), ("map", coordinates)):
        silhouette, purity = _apart(points[known], labels[known], _drawn(len(known), most, np.random.default_rng(seed)))
        found |= {f"silhouette_{name}": silhouette, f"purity_{name}": purity}
    return MapQuality(trust, keep, neighbours=count, measured=len(asked), of=len(codes), labelled=len(known), **found)


def _count(n: int) -> int:
    return max(1, min(NEIGHBOURS, (n - 1) // 2))


def _drawn(n: int, most: int, rng: np.random.Generator) -> Chosen:
    return np.arange(n) if n <= most else np.sort(rng.permutation(n)[:most])


def _kept(codes: Floats, coordinates: Floats, asked: Chosen, count: int, progress: Progress) -> tuple[float, float]:
    """Return trustworthiness and continuity at some of the images."""
    n, far, torn, done = len(codes), 0.0, 0.0, 0
    for (rows, truth), (_, drawn) in zip(blocks(codes, asked), blocks(coordinates, asked), strict=True):
        far += _intrusion(drawn, truth, count)
        torn += _intrusion(truth, drawn, count)
        done += len(rows)
        progress(done / len(asked))
    scale = 2 / (len(asked) * count * (2 * n - 3 * count - 1))
    return 1 - scale * far, 1 - scale * torn


def _intrusion(here: Floats, there: Floats, count: int) -> float:
    """Return by how much the ranks `there` of the nearest `here` lie beyond `count`, over all rows (m, N)."""
    nearest = np.argpartition(here, count - 1, axis=1)[:, :count]
    beyond = 0
    for squares in np.take_along_axis(there, nearest, axis=1).T:
        ranks = 1 + np.count_nonzero(there < squares[:, None], axis=1)  # equal distances share the best rank
        beyond += int(np.maximum(ranks - count, 0).sum())
    return float(beyond)


def _apart(points: Floats, labels: Labels, asked: Chosen) -> tuple[float | None, float | None]:
    """Return silhouette and purity of the classes at some of the images."""
    classes, codes = np.unique(labels, return_inverse=True)
    if len(classes) < 2 or len(labels) < 3:
        return None, None
    sizes = np.bincount(codes)
    member = np.eye(len(classes))[codes]  # (N, C)
    count = _count(len(points))
    silhouettes, same = 0.0, 0
    for rows, squares in blocks(points, asked):
        own = codes[rows]
        nearest = np.argpartition(squares, count - 1, axis=1)[:, :count]
        same += int(np.count_nonzero(codes[nearest] == own[:, None]))
        squares[np.arange(len(rows)), rows] = 0
        silhouettes += _silhouettes(np.sqrt(squares) @ member, own, sizes)
    return silhouettes / len(asked), same / (len(asked) * count)


def _silhouettes(sums: Floats, own: Chosen, sizes: Chosen) -> float:
    """Return the sum of silhouettes, of summed distances (m, C) to each class; of the only one of its class it is 0."""
    here = np.arange(len(own))
    inner = sums[here, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[here, own] = np.inf
    outer = means.min(axis=1)
    larger = np.maximum(inner, outer)
    values = np.divide(outer - inner, larger, out=np.zeros_like(outer), where=larger > 0)
    return float(np.sum(values[sizes[own] > 1]))
