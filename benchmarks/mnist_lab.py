"""A lab with all of MNIST in it, in which the `aelab` command trains as anybody's would."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


@contextlib.contextmanager
def lab_with(mnist: Path, folder: Path | None = None) -> Iterator[Path]:
    """Make a lab with the dataset `mnist`, and yield its folder; it is gone in the end unless it is given.

    What a given one has trained already is not trained again.
    """
    with tempfile.TemporaryDirectory() as passing:
        artifacts = folder or Path(passing)
        os.environ["AELAB_ARTIFACTS"] = str(artifacts)
        if not (artifacts / "datasets" / "mnist").exists():
            aelab("datasets", "import", str(mnist), "--name", "mnist")
        yield artifacts


def trained(model: str, settings: Mapping[str, Any], dataset: str = "mnist") -> Any:
    """Train with some settings and the page's defaults for the rest, and return what the command answers."""
    options = [part for name, value in settings.items() for part in ("--set", f"{name}={value}")]
    return aelab("train", "--dataset", dataset, "--model", model, *options)


def aelab(*words: str) -> Any:
    """Return what the `aelab` command answers."""
    command = [sys.executable, "-m", "aelab.cli", *words, "--json"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    return json.loads(done.stdout.splitlines()[-1])
