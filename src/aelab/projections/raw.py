"""The codes as they are: two or three of their numbers, and of a two-dimensional code all there is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aelab.errors import N_, LabError
from aelab.fields import field
from aelab.projections import spec
from aelab.projections._checks import check
from aelab.projections.spec import Affine, Fitted, Floats, Labels, Linear, Progress, ProjectionSpec, no_progress

_HIGHEST = 4096  # the largest code the lab trains


@dataclass(frozen=True)
class Config(spec.Config):
    """Which numbers of a code to draw; the first is 1."""

    x: int = field(1, "Across", "Which number of a code is drawn across; the first is 1.", low=1, high=_HIGHEST)
    y: int = field(2, "Upwards", "Which number of a code is drawn upwards.", low=1, high=_HIGHEST)
    z: int = field(3, "In depth", "Which number of a code is the third axis of a space.", low=1, high=_HIGHEST)


def fit(codes: Floats, labels: Labels, config: Config, progress: Progress = no_progress) -> Fitted:
    """Draw numbers of the codes, unchanged.

    The way back leaves every other number at its mean.

    Raises
    ------
    LabError
        If a code has not as many numbers, or one is chosen twice.
    """
    check(codes)
    chosen = _chosen(config, codes.shape[1])
    matrix = np.zeros((codes.shape[1], len(chosen)), np.float32)
    matrix[chosen, np.arange(len(chosen))] = 1
    origin = codes.mean(axis=0, dtype=np.float64).astype(np.float32)
    origin[chosen] = 0
    variance = codes.var(axis=0, dtype=np.float64)
    return Fitted(
        np.ascontiguousarray(codes[:, chosen], np.float32),
        tuple(float(each) for each in variance[chosen] / variance.sum()),
        linear=Linear(np.zeros_like(origin), matrix),
        inverse=Affine(origin, matrix.T.copy(), exact=codes.shape[1] == len(chosen)),
    )


def _chosen(config: Config, latent_dim: int) -> list[int]:
    """Return which numbers of a code are drawn, the first as 0."""
    asked = (config.x, config.y, config.z)[: config.dimensions]
    if max(asked) > latent_dim:
        raise LabError(
            "The codes of this run have {latent_dim} numbers; number {asked} is not among them. Choose others, or PCA.",
            latent_dim=latent_dim,
            asked=max(asked),
        )
    if len(set(asked)) < len(asked):
        raise LabError(
            "Each axis draws another number of the codes; these are {asked}. Choose different ones.",
            asked=", ".join(map(str, asked)),
        )
    return [each - 1 for each in asked]


SPEC = ProjectionSpec(
    name="raw",
    label=N_("Raw codes"),
    summary=N_("Draws two or three numbers of each code as they are; whatever the others say is not seen."),
    config=Config,
    fit=fit,
    place=spec.place_linearly,
    source=N_("no method: the codes themselves"),
    equation=r"y_n = (z_{n,i},\, z_{n,j})",
    order=5,
)
