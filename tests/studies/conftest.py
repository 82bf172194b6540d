"""Trained networks and small datasets, for studies to ask."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from labs import TrainedLab

from aelab import inference, runs
from aelab.datasets import store
from aelab.datasets.importing import import_path
from aelab.datasets.store import Dataset
from aelab.inference import Inference

Opened = tuple[Inference, Dataset]


@pytest.fixture
def opened_in() -> Callable[[TrainedLab, str], Opened]:
    """Return a function from a lab and a model's name to the networks and the dataset of its run there."""

    def open_run(lab: TrainedLab, model: str) -> Opened:
        run = runs.find(lab.runs[model])
        return inference.load(run), store.open_dataset(run.dataset)

    return open_run


@pytest.fixture
def opened(lab: TrainedLab, opened_in: Callable[[TrainedLab, str], Opened]) -> Callable[[str], Opened]:
    """Return a function from a model's name to its run's networks and dataset."""
    return partial(opened_in, lab)


@pytest.fixture
def imported(tmp_path: Path) -> Callable[..., Dataset]:
    """Return a function that imports images, uint8 (N, H, W) or (N, H, W, C), with labels."""

    def bring(images: np.ndarray, labels: np.ndarray, name: str = "made-here") -> Dataset:
        path = tmp_path / f"{name}.npz"
        np.savez(path, images=images, labels=labels)
        return import_path(path, name)

    return bring


@pytest.fixture
def digits(lab: TrainedLab) -> Dataset:
    """Return the dataset that the lab's runs were trained on."""
    return store.open_dataset("digits")
