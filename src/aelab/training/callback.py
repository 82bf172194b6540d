"""Turn Keras' callbacks into what a `Recorder` hears."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from typing import Any

import keras

from aelab.errors import LabError
from aelab.pixels import UInt8Images
from aelab.training.config import Plan
from aelab.training.networks import Networks
from aelab.training.recorder import Epoch, Recorder
from aelab.training.snapshots import Snapshots


class DivergedError(LabError):
    """The loss is no number any more."""


class Recording(keras.callbacks.Callback):  # type: ignore[misc]
    """Report progress and epochs, keep snapshots, stop when asked or when the loss is no number.

    Parameters
    ----------
    plan : Plan
    networks : Networks
    validation : ndarray, uint8 (N, H, W, C)
        The first images are the ones every snapshot shows.
    steps : int
        Steps in an epoch.
    recorder : Recorder
    """

    def __init__(self, plan: Plan, networks: Networks, validation: UInt8Images, steps: int, recorder: Recorder) -> None:
        super().__init__()
        self._plan = plan
        self._steps = steps
        self._recorder = recorder
        self._snapshots = Snapshots(plan, networks, validation, recorder)
        self._started = time.monotonic()
        self._epoch = 1
        self.cancelled = False

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Remember which epoch it is, counted from 1."""
        self._epoch = epoch + 1
        self._snapshots.before(self._epoch)

    def on_train_batch_end(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report progress; stop if asked, or if the loss is no number."""
        self._check(logs or {})
        done = (self._epoch - 1 + (batch + 1) / self._steps) / self._plan.training.epochs
        self._recorder.progress(min(done, 1.0), self._epoch)
        if self._recorder.should_stop():
            self.cancelled = True
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        """Report the epoch's numbers, and keep a snapshot if it is one of those that are kept."""
        if self.cancelled:
            return
        logs = logs or {}
        self._check(logs)
        names = tuple(self._plan.model.parts)
        self.report(
            {name: float(logs[name]) for name in names},
            {name: float(logs[f"val_{name}"]) for name in names},
            float(self.model.optimizer.learning_rate),
        )

    def report(self, train: dict[str, float], validation: dict[str, float], learning_rate: float) -> None:
        """Hand the recorder an epoch's parts, their sums, and a snapshot."""
        seconds = time.monotonic() - self._started
        train, validation = with_total(train), with_total(validation)
        self._recorder.epoch(Epoch(self._epoch, train, validation, seconds, learning_rate))
        self._snapshots.after(self._epoch)

    def _check(self, logs: Mapping[str, Any]) -> None:
        if not all(math.isfinite(float(value)) for value in logs.values()):
            raise DivergedError(
                "The loss stopped being a number in epoch {epoch}: learning_rate {rate} is too high for this "
                "network. Try {proposal}.",
                epoch=self._epoch,
                rate=f"{self._plan.training.learning_rate:g}",
                proposal=f"{min(self._plan.training.learning_rate / 10, 0.002):g}",
            )


def with_total(parts: dict[str, float]) -> dict[str, float]:
    """Return the parts with their sum as `"loss"`."""
    return {"loss": math.fsum(parts.values()), **parts}
