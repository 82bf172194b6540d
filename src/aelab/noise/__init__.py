"""Ways to corrupt images, one a file."""

from aelab.noise.spec import NoiseSpec
from aelab.registry import Registry

noises: Registry[NoiseSpec] = Registry(__name__, NoiseSpec, "noise")
