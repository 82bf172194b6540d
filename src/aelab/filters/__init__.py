"""Classical ways to restore noisy images, one a file: what a network must beat before it is worth its training."""

from aelab.filters.spec import FilterSpec
from aelab.registry import Registry

filters: Registry[FilterSpec] = Registry(__name__, FilterSpec, "filter")
