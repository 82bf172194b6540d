"""A learning rate with which the loss has hardly begun to fall."""

from __future__ import annotations

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_LATE = 0.12  # of the whole fall, in the second half of the epochs; steps that get nowhere bring 0.18 by the cosine
_EPOCHS = 4
_HIGHEST = 0.01


def find(case: Case) -> Finding | None:
    """Find a loss that fell about as its learning rate did, and a result worse than PCA's."""
    loss = case.loss["train"]
    rate = float(case.settings["learning_rate"])
    if len(loss) < _EPOCHS or rate >= _HIGHEST or not case.networks.encodes or case.run.plan.model.opponent is not None:
        return None
    whole, late = loss[0] - loss[-1], loss[len(loss) // 2] - loss[-1]
    if whole <= 0 or late < _LATE * whole or case.mse <= case.pca_mse:
        return None
    return Finding(
        SPEC.name,
        N_(
            "The loss was still falling at the end: {late}% of its fall came in the second half of the epochs, and "
            "the reconstruction is worse than PCA's."
        ),
        {"late": f"{100 * late / whole:.0f}"},
        {"learning_rate": min(10 * rate, _HIGHEST)},
    )


SPEC = RuleSpec(
    name="slow_learning",
    label=N_("Learning rate too low"),
    summary=N_(
        "Steps that are too short have not come anywhere yet. A learning rate ten times as high, or more epochs."
    ),
    find=find,
    order=6,
)
