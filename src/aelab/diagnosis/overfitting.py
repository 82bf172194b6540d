"""A network that goes on learning its training images, and no longer what they have in common with others."""

from __future__ import annotations

import numpy as np

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_RISE = 0.03  # of the validation loss over its least, beside how far it had fallen
_EPOCHS = 5
_LATE = 0.8  # of the epochs: what is best after these has not risen since, but trembles


def find(case: Case) -> Finding | None:
    """Find a validation loss that has risen while the training loss went on falling."""
    train, validation = case.loss["train"], case.loss["validation"]
    if len(validation) < _EPOCHS or case.run.plan.model.opponent is not None:
        return None
    best = int(np.argmin(validation))
    fallen = validation[0] - validation[best]
    risen = validation[-1] - validation[best]
    if fallen <= 0 or best >= _LATE * len(validation) or risen < _RISE * fallen or train[-1] >= train[best]:
        return None
    return Finding(
        SPEC.name,
        N_(
            "The loss on validation images was least after epoch {best} ({least}) and has risen to {last} since, "
            "while it fell on training images."
        ),
        {"best": best + 1, "least": f"{validation[best]:.4g}", "last": f"{validation[-1]:.4g}"},
        {"epochs": best + 1},
    )


SPEC = RuleSpec(
    name="overfitting",
    label=N_("Overfitting"),
    summary=N_(
        "The network learns the training images by heart. Fewer epochs, more images or a smaller network help; so "
        "does noise on what it is given."
    ),
    find=find,
    order=5,
)
