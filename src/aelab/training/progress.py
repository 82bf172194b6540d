"""Say how far a training is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras

from aelab.training.config import Plan
from aelab.training.data import TrainingBatches
from aelab.training.recorder import Recorder


class Progress(keras.callbacks.Callback):  # type: ignore[misc]
    """Tell the recorder the share that is done, after every few steps.

    Parameters
    ----------
    plan : Plan
    batches : TrainingBatches
    recorder : Recorder
    """

    def __init__(self, plan: Plan, batches: TrainingBatches, recorder: Recorder) -> None:
        super().__init__()
        self._epochs = plan.training.epochs
        self._batches = batches
        self._recorder = recorder
        self._epoch = 0

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Remember which epoch it is, counted from 0."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report progress."""
        done = (self._epoch + self._batches.taken(batch) / self._batches.steps) / self._epochs
        self._recorder.progress(done, self._epoch + 1)
