"""How close are images drawn from a generative run to real ones?

The Fréchet distance of [1]_, on features that need no network from elsewhere: the coordinates of the
images along the first principal components of the training images.  It is not the published "FID",
which uses a classifier of photographs, and cannot be compared with it.

References
----------
.. [1] M. Heusel et al., "GANs trained by a two time-scale update rule converge to a local Nash
   equilibrium", NeurIPS 2017. arXiv:1706.08500
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Inference
from aelab.metrics.frechet import SPEC as FRECHET
from aelab.pixels import Images, to_unit
from aelab.studies.spec import StudySpec

_FIT_IMAGES = 10_000


@dataclass(frozen=True)
class Config(BaseConfig):
    """How many samples, and of how many features."""

    samples: int = field(
        0,
        "Samples",
        "Images drawn from the prior; 0 draws as many as there are test images.",
        low=0,
        high=100_000,
        unit="images",
    )
    features: int = field(50, "Features", "Principal components of the training images.", low=1, high=500)
    seed: int = field(0, "Seed", "Of the samples.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Generation:
    """Fréchet distance of samples to the test images.

    Attributes
    ----------
    distance : float
    floor : float
        The same between as many training images and the test images: what perfect samples would get.
    features : int
        Number of principal components.
    n_samples, n_test : int
    """

    distance: float
    floor: float
    features: int
    n_samples: int
    n_test: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return dataclasses.asdict(self)


def run(inference: Inference, dataset: Dataset, config: Config) -> Generation:
    """Draw codes from a standard normal, decode them, and compare with the test images."""
    from sklearn.decomposition import PCA  # noqa: PLC0415 - a second to import

    train, test = dataset.indices("train"), dataset.indices("test")
    rng = np.random.default_rng(config.seed)
    shuffled = rng.permutation(train)  # any first few of them are a fair draw, however the images are ordered
    fitted = _flat(to_unit(dataset.images[shuffled[:_FIT_IMAGES]]))
    features = min(config.features, *fitted.shape, len(test) - 1)
    if features < 1:
        raise LabError("The Fréchet distance needs at least 2 test images; there are {count}.", count=len(test))
    pca = PCA(features, svd_solver="auto", random_state=0).fit(fitted)
    real = pca.transform(_flat(to_unit(dataset.images[test])))
    count = config.samples or len(test)
    samples = pca.transform(_flat(draw(inference, count, rng)))
    others = pca.transform(fitted[:count])
    distance = FRECHET.of_features
    assert distance is not None
    return Generation(distance(real, samples), distance(real, others), features, count, len(test))


def draw(inference: Inference, count: int, rng: np.random.Generator) -> Images:
    """Return images (count, H, W, C) decoded from draws of the standard normal prior."""
    return inference.decode(rng.standard_normal((count, inference.latent_dim), dtype=np.float32))


def _flat(images: Images) -> npt.NDArray[np.float32]:
    return images.reshape(len(images), -1)


SPEC = StudySpec(
    name="generation",
    label=N_("Generated samples"),
    question=N_("How close are images drawn from a generative run to real ones?"),
    subject="run",
    config=Config,
    run=run,
    order=5,
)
