"""What has a variational run learned: which numbers of its code are used, and how much they tell of an image?

References
----------
.. [1] D. P. Kingma and M. Welling, "Auto-encoding variational Bayes", ICLR 2014: the divergence in closed form,
   appendix B. arXiv:1312.6114
.. [2] Y. Burda, R. Grosse and R. Salakhutdinov, "Importance weighted autoencoders", ICLR 2016: active units, section
   5.2. arXiv:1509.00519
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Codes, Inference
from aelab.metrics.estimate import Estimate, mean_with_interval
from aelab.runs.run import no_code, no_encoder
from aelab.studies._codes import drawn_indices, posteriors_of
from aelab.studies.aggregate import Aggregate, Information, aggregate, information
from aelab.studies.spec import StudySpec

Floats = npt.NDArray[np.float64]

#: A dimension is active where the posterior mean varies more than this over the images, after [2]_.
ACTIVE_VARIANCE: Final = 0.01
#: A dimension of which the divergence is below this, in nats, tells nothing of the image.
SILENT_NATS: Final = 0.01

_FEWEST: Final = 2


@dataclass(frozen=True)
class Config(BaseConfig):
    """Of how many test images."""

    limit: int = field(10_000, "Images", "Test images to encode; 0 takes all of them.", low=0, high=100_000_000)
    seed: int = field(0, "Seed", "Of the choice of images, and of the draws of codes.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Learned:
    """The posteriors of test images, and what they come to.

    Attributes
    ----------
    indices : ndarray (N,)
        Of the images in the dataset, ascending.
    labels : ndarray, int32 (N,)
        -1 where unknown.
    mean, log_variance : ndarray, float32 (N, K)
        Of the posterior of each image.
    divergences : tuple of Estimate
        KL(q(z|x) || N(0, 1)) of each dimension in nats: means over images.
    total : Estimate
        Of all dimensions together.
    varies : ndarray, float64 (K,)
        Variance of the posterior mean over the images.
    aggregate : Aggregate
    information : Information
    split : str
    """

    indices: npt.NDArray[np.intp]
    labels: npt.NDArray[np.int32]
    mean: Codes
    log_variance: Codes
    divergences: tuple[Estimate, ...]
    total: Estimate
    varies: Floats
    aggregate: Aggregate
    information: Information
    split: str = "test"

    @property
    def n(self) -> int:
        """How many images."""
        return len(self.mean)

    @property
    def latent_dim(self) -> int:
        """How many numbers a code has."""
        return int(self.mean.shape[1])

    @property
    def active(self) -> npt.NDArray[np.bool_]:
        """Which dimensions are used, (K,): their posterior mean varies over the images by more than 0.01 [2]_."""
        return np.asarray(self.varies > ACTIVE_VARIANCE)

    @property
    def order(self) -> npt.NDArray[np.intp]:
        """The dimensions, (K,), the one of the largest divergence first."""
        return np.argsort([-each.mean for each in self.divergences], kind="stable")

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data: every number, but not the images' own."""
        return {
            "split": self.split,
            "n": self.n,
            "latent_dim": self.latent_dim,
            "active_units": int(self.active.sum()),
            "kl": dataclasses.asdict(self.total),
            "mutual_information": dataclasses.asdict(self.information.code),
            "mutual_information_ceiling": self.information.ceiling,
            "marginal_kl": dataclasses.asdict(self.information.marginal),
            "dimensions": table(self).to_dict(orient="records"),
        }


def run(inference: Inference, dataset: Dataset, config: Config) -> Learned:
    """Encode test images, and hold their posteriors against the prior.

    Raises
    ------
    LabError
        If the run has no encoder, or one whose codes are no distributions, or there are fewer than two test images.
    """
    if not inference.encodes:
        raise no_encoder(inference.run_id) if inference.decodes else no_code(inference.run_id)
    indices = drawn_indices(dataset, config.limit, config.seed)
    if len(indices) < _FEWEST:
        raise LabError(
            "What the posteriors have learned shows in how they differ: that takes at least {fewest} test images; "
            "{dataset} has {count}. Give it more on the Prepare page.",
            fewest=_FEWEST,
            dataset=dataset.name,
            count=len(indices),
        )
    found = posteriors_of(inference, dataset, indices)
    if found is None:
        raise LabError(
            "Run {run} has no posterior: its encoder gives an image one code, and no distribution of codes. Choose a "
            "variational run, such as one of the model vae.",
            run=inference.run_id,
        )
    mean, log_variance = found
    nats = divergence(mean, log_variance)  # (N, K)
    return Learned(
        indices,
        dataset.labels[indices],
        mean.astype(np.float32),
        log_variance.astype(np.float32),
        tuple(mean_with_interval(each) for each in nats.T),
        mean_with_interval(nats.sum(axis=1)),
        mean.var(axis=0),
        aggregate(mean, log_variance),
        information(mean, log_variance, config.seed),
    )


def divergence(mean: npt.NDArray[np.floating], log_variance: npt.NDArray[np.floating]) -> Floats:
    """Return KL(N(mean, exp(log_variance)) || N(0, 1)) of each number in nats, by the closed form of [1]_."""
    mean, log_variance = mean.astype(np.float64), log_variance.astype(np.float64)
    return np.asarray(0.5 * (mean**2 + np.expm1(log_variance) - log_variance), np.float64)


def table(found: Learned) -> pd.DataFrame:
    """Return a line for each dimension, the largest divergence first.

    Columns: dimension (from 1), active, kl with kl_low and kl_high (nats), variance_of_mean, and of the aggregate
    posterior aggregate_kl (nats), aggregate_mean, aggregate_variance, aggregate_kurtosis (excess).
    """
    order, together = found.order, found.aggregate
    sorted_estimates = [found.divergences[each] for each in order]
    return pd.DataFrame(
        {
            "dimension": order + 1,
            "active": found.active[order],
            "kl": [each.mean for each in sorted_estimates],
            "kl_low": [each.low for each in sorted_estimates],
            "kl_high": [each.high for each in sorted_estimates],
            "variance_of_mean": found.varies[order],
            "aggregate_kl": together.divergence[order],
            "aggregate_mean": together.mean[order],
            "aggregate_variance": together.variance[order],
            "aggregate_kurtosis": together.kurtosis[order],
        }
    )


SPEC = StudySpec(
    name="posterior",
    label=N_("What the VAE learned"),
    question=N_("Which numbers of the code are used, and do draws of the prior fall where codes are?"),
    subject="run",
    config=Config,
    run=run,
)
