"""Exported runs, and what could be done to them on the way."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from aelab import inference, runs
from aelab.runs import transfer

Files = dict[str, bytes]


def exported(run_id: str, path: Path, *, networks_only: bool = False) -> Path:
    """Export a run to a file."""
    run = runs.find(run_id)
    with open(path, "wb") as file:
        transfer.export(run, inference.load(run).shape, file, networks_only=networks_only)
    return path


def files_of(path: Path) -> Files:
    """Return what a zip holds."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(path: Path, files: Mapping[str, bytes], *, honest: bool = True) -> Path:
    """Write a zip; its manifest tells the digests of what is in it, unless it shall not."""
    manifest = json.loads(files["manifest.json"])
    if honest:
        manifest["files"] = {
            name: {"bytes": len(content), "blake2b": hashlib.blake2b(content).hexdigest()}
            for name, content in files.items()
            if name != "manifest.json"
        }
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, json.dumps(manifest) if name == "manifest.json" else content)
    return path


def with_json(files: Files, name: str, **changes: Any) -> Files:
    """Return the files with fields of a JSON file changed."""
    return {**files, name: json.dumps(json.loads(files[name]) | changes).encode()}


def with_arrays(files: Files, name: str, /, **changes: np.ndarray | None) -> Files:
    """Return the files with arrays of an npz changed, or left out where they are None."""
    with np.load(io.BytesIO(files[name])) as stored:
        arrays = {array: stored[array] for array in stored.files} | changes
    buffer = io.BytesIO()
    np.savez(buffer, **{array: values for array, values in arrays.items() if values is not None})
    return {**files, name: buffer.getvalue()}


def with_weights(files: Files, **changes: np.ndarray | None) -> Files:
    """Return the files with arrays of the weights changed, or left out where they are None."""
    return with_arrays(files, "model.weights.npz", **changes)
