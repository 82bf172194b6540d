"""A network that reconstructs worse than the best linear one with as large a code."""

from __future__ import annotations

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_WORSE = 1.02
_STILL_FALLING = 0.02  # share of the loss's whole fall that the last fifth of the epochs has brought


def find(case: Case) -> Finding | None:
    """Find a test error above that of PCA."""
    plan = case.run.plan
    asked_otherwise = plan.model.fit is not None or plan.model.opponent is not None  # a critic looks at no pixel alone
    if asked_otherwise or not case.networks.encodes or case.mse <= _WORSE * case.pca_mse:
        return None
    size = next((name for name in ("width", "filters") if name in case.settings), None)
    if _still_falls(case) or size is None:
        change = {"epochs": 3 * case.settings["epochs"]}
    else:
        change = {size: 2 * case.settings[size]}
    return Finding(
        SPEC.name,
        N_(
            "PCA with a code of the same {latent} numbers reconstructs better: its mean squared error a pixel is "
            "{pca}, the network's {mse}, on {count} test images."
        ),
        {
            "latent": case.networks.latent_dim,
            "pca": f"{case.pca_mse:.4g}",
            "mse": f"{case.mse:.4g}",
            "count": len(case.test_images),
        },
        change,
    )


def _still_falls(case: Case) -> bool:
    loss = case.loss["train"]
    if len(loss) < 2:
        return True
    whole = loss[0] - loss.min()
    return bool(loss[-1 - max(1, len(loss) // 5)] - loss[-1] > _STILL_FALLING * whole)


SPEC = RuleSpec(
    name="underfitting",
    label=N_("Underfitting"),
    summary=N_(
        "The network has not even learned what a linear one knows in closed form. More epochs, a larger network or "
        "another learning rate help; a heavy penalty on the code can be the reason too."
    ),
    find=find,
    order=3,
)
