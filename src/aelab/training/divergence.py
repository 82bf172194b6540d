"""Stop a training whose loss is no number any more.

Keras' `TerminateOnNaN` ends `fit` as if it had been successful, and looks at one number called `loss`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

import keras

from aelab.errors import LabError
from aelab.training.config import TrainingConfig


class DivergedError(LabError):
    """The loss is no number any more."""


class Divergence(keras.callbacks.Callback):  # type: ignore[misc]
    """Raise a `DivergedError` as soon as a part of the loss is NaN or infinite.

    Parameters
    ----------
    training : TrainingConfig
    kept : callable
        Returns after how many epochs good weights were kept.
    """

    def __init__(self, training: TrainingConfig, kept: Callable[[], int]) -> None:
        super().__init__()
        self._training = training
        self._kept = kept
        self._epoch = 1

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Remember which epoch it is, counted from 1."""
        self._epoch = epoch + 1

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Check the means of the epoch so far."""
        self._check(logs or {})

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Check the epoch's means, validation included."""
        self._check(logs or {})

    def _check(self, logs: Mapping[str, Any]) -> None:
        if not all(math.isfinite(float(value)) for value in logs.values()):
            raise diverged(self._training, self._epoch, self._kept())


def diverged(training: TrainingConfig, epoch: int, kept: int) -> DivergedError:
    """Return what is said when loss or weights are no numbers any more.

    Parameters
    ----------
    training : TrainingConfig
    epoch : int
        In which it happened, counted from 1.
    kept : int
        After how many epochs good weights were kept; 0 if none were.
    """
    rate = training.learning_rate
    told = {"epoch": epoch, "rate": f"{rate:g}", "proposal": f"{min(rate / 10, 0.002):g}", "kept": kept}
    if kept:
        return DivergedError(
            "The loss stopped being a number in epoch {epoch}: learning_rate {rate} is too high for this "
            "network. Try {proposal}. What it had learned after epoch {kept} is kept.",
            **told,
        )
    return DivergedError(
        "The loss stopped being a number in epoch {epoch}: learning_rate {rate} is too high for this "
        "network. Try {proposal}.",
        **told,
    )
