"""Groups that are found without being told of classes, one algorithm a file, and how well they agree with classes."""

from aelab.clustering.spec import AlgorithmSpec
from aelab.registry import Registry

algorithms: Registry[AlgorithmSpec] = Registry(__name__, AlgorithmSpec, "clustering algorithm")
