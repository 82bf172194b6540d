"""What has to be trained before a matrix can say which noise to train on: a run for each noise that it tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aelab import runs
from aelab.datasets.store import Dataset
from aelab.jobs.folder import OPEN
from aelab.jobs.people import LAB, Person
from aelab.models import models
from aelab.noise.corruption import Corruption, Part
from aelab.runs import Run
from aelab.studies.columns import Column, Ladder
from aelab.tasks import train
from aelab.tasks.planning import cost, planned
from aelab.training.config import TrainingConfig

_MODEL: Final = "dae"  # where the run that the others are to be like was not trained to denoise
_SEVERITY: Final = 3
_MIXED: Final = ("second_noise", "second_level", "combined")  # settings of families that are trained on two noises
_OF_CLOSED_FORMS: Final = ("limit", "seed")


@dataclass(frozen=True)
class Missing:
    """A training that nobody has asked for yet.

    Attributes
    ----------
    corruption : Corruption
        What it is trained on.
    model : str
    settings : mapping
    seconds : float
        What it is expected to take.
    """

    corruption: Corruption
    model: str
    settings: Mapping[str, Any]
    seconds: float


def missing(columns: Sequence[Column], like: Run, dataset: Dataset) -> tuple[Missing, ...]:
    """Return a training for each noise of a matrix that no run on the dataset was trained on, and one on two of them.

    Runs that wait or train count as well.

    Parameters
    ----------
    columns : sequence of Column
    like : Run
        Whose model and settings they have, so that they compare.
    dataset : Dataset
    """
    known = [run.corruption for run in _on_their_way(dataset)]
    alone = {each.parts[0].noise for each in known if each is not None and len(each.parts) == 1}
    tested = tuple(dict.fromkeys(name for column in columns for name in column.noise.names))
    wanted = [Ladder((name,)).at(_SEVERITY) for name in tested if name not in alone]
    model = like.model if like.corruption is not None else _MODEL
    mixed = any(each is not None and each.how == "or" for each in known)
    if len(tested) > 1 and not mixed and set(_MIXED) <= set(models[model].config.names()):
        wanted.append(Ladder(tested[:2], "or").at(_SEVERITY))
    return tuple(_training(corruption, model, like, dataset) for corruption in wanted)


def submit(trainings: Sequence[Missing], dataset: Dataset, *, by: Person = LAB) -> list[Run]:
    """Queue trainings; errors as `train.submit` has them."""
    return [train.submit(dataset.name, each.model, each.settings, by=by) for each in trainings]


def _on_their_way(dataset: Dataset) -> list[Run]:
    return [
        row.run
        for row in runs.listed()
        if row.run is not None and row.run.dataset_checksum == dataset.checksum and row.state in OPEN | {"done"}
    ]


def _training(corruption: Corruption, model: str, like: Run, dataset: Dataset) -> Missing:
    first, *others = corruption.parts
    closed = like.model in models and models[like.model].fit is not None  # has taken no steps that others could repeat
    names = _OF_CLOSED_FORMS if closed else (*models[model].config.names(), *TrainingConfig.names())
    settings = {name: value for name, value in like.settings.items() if name in names and name not in _MIXED}
    settings |= {"noise": first.noise, "noise_level": first.level} | _of_second(others, corruption)
    return Missing(corruption, model, settings, cost(planned(dataset, model, settings), dataset).seconds)


def _of_second(others: Sequence[Part], corruption: Corruption) -> dict[str, Any]:
    if not others:
        return {}
    return dict(zip(_MIXED, (others[0].noise, others[0].level, corruption.how), strict=True))
