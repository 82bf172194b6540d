"""Runs that are well, and runs that are ill on purpose: real trainings on the digits, each done once."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from aelab import inference, runs
from aelab.datasets.store import open_dataset
from aelab.diagnosis import Case
from aelab.jobs import folder as jobs
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.tasks import _training
from aelab.tasks.planning import planned

Trained = Callable[..., Case]


@pytest.fixture(scope="session")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clinic")


@pytest.fixture(autouse=True)
def in_the_clinic(clinic: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every test find the runs that another has trained."""
    monkeypatch.setenv("AELAB_ARTIFACTS", str(clinic))


@pytest.fixture(scope="session")
def trained(clinic: Path) -> Trained:
    """Return a function that trains an architecture on the digits and gives the case: `trained("vae", beta=50.0)`."""

    @cache
    def train(model: str, **settings: Any) -> Case:
        dataset = open_dataset("digits")
        run = runs.new_run("digits", dataset.checksum, planned(dataset, model, settings))
        runs.create(run)
        job = Job(run.id, "train", {"run": run.id}, created=0.0)
        jobs.create(job)
        _training.train(JobContext(job), job.params)
        return Case(run, inference.load(run), dataset)

    return train
