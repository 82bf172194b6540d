"""What openTSNE asks of the codes of a map that was read from a file, where it has no index of their neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np
from openTSNE import affinity
from scipy.sparse import csr_matrix

from aelab.projections.nearest import nearest_to
from aelab.projections.spec import Floats

_NEIGHBOURS_OF_A_PERPLEXITY = 3  # as openTSNE has it


class Affinities(affinity.Affinities):  # type: ignore[misc]  # openTSNE has no types
    """How much new codes are drawn to those of a map.

    Parameters
    ----------
    codes : ndarray, float32 (N, K)
    """

    def __init__(self, codes: Floats) -> None:
        self._codes = codes
        self.P = csr_matrix((len(codes), len(codes)))  # among themselves they are not moved any more

    def to_new(self, data: Floats, perplexity: float, return_distances: bool = False) -> Any:
        """Return how much new codes (M, K) are drawn to each, sparse (M, N); and their neighbours, if asked."""
        perplexity = min(perplexity, (len(self._codes) - 1) / _NEIGHBOURS_OF_A_PERPLEXITY)
        which, distances = nearest_to(self._codes, data, int(_NEIGHBOURS_OF_A_PERPLEXITY * perplexity))
        drawn = affinity.joint_probabilities_nn(
            which,
            distances,
            np.array([perplexity]),
            symmetrize=False,
            normalization="point-wise",
            n_reference_samples=len(self._codes),
        )
        return (drawn, which, distances) if return_distances else drawn
