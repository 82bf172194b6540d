"""Numbers of a variational code that are the prior, whatever the image.

References
----------
.. [1] Y. Burda, R. Grosse and R. Salakhutdinov, "Importance weighted autoencoders", ICLR 2016: active units, section
   5.2. arXiv:1509.00519
"""

from __future__ import annotations

import numpy as np

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_
from aelab.studies.posterior import SILENT_NATS, divergence

_SHARE = 0.25


def find(case: Case) -> Finding | None:
    """Find codes of which at least a quarter carries nothing."""
    posterior = case.networks.posterior(case.test_images, case.test_labels)
    if posterior is None:
        return None
    nats = divergence(*posterior).mean(axis=0)  # (K,)
    silent, latent_dim = int(np.sum(nats < SILENT_NATS)), len(nats)
    if silent < max(1, _SHARE * latent_dim):
        return None
    beta, weight = float(case.settings.get("beta", 1.0)), case.settings.get("weight")
    if weight:  # of what is decoded, beside the divergence
        change = {"weight": 10.0 * weight}
    elif silent == latent_dim:
        change = {"beta": 1.0} if beta > 1 else {"warm_up": max(1.0, case.settings["epochs"] / 2), "beta": beta / 2}
    else:
        # What weighs what is decoded against the divergence; without it only a smaller code is left.
        weight = case.settings.get("weight")
        change = {"weight": 10.0 * weight} if weight else {"latent_dim": latent_dim - silent}
    return Finding(
        SPEC.name,
        N_(
            "{silent} of the {latent} numbers of the code tell nothing of the image: their KL divergence is below "
            "{limit} nats on {count} test images."
        ),
        {"silent": silent, "latent": latent_dim, "limit": SILENT_NATS, "count": len(posterior[0])},
        {name: value for name, value in change.items() if name in case.settings},
    )


SPEC = RuleSpec(
    name="posterior_collapse",
    label=N_("Posterior collapse"),
    summary=N_(
        "The encoder gives the prior for every image, so that the decoder cannot learn from these numbers. A smaller "
        "code, a smaller beta or a warm-up helps."
    ),
    find=find,
    order=2,
)
