"""Projection on principal components: what clean images have in common is kept, the rest is dropped.

The linear counterpart of a denoising autoencoder with a bottleneck.
"""

from __future__ import annotations

import numpy as np

from aelab.errors import N_
from aelab.filters._images import in_range
from aelab.filters._learning import check_learned, sample
from aelab.filters.spec import FilterSpec, Known
from aelab.pixels import Images

_LABEL = N_("PCA projection")


def learn(clean: Images, noisy: Images) -> Known:
    """Find the principal components of clean training images (N, H, W, C); the noisy ones are not needed.

    Returns
    -------
    mapping
        `mean` (H, W, C); `components` (K, D), the K <= min(N, D) directions of greatest variance first; `explained`
        (K,), the share of the variance that each of them and those before it have together. Without variance, as
        with one training image, K is 0.
    """
    from sklearn.decomposition import PCA  # noqa: PLC0415 - takes seconds that only its use need cost

    some = sample(clean)
    flat = some.reshape(len(some), -1)
    mean = flat.mean(axis=0, dtype=np.float64).astype(np.float32)
    if (flat == flat[0]).all():
        nothing = np.zeros((0, flat.shape[1]), np.float32)
        return {"mean": flat[0].reshape(some.shape[1:]).copy(), "components": nothing, "explained": nothing[:, 0]}
    pca = PCA(svd_solver="covariance_eigh" if len(flat) >= flat.shape[1] else "full").fit(flat)
    return {
        "mean": mean.reshape(some.shape[1:]),
        "components": np.asarray(pca.components_, np.float32),
        "explained": np.cumsum(pca.explained_variance_ratio_, dtype=np.float32),
    }


def restore(noisy: Images, known: Known, *, variance: float) -> Images:
    """Return noisy images (N, H, W, C) projected on the span of the first components.

    Parameters
    ----------
    variance : float
        The share of the variance of clean images that these components have to explain.
    """
    check_learned(known, noisy, _LABEL)
    count = int(np.searchsorted(known["explained"], np.float32(variance), side="right")) + 1
    components = known["components"][:count]
    mean = known["mean"].ravel()
    centred = noisy.reshape(len(noisy), mean.size) - mean
    return in_range(centred @ components.T @ components + mean).reshape(noisy.shape)


SPEC = FilterSpec(
    name="pca_projection",
    label=_LABEL,
    summary=N_(
        "Keeps of an image only what clean training images have in common, along their principal components; all "
        "channels together."
    ),
    settings={"variance": (0.99, 0.98, 0.97, 0.95, 0.925, 0.9, 0.875, 0.85, 0.8, 0.75, 0.7, 0.6, 0.5)},
    restore=restore,
    source=(
        "Hotelling (1933), Analysis of a complex of statistical variables into principal components, Journal of "
        "Educational Psychology 24, 417-441, doi:10.1037/h0071325"
    ),
    equation=r"\hat{x} = \mu + W_k W_k^\top (\tilde{x} - \mu)",
    learn=learn,
    order=90,
)
