"""Measures of reconstructed and generated images, one a file, numpy and scipy only."""

from aelab.metrics.spec import MetricSpec
from aelab.registry import Registry

metrics: Registry[MetricSpec] = Registry(__name__, MetricSpec, "metric")


def of_pairs(*, variants: bool = False) -> tuple[MetricSpec, ...]:
    """Return the measures of image pairs, with or without those that are variants of another."""
    return tuple(spec for spec in metrics if spec.per_image is not None and (variants or not spec.variant_of))
