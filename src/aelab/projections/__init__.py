"""Ways to draw codes of many numbers in two or three dimensions, one a file: each shows something, and hides more."""

from aelab.projections.spec import ProjectionSpec
from aelab.registry import Registry

projections: Registry[ProjectionSpec] = Registry(__name__, ProjectionSpec, "projection")
