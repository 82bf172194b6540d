"""Samples that are alike, where the images are not."""

from __future__ import annotations

import numpy as np

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_
from aelab.pixels import Images

_ALIKE = 0.5
_SAMPLES = 500


def find(case: Case) -> Finding | None:
    """Find samples that differ from one another much less than images do."""
    if not case.run.plan.model.generative or len(case.test_images) < 2:
        return None
    rng = np.random.default_rng(0)
    codes = rng.standard_normal((_SAMPLES, case.networks.latent_dim), dtype=np.float32)
    drawn, real = apart(case.networks.decode(codes)), apart(case.test_images)
    if real == 0 or drawn >= _ALIKE * real:
        return None
    rate = float(case.settings["learning_rate"])
    return Finding(
        SPEC.name,
        N_(
            "Samples are much alike: the median distance between two of {samples} is {share}% of that between two of "
            "{count} test images."
        ),
        {"samples": _SAMPLES, "share": f"{100 * drawn / real:.0f}", "count": len(case.test_images)},
        {"learning_rate": rate / 2} if case.run.plan.model.opponent else {},
    )


def apart(images: Images) -> float:
    """Return the median distance between neighbours in a fixed random order of images (N, H, W, C)."""
    flat = images.reshape(len(images), -1)[np.random.default_rng(1).permutation(len(images))]
    return float(np.median(np.linalg.norm(flat - np.roll(flat, 1, axis=0), axis=1)))


SPEC = RuleSpec(
    name="mode_collapse",
    label=N_("Mode collapse"),
    summary=N_(
        "One image drawn over and over. A generator does it that has found one which deceives its critic: a lower "
        "learning rate, or a critic that measures a distance (Wasserstein), helps. Without a critic it is a decoder "
        "that does not use its code, or not yet: longer training or less weight on the prior helps."
    ),
    find=find,
    order=3,
)
