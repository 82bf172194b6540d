"""One training, as it was asked for, and what it has left so far."""

from __future__ import annotations

import itertools
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import LabError
from aelab.models import models
from aelab.noise.corruption import Corruption
from aelab.runs import checkpoints, snapshots
from aelab.runs.checkpoints import Found
from aelab.training.config import Plan, plan


def root() -> Path:
    """Return the folder in which runs are kept."""
    return storage.artifacts() / "runs"


@dataclass(frozen=True)
class Parent:
    """The finished run that another one continues.

    Attributes
    ----------
    run : str
    epochs : int
        How many it had; the learning rate begins anew after them.
    """

    run: str
    epochs: int


@dataclass(frozen=True)
class Run:
    """One training, as it was asked for.

    Attributes
    ----------
    id : str
    dataset, dataset_checksum : str
        Which images, and that they are still the same ones.
    model : str
    settings : mapping
        The values of both configs, by field name.
    created : str
        ISO 8601, UTC.
    parent : Parent, optional
        What it continues.
    """

    id: str
    dataset: str
    dataset_checksum: str
    model: str
    settings: Mapping[str, Any]
    created: str
    parent: Parent | None = None

    @property
    def folder(self) -> Path:
        """Where everything about it is."""
        return root() / self.id

    @property
    def plan(self) -> Plan:
        """What was trained, checked anew."""
        return plan(self.model, self.settings)

    @property
    def all_settings(self) -> dict[str, Any]:
        """The settings, with the defaults of those that are not kept: they came later, and nobody has chosen them."""
        if self.model not in models:
            return dict(self.settings)
        usual = models[self.model].config.suited(self.settings)
        return {**{name: getattr(usual, name) for name in usual.later}, **self.settings}

    @property
    def corruption(self) -> Corruption | None:
        """What was done to the images that it was trained on; None where they were left as they are."""
        if self.model not in models or not models[self.model].denoises:
            return None
        return Corruption.of_settings(self.all_settings)

    @property
    def networks(self) -> tuple[str, ...]:
        """What its networks are called."""
        return models[self.model].networks if self.model in models else ("encoder", "decoder")

    @property
    def encodes(self) -> bool:
        """Whether it has an encoder, which gives images codes."""
        return "encoder" in self.networks

    @property
    def decodes(self) -> bool:
        """Whether it has a decoder, which makes images of codes."""
        return "decoder" in self.networks

    @property
    def reconstructs(self) -> bool:
        """Whether it makes something of images; else it draws them, and can be asked about none."""
        return self.model not in models or models[self.model].reconstructs

    def history(self) -> list[dict[str, Any]]:
        """Return a dict an epoch, as `aelab.training.recorder.Epoch.to_json` wrote it, up to the first damaged line."""
        lines = storage.read_lines(self.folder / "history.jsonl")
        return list(itertools.takewhile(_is_epoch, lines))

    def events(self) -> list[dict[str, Any]]:
        """Return what happened to the training beside its epochs, oldest first: resumed, finished early."""
        return [line for line in storage.read_lines(self.folder / "events.jsonl") if isinstance(line, dict)]

    def checkpoint(self) -> Found:
        """Return the newest good checkpoint, whole."""
        return checkpoints.newest(self.folder / "checkpoints")

    def learned_epochs(self) -> int | None:
        """Return how many epochs are behind the newest checkpoint; None where there is none."""
        return checkpoints.epochs(self.folder / "checkpoints")

    def snapshot_epochs(self) -> list[int]:
        """Return the epochs of which a snapshot is kept, ascending."""
        return snapshots.epochs(self.folder / "snapshots")

    def snapshot(self, epoch: int, names: Sequence[str] | None = None) -> dict[str, npt.NDArray[Any]]:
        """Return the arrays kept after an epoch, as `aelab.training.snapshots` says; only `names` where given."""
        return snapshots.read(self.folder / "snapshots", epoch, names)

    def metrics(self) -> dict[str, Any]:
        """Return the measures on the test split; a `LabError` where there are none yet."""
        path = self.folder / "metrics.json"
        if not path.exists():
            raise LabError("Run {run} has no results yet, or has lost them. Train it again.", run=self.id)
        metrics = storage.read_json(path)
        if not _are_metrics(metrics):
            raise damaged(self.id, "metrics.json", "missing fields")
        return dict(metrics)

    def weights(self) -> dict[str, npt.NDArray[np.float32]]:
        """Return the weights of the networks, `encoder_0`, ... `decoder_0`, ...; a `LabError` where there are none."""
        try:
            with np.load(self.folder / "model.weights.npz", allow_pickle=False) as arrays:
                return {name: np.asarray(arrays[name], np.float32) for name in arrays.files}
        except (OSError, ValueError, zipfile.BadZipFile) as error:
            raise damaged(self.id, "model.weights.npz", str(error)) from None

    def findings(self) -> list[dict[str, Any]] | None:
        """Return what the run was found to suffer from, as JSON; None if nobody has looked yet."""
        path = self.folder / "diagnosis.json"
        if not path.exists():
            return None
        found = storage.read_json(path)
        if not isinstance(found, list) or not all(isinstance(each, dict) and "template" in each for each in found):
            raise damaged(self.id, "diagnosis.json", "missing fields")
        return found

    def checked(self, dataset: Dataset) -> Dataset:
        """Return the dataset if it holds the images the run was trained on.

        Raises
        ------
        LabError
            If another one has taken its name: its "test" images may be among those trained on.
        """
        if dataset.checksum != self.dataset_checksum:
            raise LabError(
                "Dataset {dataset} has changed since this run was asked for. Start the training again.",
                dataset=self.dataset,
            )
        return dataset

    def stopped_after(self) -> int | None:
        """Return after how many epochs the run was finished early; None if it came to its end, or is not done."""
        try:
            stopped = self.metrics().get("stopped")
        except LabError:
            return None
        return int(stopped["epoch"]) if isinstance(stopped, dict) and "epoch" in stopped else None

    def images(self) -> Dataset:
        """Open the dataset of the run, checked."""
        return self.checked(open_dataset(self.dataset))

    def network(self, name: Literal["encoder", "decoder", "restorer"]) -> bytes:
        """Return a network as an ONNX file; a `LabError` where there is none, or the training did not get that far."""
        if name not in self.networks:
            raise self.lacks_code()
        try:
            return (self.folder / f"{name}.onnx").read_bytes()
        except FileNotFoundError:
            raise LabError(
                "Run {run} has no {network} yet, or has lost it. Choose another run, or train it again.",
                run=self.id,
                network=name,
            ) from None

    def lacks_code(self) -> LabError:
        """Return what is said where a run has no code of an image, and is asked for one."""
        return no_encoder(self.id) if self.decodes else no_code(self.id)


