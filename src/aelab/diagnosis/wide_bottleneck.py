"""A code that is so large that whatever comes out says nothing of what was learned."""

from __future__ import annotations

import math

import numpy as np

from aelab.diagnosis.case import Case, nearest_power_of_two
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_NEARLY_ALL = 0.99
_ENOUGH = 0.85


def find(case: Case) -> Finding | None:
    """Find codes in which PCA would keep 99% of the variance."""
    if not case.networks.encodes:
        return None
    latent_dim, values = case.networks.latent_dim, math.prod(case.networks.shape)
    kept = float(case.spectrum[:latent_dim].sum())
    if kept < _NEARLY_ALL and latent_dim < values:
        return None
    enough = int(np.searchsorted(np.cumsum(case.spectrum), _ENOUGH)) + 1
    proposal = max(2, min(nearest_power_of_two(enough), latent_dim // 2))
    return Finding(
        SPEC.name,
        N_(
            "With {latent} numbers for {values} pixel values, a linear code would already keep {share}% of the "
            "variance: a good reconstruction says little here."
        ),
        {"latent": latent_dim, "values": values, "share": f"{100 * min(kept, 1.0):.1f}"},
        {"latent_dim": proposal} if proposal < latent_dim else {},
    )


SPEC = RuleSpec(
    name="wide_bottleneck",
    label=N_("Bottleneck too wide"),
    summary=N_(
        "A code as rich as the images can be copied without understanding them. A smaller latent dimension makes the "
        "reconstruction a test again."
    ),
    find=find,
    order=7,
)
