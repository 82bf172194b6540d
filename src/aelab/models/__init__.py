"""Architectures, one a file, in Keras' functional style."""

from aelab.models.spec import ModelSpec
from aelab.registry import Registry

models: Registry[ModelSpec] = Registry(__name__, ModelSpec, "model")
