"""Numbers of the code that are the same for every image."""

from __future__ import annotations

import numpy as np

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_STILL = 0.01  # of the spread of the number that moves most
_SHARE = 0.1


def find(case: Case) -> Finding | None:
    """Find codes of which at least a tenth does not move; of a variational one, that is posterior collapse."""
    if not case.networks.encodes or case.networks.posterior(case.test_images[:1], case.test_labels[:1]) is not None:
        return None
    spread = case.codes.std(axis=0)  # (K,)
    dead = int(np.sum(spread <= _STILL * spread.max()))
    if dead < max(1, _SHARE * len(spread)):
        return None
    alive = max(1, len(spread) - dead)
    return Finding(
        SPEC.name,
        N_("{dead} of the {latent} numbers of the code are the same for all of {count} test images."),
        {"dead": dead, "latent": len(spread), "count": len(case.codes)},
        {"latent_dim": alive} if alive < len(spread) else {},
    )


SPEC = RuleSpec(
    name="dead_units",
    label=N_("Dead units"),
    summary=N_(
        "Units that never change carry nothing, and a ReLU that is never positive gets no gradient to come back "
        "with. A smaller code or a lower learning rate helps."
    ),
    find=find,
    order=4,
)
