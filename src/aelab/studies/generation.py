"""How close are images drawn from a run to real ones?

The Fréchet distance of [1]_, on features that need no network from elsewhere: the coordinates of the
images along the first principal components of the training images.  It is not the published "FID",
which uses a classifier of photographs, and cannot be compared with it.  What the codes of the samples
are drawn from is said beside it: the same decoder draws better from a mixture that is fitted on codes.

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
from aelab.pixels import Images, Labels, to_unit
from aelab.studies import prior
from aelab.studies.prior import Mixture, Prior, prior_field
from aelab.studies.spec import StudySpec

_FIT_IMAGES = 10_000
_FEWEST_TEST, _FEWEST_TRAIN = 2, 4


@dataclass(frozen=True)
class Config(BaseConfig):
    """How many samples, drawn from what, and of how many features."""

    prior: Prior = prior_field()
    samples: int = field(
        0,
        "Samples",
        "Images that are drawn; 0 draws as many as there are test images. Never more than half as many as there "
        "are training images.",
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
        The same between as many training images and the test images: what perfect samples would get. The principal
        components are those of other training images, so that these are as new to them as samples are.
    features : int
        Number of principal components.
    n_samples, n_floor, n_test : int
        Images drawn, training images of the floor (as many: fewer make the distance larger), and test images.
    prior : {"normal", "mixture"}
        What the codes of the samples were drawn from.
    components, n_codes : int
        Of the mixture, and on how many codes it was fitted; 0 where there is none.
    """

    distance: float
    floor: float
    features: int
    n_samples: int
    n_floor: int
    n_test: int
    prior: Prior = "normal"
    components: int = 0
    n_codes: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        return dataclasses.asdict(self)


def is_possible(dataset: Dataset) -> bool:
    """Return whether a dataset has enough images: two of test, and of training two for the floor, two for the PCA."""
    return dataset.counts["test"] >= _FEWEST_TEST and dataset.counts["train"] >= _FEWEST_TRAIN


def run(inference: Inference, dataset: Dataset, config: Config) -> Generation:
    """Draw codes from the prior, fitting it first if it is a mixture, decode them, and compare with the test images.

    A conditional run is asked for the classes of as many training images, so that their shares are those of the data.

    Raises
    ------
    LabError
        If there are too few images; `is_possible` tells beforehand. If no mixture can be fitted.
    """
    _check_enough(dataset)
    return measure(inference, dataset, config, prior.fit(inference, dataset) if config.prior == "mixture" else None)


def measure(inference: Inference, dataset: Dataset, config: Config, mixture: Mixture | None) -> Generation:
    """Do what `run` does, with a mixture that is fitted already, or the standard normal where there is none."""
    from sklearn.decomposition import PCA  # noqa: PLC0415 - a second to import

    _check_enough(dataset)
    train, test = dataset.indices("train"), dataset.indices("test")
    rng = np.random.default_rng(config.seed)
    shuffled = rng.permutation(train)  # any first few of them are a fair draw, however the images are ordered
    count = min(config.samples or len(test), len(train) // 2)
    fitted = _flat(to_unit(dataset.images[shuffled[count:][:_FIT_IMAGES]]))
    features = min(config.features, *fitted.shape, len(test) - 1)
    pca = PCA(features, svd_solver="auto", random_state=0).fit(fitted)
    real = pca.transform(_flat(to_unit(dataset.images[test])))
    samples = pca.transform(_flat(draw(inference, count, rng, dataset.labels[shuffled[:count]], mixture)))
    others = pca.transform(_flat(to_unit(dataset.images[shuffled[:count]])))
    distance = FRECHET.of_features
    assert distance is not None
    return Generation(
        distance(real, samples),
        distance(real, others),
        features,
        len(samples),
        len(others),
        len(test),
        "normal" if mixture is None else "mixture",
        mixture.components if mixture else 0,
        mixture.n_codes if mixture else 0,
    )


def draw(
    inference: Inference,
    count: int,
    rng: np.random.Generator,
    labels: Labels | int | None = None,
    mixture: Mixture | None = None,
) -> Images:
    """Return images (count, H, W, C) decoded from draws of a mixture, or of the standard normal where there is none.

    A conditional run draws the classes (count,), or the one, it is asked for; without them these take turns.
    """
    return inference.decode(prior.draw_codes(inference.latent_dim, count, rng, mixture), labels)


def _check_enough(dataset: Dataset) -> None:
    if dataset.counts["test"] < _FEWEST_TEST:
        raise LabError(
            "The Fréchet distance needs at least 2 test images; there are {count}.", count=dataset.counts["test"]
        )
    if dataset.counts["train"] < _FEWEST_TRAIN:
        raise LabError(
            "The Fréchet distance needs at least 4 training images; there are {count}.", count=dataset.counts["train"]
        )


def _flat(images: Images) -> npt.NDArray[np.float32]:
    return images.reshape(len(images), -1)


SPEC = StudySpec(
    name="generation",
    label=N_("Generated samples"),
    question=N_("How close are images drawn from a run to real ones?"),
    subject="run",
    config=Config,
    run=run,
)
