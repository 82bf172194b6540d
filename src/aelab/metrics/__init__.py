"""Measures of reconstructed and generated images, one a file, numpy and scipy only."""

from aelab.metrics.spec import MetricSpec
from aelab.registry import Registry

metrics: Registry[MetricSpec] = Registry(__name__, MetricSpec, "metric")
