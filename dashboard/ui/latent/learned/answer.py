"""What a run has learned, in sentences."""

from __future__ import annotations

from aelab.metrics.estimate import Estimate
from aelab.studies.holes import Holes
from aelab.studies.posterior import ACTIVE_VARIANCE, Learned
from ui.i18n import t
from ui.numbers import fixed, percent

_NEAR_CEILING = 0.9
_FEW, _MOSTLY = 0.05, 0.75  # of the draws in holes, and of the pairs in which the draw is farther


def used(found: Learned) -> str:
    """Return how many dimensions are used, and what the others carry."""
    active = int(found.active.sum())
    values = {
        "latent": found.latent_dim,
        "active": active,
        "count": found.n,
        "limit": ACTIVE_VARIANCE,
        "total": fixed(found.total.mean, 2),
        "interval": _interval(found.total, 2),
    }
    if active == found.latent_dim:
        return t(
            "**All of the {latent} dimensions are used**: the posterior mean of each varies over the N = {count} test "
            "images (variance above {limit}). Together they carry **{total} nats** ({interval}).",
            **values,
        )
    silent = [each.mean for each, kept in zip(found.divergences, found.active, strict=True) if not kept]
    if not active:
        return t(
            "**Not one of the {latent} dimensions is used**: this is posterior collapse. The encoder gives all of the "
            "N = {count} test images nearly the same code (variance of the posterior mean up to {limit}).",
            **values,
        )
    return t(
        "**{active} of {latent} dimensions are used**: their posterior mean varies over the N = {count} test images "
        "(variance above {limit}). The others, {rest} of them, carry at most {most} nats each: posterior collapse. All "
        "together carry **{total} nats** ({interval}).",
        rest=found.latent_dim - active,
        most=f"{max(silent):.3f}",
        **values,
    )


def holes(found: Holes) -> str:
    """Return how many draws fall in holes, and how far from codes they are beside test images."""
    values = {
        "share": percent(found.share.mean),
        "low": percent(found.share.low),
        "high": percent(found.share.high),
        "draws": found.share.n,
        "codes": found.n_codes,
        "real": len(found.real),
        "pairs": percent(found.farther, 0),
    }
    if found.prior == "mixture":
        said = t(
            "**{share}** of {draws} draws of a mixture that is fitted on the codes fall in holes (95% interval {low} "
            "to {high}): farther from each of {codes} training codes than 99% of N = {real} test images. Lower is "
            "better, and about 1% as good as real codes. Of the pairs of a draw and a test image, in **{pairs}** the "
            "draw is the farther one; 50% would be alike.",
            **values,
        )
    else:
        said = t(
            "**{share}** of {draws} draws of the standard normal fall in holes (95% interval {low} to {high}): farther "
            "from each of {codes} training codes than 99% of N = {real} test images. Lower is better, and about 1% as "
            "good as real codes. Of the pairs of a draw and a test image, in **{pairs}** the draw is the farther one; "
            "50% would be alike.",
            **values,
        )
    if found.share.mean < _FEW and found.farther > _MOSTLY:
        said += " " + t(
            "Few draws are farther away than the outermost test images, but nearly all are farther than a usual one: "
            "they fall between the codes instead of among them."
        )
    return said


def information(found: Learned) -> str:
    """Return the divergence in its two parts, and whether there are too few images to tell them apart."""
    parts, values = found.information, {"count": found.n, "ceiling": f"{found.information.ceiling:.2f}"}
    said = t(
        "The nats in two parts, estimated with {draws} draws: **{code}** ({code_interval}) tell which of the N = "
        "{count} images a code belongs to; that can be {ceiling} at most. The other **{marginal}** "
        "({marginal_interval}) are how far all codes together are from the prior.",
        draws=parts.code.n,
        code=fixed(parts.code.mean, 2),
        code_interval=_interval(parts.code, 2),
        marginal=fixed(parts.marginal.mean, 2),
        marginal_interval=_interval(parts.marginal, 2),
        **values,
    )
    if parts.code.mean < _NEAR_CEILING * parts.ceiling:
        return said
    return f"{said} " + t(
        "The first is as high as N images let it be: with more of them it would be higher, and the second lower."
    )


def _interval(found: Estimate, decimals: int) -> str:
    return t("95% interval {low} to {high}", low=fixed(found.low, decimals), high=fixed(found.high, decimals))
