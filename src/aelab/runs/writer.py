"""Write what a training leaves behind."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy.typing as npt

from aelab import storage
from aelab.runs import checkpoints, snapshots
from aelab.runs.checkpoints import Found
from aelab.runs.run import Run
from aelab.training.recorder import Checkpoint


class RunWriter:
    """Writes what a training leaves behind, each file whole.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self._folder = run.folder

    def environment(self, data: Mapping[str, Any]) -> None:
        """Keep versions and machine."""
        storage.write_json(self._folder / "environment.json", dict(data))

    def epoch(self, line: Mapping[str, Any]) -> None:
        """Append an epoch to the history."""
        storage.append_line(self._folder / "history.jsonl", dict(line))

    def event(self, line: Mapping[str, Any]) -> None:
        """Append something that happened beside the epochs."""
        storage.append_line(self._folder / "events.jsonl", dict(line))

    def checkpoint(self, checkpoint: Checkpoint) -> None:
        """Keep a state to go on from, with the history that belongs to it."""
        checkpoints.save(self._folder / "checkpoints", checkpoint, storage.read_lines(self._folder / "history.jsonl"))

    def rewind(self, found: Found) -> None:
        """Let history and snapshots end where a checkpoint was kept, so that nothing is told twice or left out."""
        epoch = found.checkpoint.epoch if found.checkpoint else 0
        for path in self._folder.rglob(".*"):  # what a worker was writing when it was killed
            path.unlink(missing_ok=True)
        with storage.written(self._folder / "history.jsonl", "w") as file:
            file.writelines(json.dumps(line, ensure_ascii=False) + "\n" for line in found.history)
        snapshots.drop_after(self._folder / "snapshots", epoch)

    def snapshot(self, epoch: int, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep the arrays of an epoch; fewer epochs are kept where all would take too much room."""
        snapshots.write(self._folder / "snapshots", epoch, arrays)

    def networks(self, exported: Mapping[str, bytes], weights: bytes) -> None:
        """Keep the trained networks: each as ONNX, by its name, and the weights of all."""
        self._write("model.weights.npz", weights)
        for name, content in exported.items():
            self._write(f"{name}.onnx", content)

    def diagnosis(self, findings: Sequence[Mapping[str, Any]]) -> None:
        """Keep what the run was found to suffer from."""
        storage.write_json(self._folder / "diagnosis.json", [dict(finding) for finding in findings])

    def metrics(self, data: Mapping[str, Any]) -> None:
        """Keep the measures; the last thing written."""
        storage.write_json(self._folder / "metrics.json", dict(data))

    def _write(self, name: str, content: bytes) -> None:
        with storage.written(self._folder / name) as file:
            file.write(content)
