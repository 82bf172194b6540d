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

_ACTIVE_NATS = 0.01
_SHARE = 0.25


def find(case: Case) -> Finding | None:
    """Find codes of which at least a quarter carries nothing."""
    posterior = case.networks.posterior(case.test_images, case.test_labels)
    if posterior is None:
        return None
    mean, log_variance = (each.astype(np.float64) for each in posterior)  # (N, K) each
    divergence = 0.5 * (mean**2 + np.exp(log_variance) - 1.0 - log_variance).mean(axis=0)  # (K,)
    silent = int(np.sum(divergence < _ACTIVE_NATS))
    latent_dim = len(divergence)
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
        {"silent": silent, "latent": latent_dim, "limit": _ACTIVE_NATS, "count": len(mean)},
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
