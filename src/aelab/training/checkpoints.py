"""Keep the state of a training now and then, and when it is asked to stop.

Keras' `BackupAndRestore` keeps weights and optimiser, but not the running means of an epoch or the order
of the images, checks nothing that it reads, and deletes its files at the end, when somebody may want to go on.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

import keras

from aelab.training.config import TrainingConfig
from aelab.training.data import TrainingBatches
from aelab.training.divergence import diverged
from aelab.training.recorder import Cancelled, Checkpoint, Recorder
from aelab.training.state import is_finite, restore, state_of

_SHORTEST_SECONDS = 2.0  # what a crash costs at most, where keeping is quick; AELAB_CHECKPOINT_SECONDS
_LONG_VALIDATION_SECONDS = 0.5  # a shorter one is waited for when the training is asked to stop
_SHARE_OF_TIME = 0.01  # that may be spent on keeping


class Checkpoints(keras.callbacks.Callback):  # type: ignore[misc]
    """Hand the recorder the state of a training often enough, but not so often that it takes long.

    It comes behind the callback that records epochs: a state is kept only after what led to it.

    Parameters
    ----------
    training : TrainingConfig
    recorder : Recorder
    batches : TrainingBatches
    start : Checkpoint, optional
        Where the training goes on.

    Raises
    ------
    Cancelled
        From within `fit`, when the recorder asks to stop and the state is kept.
    DivergedError
        If the state is no number any more: an activation can hide that from the loss.
    """

    def __init__(
        self, training: TrainingConfig, recorder: Recorder, batches: TrainingBatches, start: Checkpoint | None = None
    ) -> None:
        super().__init__()
        self._training = training
        self._recorder = recorder
        self._batches = batches
        self._start = start
        self._begun = time.monotonic() - (start.seconds if start else 0.0)
        self._shortest = _shortest_seconds()
        self._next = time.monotonic() + self._shortest
        self._epoch = 0
        self._validating = 0.0
        self.kept_epochs = start.epoch if start else 0

    @property
    def seconds(self) -> float:
        """Seconds of training so far, those before an interruption included."""
        return time.monotonic() - self._begun

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Give an epoch that was interrupted its running means back, which Keras has just set to zero."""
        self._epoch = epoch
        start = self._start
        if start is not None and start.epoch == epoch and start.step:  # between epochs they are those of validation
            restore(self.model, start.arrays)
        self._start = None

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the state within a long epoch, or before the training stops; the end of an epoch comes by itself."""
        step = self._batches.taken(batch)
        if step < self._batches.steps:
            self._keep_if_due(self._epoch, step)

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the state before a validation, which can take long: only that is missing from the epoch then."""
        self._validating = time.monotonic()
        self._keep_if_due(self._epoch, self._batches.steps)

    def on_test_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Stop within a long validation; the training will be taken up where its state was kept last."""
        if time.monotonic() - self._validating > _LONG_VALIDATION_SECONDS and self._recorder.should_stop():
            raise Cancelled

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the state between two epochs if that is due."""
        self._keep_if_due(epoch + 1, 0)

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        """Keep the end, from which somebody may want to go on."""
        self._keep(self._epoch + 1, 0)

    def _keep_if_due(self, epoch: int, step: int) -> None:
        stopping = self._recorder.should_stop()
        if stopping or time.monotonic() > self._next:
            self._keep(epoch, step)
        if stopping:
            raise Cancelled

    def _keep(self, epoch: int, step: int) -> None:
        begun = time.monotonic()
        arrays = state_of(self.model)
        if not is_finite(arrays):
            raise diverged(self._training, self._epoch + 1, self.kept_epochs)
        self._recorder.checkpoint(Checkpoint(epoch, step, self.seconds, arrays))
        self.kept_epochs = epoch
        taken = time.monotonic() - begun
        self._next = time.monotonic() + max(self._shortest, taken / _SHARE_OF_TIME)


def _shortest_seconds() -> float:
    try:
        return max(0.0, float(os.environ.get("AELAB_CHECKPOINT_SECONDS", "")))
    except ValueError:
        return _SHORTEST_SECONDS