def _is_epoch(line: Any) -> bool:
    return isinstance(line, dict) and all(
        isinstance(line.get(part), dict) and "loss" in line[part] for part in ("train", "validation")
    )


def _are_metrics(data: Any) -> bool:
    """Return whether what `metrics.json` holds can be shown and compared."""
    return (
        isinstance(data, dict)
        and isinstance(data.get("n"), int)
        and isinstance(data.get("split"), str)
        and isinstance(data.get("overall"), dict)
        and all(isinstance(each, dict) and "mean" in each for each in data["overall"].values())
    )


def no_encoder(run_id: str) -> LabError:
    """Return what is said where a run would have to look at an image, and can only draw."""
    return LabError(
        "Run {run} has no encoder: it draws images, and cannot look at one. Choose a run of another model for that.",
        run=run_id,
    )


def no_code(run_id: str) -> LabError:
    """Return what is said where a run would have to give or take codes, and only restores images."""
    return LabError(
        "Run {run} has no code: it restores the images that it is given, and can neither draw others nor say which are "
        "alike. Choose a run of another model for that, such as vae.",
        run=run_id,
    )


def damaged(run_id: str, file: str, reason: str) -> LabError:
    """Return what is said of a file in a run's folder that is not as it was written."""
    return LabError("{file} in {folder} is damaged ({reason}).", file=file, folder=run_id, reason=reason)
