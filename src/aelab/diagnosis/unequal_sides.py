"""A game between a network and its critic that one of the two has won.

At the end of a good game the critic cannot tell drawn images from real ones because they are alike: its loss on either
kind is then ln 2, that of a coin.  A critic that is too weak stands there as well, and teaches nothing.

References
----------
.. [1] I. Goodfellow et al., "Generative adversarial nets", NeurIPS 2014: section 4. arXiv:1406.2661
"""

from __future__ import annotations

import math

import numpy as np

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_
from aelab.metrics.frechet import frechet_distance

_KINDS = ("critic_real", "critic_drawn")
_COIN = 0.95  # of ln 2
_SURE = 0.1  # nats: it is nine parts in ten sure, and right
_APART = 3.0  # the distance of samples from real images, over that of other real images
_FEWEST = 50


def find(case: Case) -> Finding | None:
    """Find a critic that is nearly always right, or no better than a coin though samples are unlike images."""
    opponent, history = case.run.plan.model.opponent, case.run.history()
    if opponent is None or not set(_KINDS) <= set(opponent.parts) or not history:
        return None
    loss = float(np.mean([history[-1]["validation"][kind] for kind in _KINDS]))
    if loss < _SURE:
        return _too_strong(case, loss)
    return _too_weak(case, loss) if loss > _COIN * math.log(2.0) else None


def _too_strong(case: Case, loss: float) -> Finding:
    return Finding(
        SPEC.name,
        N_(
            "The critic is nearly always right: its loss is {loss} nats an image on validation images, and that of a "
            "coin {coin}."
        ),
        {"loss": f"{loss:.3f}", "coin": f"{math.log(2.0):.3f}"},
        {"learning_rate": float(case.settings["learning_rate"]) / 2},
    )


def _too_weak(case: Case, loss: float) -> Finding | None:
    count = min(len(case.test_images), case.dataset.counts["train"])
    if count < _FEWEST:
        return None
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((count, case.networks.latent_dim), dtype=np.float32)
    test = case.places(case.test_images)
    drawn = frechet_distance(test, case.places(case.networks.decode(codes)))
    real = frechet_distance(test, case.places(case.training_images(count)))
    if drawn < _APART * real:
        return None
    filters = case.settings["filters"]
    most = case.run.plan.model.config.knob("filters").high or filters
    return Finding(
        SPEC.name,
        N_(
            "The critic is no better than a coin (its loss is {loss} nats an image on validation images; {coin} is a "
            "coin's), though samples are unlike images: their Fréchet distance is {drawn}, that of as many other real "
            "images {real} ({count} each)."
        ),
        {
            "loss": f"{loss:.3f}",
            "coin": f"{math.log(2.0):.3f}",
            "drawn": f"{drawn:.3g}",
            "real": f"{real:.3g}",
            "count": count,
        },
        {"filters": 2 * filters} if 2 * filters <= most else {},
    )


SPEC = RuleSpec(
    name="unequal_sides",
    label=N_("One side too strong"),
    summary=N_(
        "Who draws learns only from a critic that is right now and then. One that is always wrong or always right has "
        "nothing to say: give a weak one more filters and more epochs, and both a lower learning rate where it is too "
        "strong."
    ),
    find=find,
    order=4,
)
