"""Which number of a code follows which known cause of the images, and is it one number for one cause?

Principal components of the pixels, as many as a code has numbers, answer the same questions beside it: they are
uncorrelated as well, and know nothing of causes.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from aelab.datasets.spec import Progress, no_progress
from aelab.datasets.store import Dataset
from aelab.disentanglement import dci, mig
from aelab.disentanglement.factor_vae import factor_vae
from aelab.disentanglement.factors import Kinds, Values, kinds_of
from aelab.errors import N_, LabError
from aelab.fields import Config as BaseConfig
from aelab.fields import field
from aelab.inference import Inference
from aelab.studies._codes import codes_of, drawn_indices
from aelab.studies._pixels import components_of, pixels_of, room_for
from aelab.studies.spec import StudySpec

_FEWEST = 100  # images: of fewer, histograms of 20 bins tell nothing

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Config(BaseConfig):
    """Which images, and which chance."""

    part: Literal["all", "test", "validation", "train"] = field(
        "all", "Images of", "Scores need many images; all of them is what the papers take."
    )
    limit: int = field(
        5000,
        "Images",
        "At most so many of that part, drawn by chance; 0 takes all that there is room for.",
        low=0,
        high=20_000,
    )
    seed: int = field(0, "Seed", "Of what is drawn, of the forests and of the votes.", low=0, high=2**31 - 1)


@dataclass(frozen=True)
class Scored:
    """What a space has to do with the factors.

    Attributes
    ----------
    space : {"code", "pca"}
    scores : mapping of str to float
        By the names of `aelab.disentanglement.SCORES`; each in [0, 1], higher is better.
    information : ndarray, float64 (D, F)
        Mutual information of each number and factor, as a share of the factor's entropy.
    importance : ndarray, float64 (D, F)
        Of each number for predicting each factor.
    """

    space: Literal["code", "pca"]
    scores: Mapping[str, float]
    information: Floats
    importance: Floats


@dataclass(frozen=True)
class Disentanglement:
    """How well a run's codes keep known factors apart.

    Attributes
    ----------
    factors : tuple of str
        Those that vary.
    part : str
    n, seed : int
    spaces : tuple of Scored
        The codes, and principal components of the pixels of equal number.
    """

    factors: tuple[str, ...]
    part: str
    n: int
    seed: int
    spaces: tuple[Scored, ...]

    def of(self, space: Literal["code", "pca"]) -> Scored:
        """Return one of the spaces."""
        return next(each for each in self.spaces if each.space == space)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""
        spaces = [
            {
                "space": each.space,
                "scores": dict(each.scores),
                "information": each.information.tolist(),
                "importance": each.importance.tolist(),
            }
            for each in self.spaces
        ]
        return dataclasses.asdict(dataclasses.replace(self, spaces=())) | {"spaces": spaces}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Disentanglement:
        """Return what `to_json` has written."""
        spaces = tuple(
            Scored(
                each["space"],
                {name: float(value) for name, value in each["scores"].items()},
                np.array(each["information"], np.float64),
                np.array(each["importance"], np.float64),
            )
            for each in data["spaces"]
        )
        return cls(**{**data, "factors": tuple(data["factors"]), "spaces": spaces})


def run(inference: Inference, dataset: Dataset, config: Config, progress: Progress = no_progress) -> Disentanglement:
    """Score the codes of images whose factors are known; of a VAE, the posterior means.

    Raises
    ------
    LabError
        If the factors are not known, fewer than two of them vary, there are fewer than a hundred images, or every
        image has the same code.
    """
    if not dataset.factors:
        raise no_factors(dataset.name)
    indices = drawn_indices(dataset, room_for(dataset, config.limit), config.seed, config.part)
    if len(indices) < _FEWEST:
        raise LabError(
            "Disentanglement is measured on at least {fewest} images; there are {count}. Choose all images, or a "
            "larger dataset.",
            fewest=_FEWEST,
            count=len(indices),
        )
    codes = codes_of(inference, dataset, indices)
    if np.ptp(codes, axis=0).max() == 0:
        raise LabError(
            "Every image has the same code, so that no number follows any factor: the run has learned nothing. Try "
            "another run."
        )
    chosen = {name: values[indices] for name, values in dataset.factors.items()}
    kinds = kinds_of(chosen)
    factors = {name: chosen[name] for name in kinds}
    progress(0.2)
    code = _scored("code", codes, factors, kinds, config.seed)
    progress(0.6)
    components = components_of(pixels_of(dataset, indices), codes.shape[1], config.seed)
    spaces = (code, _scored("pca", components, factors, kinds, config.seed))
    return Disentanglement(tuple(kinds), config.part, len(indices), config.seed, spaces)


def no_factors(dataset: str) -> LabError:
    """Return what is said where nobody knows the causes of a dataset's images."""
    return LabError(
        "Nobody knows what has caused the images of {dataset}, so disentanglement cannot be measured. Train a run on "
        "drawn shapes (the source shapes), whose factors are known.",
        dataset=dataset,
    )


def table(found: Disentanglement) -> pd.DataFrame:
    """Return the scores as a tidy table: a row for the codes and one for the components."""
    return pd.DataFrame(
        [
            {
                "space": each.space,
                "dimensions": len(each.information),
                **each.scores,
                "factors": " ".join(found.factors),
                "n": found.n,
                "split": found.part,
                "seed": found.seed,
            }
            for each in found.spaces
        ]
    )


def information(found: Disentanglement) -> pd.DataFrame:
    """Return what each number knows of each factor: columns space, dimension (from 1), factor and both shares."""
    return pd.DataFrame(
        [
            {
                "space": each.space,
                "dimension": number + 1,
                "factor": factor,
                "information": each.information[number, place],
                "importance": each.importance[number, place],
            }
            for each in found.spaces
            for number in range(len(each.information))
            for place, factor in enumerate(found.factors)
        ]
    )


def _scored(
    space: Literal["code", "pca"],
    values: Values,
    factors: Mapping[str, npt.NDArray[Any]],
    kinds: Mapping[str, Kinds],
    seed: int,
) -> Scored:
    known, entropy = mig.mutual_information(values, kinds), mig.entropies(kinds)
    predicted = dci.dci(values, factors, seed)
    scores = {
        "mig": float(mig.gaps(known, entropy).mean()),
        "disentanglement": predicted.disentanglement,
        "completeness": predicted.completeness,
        "informativeness": predicted.informativeness,
        "factor_vae": factor_vae(values, kinds, seed),
    }
    return Scored(space, scores, known / entropy, predicted.importance)


SPEC = StudySpec(
    name="disentanglement",
    label=N_("Disentanglement"),
    question=N_("Does each number of a code follow one known cause of the images?"),
    subject="run",
    config=Config,
    run=run,
)
