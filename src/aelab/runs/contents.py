"""Check what a stranger's run says, before anything of it is kept: nothing is dropped, nothing is guessed.

A field that this lab does not know may be one that a newer lab relies on; so it is named, and the run refused.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import math
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from aelab import storage
from aelab.errors import LabError
from aelab.intake import npz
from aelab.intake.limits import LEAST_SIDE, MOST_CLASSES, MOST_SIDE
from aelab.intake.names import printable
from aelab.metrics import metrics
from aelab.models import models
from aelab.models.spec import ModelConfig, ModelSpec, Shape
from aelab.runs.run import Parent, Run
from aelab.runs.store import new_run
from aelab.training.config import TrainingConfig, plan

MOST_SNAPSHOT_BYTES: Final = 64 * 1024**2
_MOST_EPOCHS: Final = 1_000_000
_LONGEST: Final = 200  # characters of a checksum or class name
_CONFIG: Final = ("format", "dataset", "dataset_checksum", "model", "settings", "created", "parent")
_EPOCH: Final = ("epoch", "train", "validation", "seconds", "learning_rate")
_METRICS: Final = ("split", "n", "overall", "classes", "generation", "stopped")
_GENERATION: Final = ("distance", "floor", "features", "n_samples", "n_floor", "n_test")
_PRIOR: Final = ("prior", "components", "n_codes")  # of generation; a lab that knew the normal prior alone wrote none
_ESTIMATE: Final = ("mean", "low", "high", "n", "infinite")
_PICTURES: Final = ("target", "given", "output", "samples")
_GIVEN: Final = ("target", "given", "output")  # in the snapshots of a model that takes images
_WEIGHTS: Final = ("norms", "updates")
_SNAPSHOT: Final = (*_PICTURES, "codes", "layers", *_WEIGHTS, "updates_since")
_LAYER: Final = re.compile(r"(encoder|decoder|restorer)/[0-9]{1,5}/\w{1,80}")


def read_json(content: bytes, file: str) -> dict[str, Any]:
    """Return the JSON object in a file; a `LabError` names the file where there is none."""
    try:
        data = json.loads(content, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise _wrong(file, str(error)[:_LONGEST]) from None
    if not isinstance(data, dict):
        raise _wrong(file, type(data).__name__)
    return data


def run_of(config: Mapping[str, Any]) -> Run:
    """Return the run that a `config.json` describes, under the id that such a run has here.

    Raises
    ------
    LabError
        For unknown fields or settings, all named, for a model that is not here, and for values that cannot be.
    """
    file = "config.json"
    _only("config.json", config, _CONFIG)
    if config.get("format") != 1:
        raise _newer(file, ("format",))
    texts = [config.get(name) for name in ("dataset", "dataset_checksum", "model", "created")]
    settings = config.get("settings")
    if not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts) or not isinstance(settings, dict):
        raise _wrong(file, "missing fields")
    _check_time(file, config["created"])
    storage.checked_id(config["dataset"])
    spec = models[config["model"]]
    _only(file, settings, spec.config.names() + TrainingConfig.names())
    chosen = plan(spec.name, settings)
    parent = _parent(config.get("parent"))
    same = new_run(config["dataset"], config["dataset_checksum"], chosen, parent)
    return dataclasses.replace(same, created=config["created"])


def _parent(value: Any) -> Parent | None:
    if value is None:
        return None
    if not isinstance(value, dict) or not isinstance(value.get("run"), str) or not _is_count(value.get("epochs")):
        raise _wrong("config.json", "parent")
    _only("config.json", value, ("run", "epochs"))
    return Parent(storage.checked_id(value["run"]), value["epochs"])


def shape_of(value: Any) -> Shape:
    """Return the shape (H, W, C) of a run's images; a `LabError` where the lab has no such images."""
    if (
        not isinstance(value, list)
        or len(value) != 3
        or not all(_is_count(side) for side in value)
        or not all(LEAST_SIDE <= side <= MOST_SIDE for side in value[:2])
        or value[2] not in (1, 3)
    ):
        raise _wrong("manifest.json", "shape")
    return value[0], value[1], value[2]


def check_history(content: bytes, model: ModelSpec) -> None:
    """Raise a `LabError` unless every line is an epoch of a training of `model`, in order.

    There may be none: a run can be finished before its first epoch has ended.
    """
    file, before = "history.jsonl", 0
    lines = content.splitlines()
    if len(lines) > _MOST_EPOCHS:
        raise _wrong(file, str(len(lines)))
    for number, line in enumerate(lines, start=1):
        place = f"{file}:{number}"
        epoch = read_json(line, place)
        _only(place, epoch, _EPOCH)
        for part in (epoch.get("train"), epoch.get("validation")):
            if not isinstance(part, dict):
                raise _wrong(place, "train, validation")
            _only(place, part, ("loss", *model.logged))
            if len(part) != 1 + len(model.logged) or not _are_finite(part.values()):
                raise _wrong(place, "loss")
        if not _are_finite(epoch.get(name) for name in ("seconds", "learning_rate")):
            raise _wrong(place, "seconds, learning_rate")
        if not _is_count(epoch.get("epoch")) or epoch["epoch"] <= before:
            raise _wrong(place, "epoch")
        before = epoch["epoch"]


