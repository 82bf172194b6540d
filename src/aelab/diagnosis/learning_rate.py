"""A learning rate with which the loss jumps instead of falling."""

from __future__ import annotations

from aelab.diagnosis.case import Case, steps
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_RISES = 0.5  # of all that the training loss has moved
_EXPLOSION = 10.0
_EPOCHS = 6


def find(case: Case) -> Finding | None:
    """Find a training loss that rose about as much as it fell, or stood far above where it began."""
    loss = case.loss["train"]
    if len(loss) < _EPOCHS or case.run.plan.model.opponent is not None:
        return None
    moves = steps(loss)
    risen, fallen = float(moves[moves > 0].sum()), float(-moves[moves < 0].sum())
    highest = float(loss.max())
    if highest < _EXPLOSION * abs(loss[0]) and (risen == 0 or risen < _RISES * (risen + fallen)):
        return None
    rate = float(case.settings["learning_rate"])
    return Finding(
        SPEC.name,
        N_(
            "The loss on training images jumps: from epoch to epoch it rose by {risen} and fell by {fallen} in all; "
            "the highest was {highest}, the last {last}."
        ),
        {"risen": f"{risen:.3g}", "fallen": f"{fallen:.3g}", "highest": f"{highest:.3g}", "last": f"{loss[-1]:.3g}"},
        {"learning_rate": rate / 10},
    )


SPEC = RuleSpec(
    name="learning_rate",
    label=N_("Learning rate too high"),
    summary=N_(
        "Steps that are too long overshoot, and the loss jumps or explodes. A tenth of the learning rate helps."
    ),
    find=find,
    order=1,
)
