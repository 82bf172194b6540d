"""What can be wrong with a dataset, one fault a file: found, measured, and proposed for a person to decide."""

from aelab.cleaning.spec import CheckSpec
from aelab.registry import Registry

checks: Registry[CheckSpec] = Registry(__name__, CheckSpec, "check")