def check_metrics(data: Mapping[str, Any], model: ModelSpec) -> None:
    """Raise a `LabError` unless the measures can be shown and compared.

    Where images are only drawn there are none of pairs of images, neither over all of them nor of a class.
    """
    file = "metrics.json"
    _only(file, data, _METRICS)
    overall, classes = data.get("overall"), data.get("classes", {})
    if data.get("split") not in ("train", "validation", "test") or not _is_count(data.get("n")):
        raise _wrong(file, "split, n")
    if not isinstance(overall, dict) or not isinstance(classes, dict) or len(classes) > MOST_CLASSES:
        raise _wrong(file, "overall, classes")
    for name, measured in [("", overall), *classes.items()]:
        complete = isinstance(measured, dict) and (
            "mse" in measured if model.reconstructs else measured == {} == classes
        )
        if not complete or len(name) > _LONGEST:
            raise _wrong(file, printable(name) or "overall")
        _only(file, measured, metrics.names())
        for estimate in measured.values():
            _check_estimate(file, estimate)
    generation, stopped = data.get("generation") or dict.fromkeys(_GENERATION, 0), data.get("stopped") or {"epoch": 0}
    if not isinstance(generation, dict) or not isinstance(stopped, dict) or "epoch" not in stopped:
        raise _wrong(file, "generation, stopped")
    _only(file, generation, _GENERATION + _PRIOR)
    _only(file, stopped, ("epoch", "step"))
    if not all(value == 0 or _is_count(value) for value in stopped.values()):
        raise _wrong(file, "stopped")
    numbers = [value for name, value in generation.items() if name != "prior"]
    complete = "n_floor" not in generation or set(_GENERATION) <= set(generation)
    if not complete or not _are_finite(numbers) or generation.get("prior", "normal") != "normal":
        raise _wrong(file, "generation")


def check_snapshot(path: Path, shape: Shape, config: ModelConfig, model: ModelSpec) -> None:
    """Raise a `LabError` unless a snapshot is as `aelab.training.snapshots` says, of images of `shape`."""
    arrays = npz.arrays(path, MOST_SNAPSHOT_BYTES)
    _only(path.name, arrays, _SNAPSHOT)
    possible = {**dict.fromkeys(_GIVEN, model.reconstructs), "codes": model.encoder is not None}
    needed = {name for name, is_there in possible.items() if is_there} or {"samples"}
    if not needed <= set(arrays) or (possible.keys() - needed) & set(arrays):
        raise _wrong(path.name, "missing fields")
    for name in _PICTURES:
        if name in arrays and (arrays[name].dtype.name != "uint8" or arrays[name].shape[1:] != shape):
            raise _wrong(path.name, name)
    codes = arrays.get("codes", np.zeros((0, config.code_length)))
    layers = arrays.get("layers", np.array([], str))
    if codes.ndim != 2 or codes.dtype.kind != "f" or codes.shape[1] != config.code_length:
        raise _wrong(path.name, "codes")
    if layers.ndim != 1 or layers.dtype.kind != "U" or not all(_LAYER.fullmatch(name) for name in layers.tolist()):
        raise _wrong(path.name, "layers")
    for name in _WEIGHTS:
        if name in arrays and (arrays[name].dtype.kind != "f" or arrays[name].shape != layers.shape):
            raise _wrong(path.name, name)
    since = arrays.get("updates_since", np.array(0))
    if since.dtype.kind not in "iu" or since.ndim:
        raise _wrong(path.name, "updates_since")


def _check_estimate(file: str, estimate: Any) -> None:
    if not isinstance(estimate, dict) or not {"mean", "low", "high", "n"} <= set(estimate):
        raise _wrong(file, "missing fields")
    _only(file, estimate, _ESTIMATE)
    # null stands for what JSON cannot hold: an interval of one image, the PSNR of images that came back unchanged
    if not _are_finite(0 if value is None else value for value in estimate.values()) or not isinstance(
        estimate["n"], int
    ):
        raise _wrong(file, "mean, low, high, n")


def _check_time(file: str, text: str) -> None:
    try:
        datetime.datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(file, "created") from None


def _only(file: str, found: Iterable[str], known: Iterable[str]) -> None:
    """Raise a `LabError` that names every field that is not known."""
    unknown = sorted(set(found) - set(known))
    if unknown:
        raise _newer(file, unknown)


def _newer(file: str, names: Iterable[str]) -> LabError:
    return LabError(
        "{file} has fields that this lab does not know: {names}. A newer AE Lab has written it: bring this one up to "
        "date first.",
        file=file,
        names=printable(", ".join(repr(name) for name in names)),
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= 10**9


def _are_finite(values: Iterable[Any]) -> bool:
    """Return whether all are numbers."""
    return all(isinstance(value, int | float) and not isinstance(value, bool) and _fits(value) for value in values)


def _fits(value: float) -> bool:
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**63


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _wrong(file: str, reason: str) -> LabError:
    return LabError("{file} of this run cannot be used ({reason}). Export the run again.", file=file, reason=reason)
