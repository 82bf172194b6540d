"""What a training tells whoever keeps it, and what it asks: the only door between the two."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt


class Cancelled(Exception):
    """Somebody asked the training to stop."""


@dataclass(frozen=True)
class Checkpoint:
    """A training as it stood between two steps.

    Attributes
    ----------
    epoch : int
        Epochs that were complete.
    step : int
        Steps taken in the one after these.
    seconds : float
        Of training up to then.
    arrays : mapping of str to ndarray
        Every variable: networks, optimiser, chance, running means.
    """

    epoch: int
    step: int
    seconds: float
    arrays: Mapping[str, npt.NDArray[np.generic]]


@dataclass(frozen=True)
class Epoch:
    """The end of one epoch.

    Attributes
    ----------
    number : int
        From 1.
    train, validation : mapping of str to float
        Mean of each part of the loss; `"loss"` is their sum.
    seconds : float
        Since the first epoch began.
    learning_rate : float
        Of the last step.
    """

    number: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    seconds: float
    learning_rate: float

    def to_json(self) -> dict[str, Any]:
        """Return a line for `history.jsonl`."""
        return {
            "epoch": self.number,
            "train": dict(self.train),
            "validation": dict(self.validation),
            "seconds": round(self.seconds, 3),
            "learning_rate": self.learning_rate,
        }


class Recorder(Protocol):
    """Keeps what a training says."""

    def progress(self, share: float, epoch: int) -> None:
        """Hear that a share (0 to 1) of the training is done, in epoch number `epoch`."""

    def should_stop(self) -> bool:
        """Say whether somebody asked the training to stop."""

    def epoch(self, epoch: Epoch) -> None:
        """Keep the numbers of an epoch."""

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        """Keep what the networks made of the same few images at the end of an epoch."""

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep what is needed to go on from here."""
