"""How fast this computer trains, learned from short calibrations and from every training since.

What is kept are ratios, real seconds to those that `aelab.training.estimate` reckons for its reference computer: for
dense and for convolutional networks, which a processor is good at to different degrees, and for a worker's start.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from aelab import storage
from aelab.errors import LabError

Part = Literal["dense", "convolutional", "start"]

_REMEMBERED = 9  # a median of so many: one measured while the computer was busy changes little


@dataclass(frozen=True)
class Speeds:
    """Ratios of real to reckoned seconds; 1 where nothing is known of this computer.

    Attributes
    ----------
    dense, convolutional : float
        Of an epoch.
    start : float
        Of the loading of libraries and tracing.
    """

    dense: float = 1.0
    convolutional: float = 1.0
    start: float = 1.0


def known() -> Speeds:
    """Return what is known of this computer."""
    ratios = _read().get(computer(), {})
    return Speeds(**{part: _median(ratios.get(part)) for part in ("dense", "convolutional", "start")})


def is_known() -> bool:
    """Return whether anything was measured on this computer."""
    return computer() in _read()


def learn(part: Part, ratio: float) -> None:
    """Remember a ratio of real to reckoned seconds; where it cannot be written, nothing is learned."""
    if not 0.01 < ratio < 100:
        return
    data = _read()
    ratios = data.setdefault(computer(), {})
    ratios[part] = [*_numbers(ratios.get(part)), round(ratio, 4)][-_REMEMBERED:]
    with contextlib.suppress(LabError, OSError):
        _path().parent.mkdir(parents=True, exist_ok=True)
        storage.write_json(_path(), data)


def _path() -> Path:
    return storage.artifacts() / "cache" / "speeds.json"


def _read() -> dict[str, dict[str, Any]]:
    try:
        data = storage.read_json(_path())
    except LabError:
        return {}
    return (
        {str(name): ratios for name, ratios in data.items() if isinstance(ratios, dict)}
        if isinstance(data, dict)
        else {}
    )


def computer() -> str:
    """Return a name for this computer and for how much of it a worker gets; it tells nobody whose it is."""
    told = (platform.node(), platform.machine(), platform.processor(), os.cpu_count(), os.environ.get("AELAB_WORKERS"))
    return hashlib.blake2b(repr(told).encode(), digest_size=6).hexdigest()


def _median(values: Any) -> float:
    numbers = _numbers(values)
    return statistics.median(numbers) if numbers else 1.0


def _numbers(values: Any) -> Sequence[float]:
    return [value for value in values if isinstance(value, float | int)] if isinstance(values, list) else []
