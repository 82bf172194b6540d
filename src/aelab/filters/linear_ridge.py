"""Linear ridge regression: the best that any linear map from noisy to clean images can do."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from aelab.errors import N_, LabError
from aelab.filters._images import in_range
from aelab.filters._learning import check_learned, sample
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images

_LABEL = N_("Linear ridge")
_BAND = 2**20  # values whose products are added up in float32: what that rounds off is far below any penalty

Rows = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]


def learn(clean: Images, noisy: Images) -> Known:
    r"""Learn the linear map from noisy to clean training images (N, H, W, C), for every penalty at once.

    With the centred images in rows, X noisy and Y clean (N, D), ridge regression is

    W = (X'X + λN)⁻¹ X'Y  (primal, D × D)  =  X' (XX' + λN)⁻¹ Y  (dual, N × N) [1]_.

    The smaller of the two matrices is taken apart into its eigenvectors, V of X'X or U of XX', and eigenvalues. Either
    way the map is a sum over at most min(N, D) directions, W = P' (Λ + λ)⁻¹ B, which is kept as P and B: V' and
    V'X'Y / N in the primal, U'X and U'Y / N in the dual. So a map of 49,152 by 49,152 for photos of 128 by 128 is never
    made, and another penalty costs nothing. Of many images a sample is enough (`_learning.sample`); sums are in
    float64, a band at a time. For 200 such photos that takes some 230 MB.

    Returns
    -------
    mapping
        `mean` and `noisy_mean` (H, W, C), `basis` P and `answers` B (K, D), `spectrum` Λ (K,), float32.

    Raises
    ------
    LabError
        If there are no images, or not the same number and size of both.

    References
    ----------
    .. [1] Saunders, Gammerman & Vovk (1998), Ridge regression learning algorithm in dual variables, ICML, 515-521
    """
    if clean.shape != noisy.shape:
        raise LabError("Linear ridge learns from pairs: clean and noisy training images must be as many and as large.")
    shape = clean.shape[1:]
    x, noisy_mean = _centred(sample(noisy))
    y, mean = _centred(sample(clean))
    basis, answers, spectrum = _primal(x, y) if len(x) >= x.shape[1] else _dual(x, y)
    return {
        "mean": mean.reshape(shape),
        "noisy_mean": noisy_mean.reshape(shape),
        "basis": basis,
        "answers": answers,
        "spectrum": spectrum,
    }


def restore(noisy: Images, known: Known, *, penalty: float) -> Images:
    """Return noisy images (N, H, W, C) mapped linearly to what clean ones would be, all channels together.

    Parameters
    ----------
    penalty : float
        λ above: scikit-learn's ``Ridge(alpha)`` with alpha = λN. In units of the variance of a value in [0, 1].
    """
    check_learned(known, noisy, _LABEL)
    centred = noisy.reshape(len(noisy), known["mean"].size) - known["noisy_mean"].ravel()
    coordinates = centred @ known["basis"].T / (known["spectrum"] + np.float32(penalty))
    return in_range(coordinates @ known["answers"] + known["mean"].ravel()).reshape(noisy.shape)


def _primal(x: Rows, y: Rows) -> tuple[Rows, Rows, Rows]:
    """Return basis, answers (K, D) and spectrum (K,) by way of X'X, for more images than values."""
    spectrum, vectors = np.linalg.eigh(_summed(lambda some: _gram(x[some]), *x.shape) / len(x))
    answers = vectors.T @ (_summed(lambda some: _product(x[some].T, y[some]), *x.shape) / len(x))
    return _kept(vectors.T, answers, spectrum)


def _dual(x: Rows, y: Rows) -> tuple[Rows, Rows, Rows]:
    """Return basis, answers (K, D) and spectrum (K,) by way of XX', for fewer images than values."""
    spectrum, vectors = np.linalg.eigh(_summed(lambda some: _gram(x[:, some].T), *reversed(x.shape)) / len(x))
    rotation = vectors.T.astype(np.float32)
    return _kept(rotation @ x, rotation @ y / np.float32(len(x)), spectrum)


def _kept(
    basis: npt.NDArray[np.floating], answers: npt.NDArray[np.floating], spectrum: Matrix
) -> tuple[Rows, Rows, Rows]:
    """Return the three as float32; rounding leaves eigenvalues of 0 just below it."""
    return basis.astype(np.float32), answers.astype(np.float32), np.maximum(spectrum, 0).astype(np.float32)


def _summed(product: Callable[[slice], Matrix], length: int, other: int) -> Matrix:
    """Add up products over bands of the longer side: within a band in float32, the bands in float64."""
    step = max(1, _BAND // other)
    total = product(slice(0, step))
    for start in range(step, length, step):
        total += product(slice(start, start + step))
    return total


def _gram(rows: Rows) -> Matrix:
    """Return rows' rows, in half the time of a product of two arrays: NumPy sees that it is symmetric."""
    return (rows.T @ rows).astype(np.float64)


def _product(left: Rows, right: Rows) -> Matrix:
    return (left @ right).astype(np.float64)


def _centred(images: Images) -> tuple[Rows, npt.NDArray[np.float32]]:
    """Return images as rows without their mean, and the mean."""
    flat = images.reshape(len(images), -1)
    mean = flat.mean(axis=0, dtype=np.float64).astype(np.float32)
    return flat - mean, mean


SPEC = FilterSpec(
    name="linear_ridge",
    label=_LABEL,
    summary=N_(
        "Predicts each clean value from all noisy ones by a linear map learned from training images; all channels "
        "together. No network without bends can do better."
    ),
    settings={"penalty": (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)},
    restore=restore,
    source=(
        "Hoerl & Kennard (1970), Ridge regression: biased estimation for nonorthogonal problems, Technometrics 12(1), "
        "55-67, doi:10.1080/00401706.1970.10488634"
    ),
    equation=(
        r"\hat{x} = \mu + W^\top (\tilde{x} - \tilde{\mu}), \quad "
        r"W = \arg\min_W \tfrac{1}{N} \| X W - Y \|^2 + \lambda \| W \|^2"
    ),
    learn=learn,
    order=100,
)
