"""The command as a shell runs it, and what is brought to it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from labs import PATIENCE
from PIL import Image

MEASURES = {"mse", "psnr", "ssim", "cosine_distance"}
Answers = Callable[..., dict[str, Any]]
Refusal = Callable[..., str]


def strict_json(text: str) -> dict[str, Any]:
    """Read the one JSON object that is allowed on standard output."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    assert text.count("\n") == 1
    answer = json.loads(text, parse_constant=refuse)
    assert isinstance(answer, dict)
    return answer


def aelab(*arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a shell does."""
    return subprocess.run(
        [sys.executable, "-m", "aelab.cli", *map(str, arguments)],
        env=os.environ | environment,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def pictures(root: Path, classes: tuple[str, ...], count: int = 10, size: tuple[int, int] = (20, 24)) -> Path:
    """Make a folder with pictures of chance in each of some classes."""
    rng = np.random.default_rng(0)
    for name in classes:
        (root / name).mkdir(parents=True)
        for index in range(count):
            pixels = rng.integers(0, 256, (*size, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(root / name / f"{index}.png")
    return root


def rows(path: Path) -> list[list[str]]:
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))
