"""Reconstructions whose edges are softer than the images'."""

from __future__ import annotations

import numpy as np

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_
from aelab.pixels import Images

_SHARP = 0.6
_LARGEST_CODE = 4096


def find(case: Case) -> Finding | None:
    """Find reconstructions with less than 60% of the images' edges."""
    if not case.networks.encodes:
        return None
    there, kept = edges(case.test_images), edges(case.reconstructions)
    if there == 0 or kept >= _SHARP * there:
        return None
    beta = case.settings.get("beta", 0)
    change = {"beta": beta / 2} if beta >= 1 else {"latent_dim": min(2 * case.networks.latent_dim, _LARGEST_CODE)}
    return Finding(
        SPEC.name,
        N_(
            "The reconstructions are blurred: their edges have {share}% of the strength of the images', over {count} "
            "test images."
        ),
        {"share": f"{100 * kept / there:.0f}", "count": len(case.test_images)},
        change,
    )


def edges(images: Images) -> float:
    """Return the root mean square difference of neighbouring pixels of images (N, H, W, C)."""
    squares = [float(np.mean(np.square(np.diff(images, axis=axis)))) for axis in (1, 2) if images.shape[axis] > 1]
    return float(np.sqrt(np.mean(squares))) if squares else 0.0


SPEC = RuleSpec(
    name="blur",
    label=N_("Blur"),
    summary=N_(
        "Where the network is not sure it paints the mean of what could be, which has no edges. A larger code, less "
        "weight on the divergence, or a critic (VAE-GAN) sharpens."
    ),
    find=find,
    order=8,
)
