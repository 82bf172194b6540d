"""Where images come from, one source a file, and the store in which they are kept."""

from aelab.datasets.spec import SourceSpec
from aelab.registry import Registry

sources: Registry[SourceSpec] = Registry(__name__, SourceSpec, "dataset source")
