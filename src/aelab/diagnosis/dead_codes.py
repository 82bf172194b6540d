"""Letters of a codebook that no image uses."""

from __future__ import annotations

import numpy as np

from aelab.diagnosis.case import Case, nearest_power_of_two
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_SHARE = 0.5


def find(case: Case) -> Finding | None:
    """Find a codebook of which less than half is in use."""
    if "code_size" not in case.settings:
        return None
    codebook = case.run.weights()["decoder_0"].astype(np.float64)  # (letters, size): the decoder's first layer
    vectors = case.codes.reshape(-1, codebook.shape[1])
    used = set[int]()
    for part in np.array_split(vectors, max(1, len(vectors) // 4096)):
        used |= set(np.argmin(np.square(codebook).sum(axis=1) - 2.0 * part @ codebook.T, axis=1).tolist())
    if len(used) >= _SHARE * len(codebook):
        return None
    return Finding(
        SPEC.name,
        N_("Only {used} of the {codes} letters of the codebook are used by {count} test images."),
        {"used": len(used), "codes": len(codebook), "count": len(case.codes)},
        {"codes": max(2, min(nearest_power_of_two(len(used)), len(codebook) // 2))},
    )


SPEC = RuleSpec(
    name="dead_codes",
    label=N_("Dead codes"),
    summary=N_("Letters that are never the nearest are never moved, and stay unused. A smaller codebook wastes fewer."),
    find=find,
    order=4,
)
