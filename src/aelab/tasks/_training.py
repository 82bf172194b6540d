"""The job of a training: fit from where it stands, export, measure, and write each step into the run's folder."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import platform
from collections.abc import Mapping
from importlib import metadata
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aelab import inference, runs
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import folder as jobs
from aelab.jobs.context import JobContext, Stopped
from aelab.runs import Found, Run, RunWriter
from aelab.studies import generation, reconstruction
from aelab.tasks import diagnose
from aelab.training import speeds
from aelab.training.estimate import estimate
from aelab.training.order import limited, taking_turns
from aelab.training.recorder import Cancelled, Checkpoint, Epoch

if TYPE_CHECKING:
    from aelab.training.networks import Networks

_SHARE_OF_FIT = 0.95  # the rest of the progress bar is export and measuring
_COUNTED_EPOCHS, _FEWEST_EPOCHS = 50, 3  # the last of a training tell how fast the computer is; the first traces
_PACKAGES = ("aelab", "keras", "tensorflow", "numpy", "onnxruntime", "tf2onnx", "scikit-learn")


def train(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job of a run: train it on, or only finish it with what it has learned."""
    run = runs.find(params["run"])
    dataset = run.images()
    writer = RunWriter(run)
    writer.environment(_environment())
    found = run.checkpoint()
    _tell(writer, found, resumed=not params.get("finish"))
    keeper = Keeper(context, writer)
    if params.get("finish"):
        networks, stopped = _learned(run, dataset, found, keeper), {"stopped": _stand(found)}
    else:
        networks, stopped = _fitted(run, dataset, found, keeper), {}
    # Seconds of TensorFlow, for which a run that cannot be trained need not wait.
    from aelab.training.networks import to_onnx, to_weights  # noqa: PLC0415

    exported = {name: to_onnx(network) for name, network in networks.kept.items()}
    writer.networks(exported, to_weights(networks))
    context.progress(_SHARE_OF_FIT)
    with contextlib.suppress(LabError):  # such as codes that are no numbers: it can be asked for later, and says so
        diagnose.examine(run)
    writer.metrics(measure(run, dataset) | stopped)
    if not params.get("finish"):
        _learn_speeds(context, run, dataset)


def share_done(epochs: int, of: int) -> float:
    """Return the share of its job that a training has behind it with some of its epochs."""
    return _SHARE_OF_FIT * epochs / of


def _fitted(run: Run, dataset: Dataset, found: Found, keeper: Keeper) -> Networks:
    """Train from the checkpoint, or from scratch where there is none."""
    from aelab.training.graphics_card import graphics_card_alone  # noqa: PLC0415
    from aelab.training.loop import TrainingImages  # noqa: PLC0415
    from aelab.training.loop import train as fit  # noqa: PLC0415

    keeper.writer.rewind(found)
    chosen = run.plan
    indices = limited(dataset.indices("train"), dataset.labels, chosen.training.limit)
    shown = taking_turns(dataset.indices("validation"), dataset.labels)  # the first of them are in every snapshot
    labels = dataset.labels[indices], dataset.labels[shown]
    images = TrainingImages(dataset.take(indices), dataset.take(shown), *labels)
    anew = run.parent.epochs if run.parent else 0
    try:
        with graphics_card_alone(jobs.root() / ".graphics-card.lock"):
            return fit(chosen, images, keeper, found.checkpoint, anew)
    except Cancelled:
        raise Stopped from None


def _learned(run: Run, dataset: Dataset, found: Found, keeper: Keeper) -> Networks:
    """Return the networks as they were when the newest checkpoint was kept; a snapshot shows them."""
    from aelab.training.loop import restored  # noqa: PLC0415
    from aelab.training.snapshots import Snapshots  # noqa: PLC0415

    checkpoint = found.checkpoint
    if checkpoint is None:
        raise LabError("Run {run} has kept nothing yet that it has learned. Start it again.", run=run.id)
    networks = restored(run.plan, dataset.shape, checkpoint)
    if checkpoint.epoch and checkpoint.epoch not in run.snapshot_epochs():
        ending = dataclasses.replace(run.plan.training, epochs=checkpoint.epoch)
        shown = taking_turns(dataset.indices("validation"), dataset.labels)
        until = dataclasses.replace(run.plan, training=ending)
        kept = Snapshots(until, networks, dataset.take(shown), keeper, dataset.labels[shown])
        kept.after(checkpoint.epoch)
    return networks


def _tell(writer: RunWriter, found: Found, *, resumed: bool) -> None:
    """Write down from where the training goes on, and which checkpoint could not be used."""
    if found.checkpoint is not None and resumed:
        writer.event({"event": "resumed", **_stand(found)})
    for name in found.damaged:
        writer.event({"event": "fell_back", "damaged": name, **_stand(found)})


def _stand(found: Found) -> dict[str, int]:
    checkpoint = found.checkpoint
    return {"epoch": checkpoint.epoch, "step": checkpoint.step} if checkpoint else {"epoch": 0, "step": 0}


def measure(run: Run, dataset: Dataset) -> dict[str, Any]:
    """Measure a run's exported networks on the test images, as `metrics.json` keeps it.

    What compares an image with its reconstruction is empty where images are only drawn.
    """
    networks = inference.load(run)
    measured: dict[str, Any] = {"split": "test", "n": dataset.counts["test"], "overall": {}, "classes": {}}
    if networks.reconstructs:
        measured = reconstruction.run(networks, dataset, reconstruction.Config()).to_json()
    if run.plan.model.generative and generation.is_possible(dataset):
        measured["generation"] = generation.run(networks, dataset, generation.Config()).to_json()
    return measured


def _learn_speeds(context: JobContext, run: Run, dataset: Dataset) -> None:
    """Let the next estimate know how long this training took."""
    trained = [line["seconds"] for line in run.history()][-_COUNTED_EPOCHS:]
    if run.plan.model.fit is not None or len(trained) < _FEWEST_EPOCHS:
        return
    epoch = (trained[-1] - trained[0]) / (len(trained) - 1)
    reckoned = estimate(run.plan, dataset.shape, dataset.counts["train"], dataset.counts["test"])
    speeds.learn(reckoned.part, epoch / reckoned.epoch_seconds)


@dataclasses.dataclass(frozen=True)
class Keeper:
    """Hands what a training says to the job and to the run's folder."""

    context: JobContext
    writer: RunWriter

    def progress(self, share: float, epoch: int) -> None:
        with contextlib.suppress(Stopped):  # the training keeps its state first, and then asks `should_stop` itself
            self.context.progress(_SHARE_OF_FIT * share)

    def should_stop(self) -> bool:
        return self.context.should_stop()

    def epoch(self, epoch: Epoch) -> None:
        self.writer.epoch(epoch.to_json())

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self.writer.snapshot(epoch, arrays)

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        self.writer.checkpoint(checkpoint)


def _environment() -> dict[str, Any]:
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "packages": {name: metadata.version(name) for name in _PACKAGES},
    }
