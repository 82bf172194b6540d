"""Questions asked of a dataset or a run, one analysis a file; none of them draws or prints."""

from aelab.registry import Registry
from aelab.studies.spec import StudySpec

studies: Registry[StudySpec] = Registry(__name__, StudySpec, "study")
