"""Which loss curves can be drawn over one another?

Validation losses compare where they are counted in the same unit, on the same images; else a lower curve says nothing.
Nor does it where every run is judged by a critic of its own, which learns as it does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aelab.errors import LabError
from aelab.runs import Run


@dataclass(frozen=True)
class Curve:
    """The validation loss of a run: as many epochs as losses."""

    run: str
    epochs: tuple[int, ...]
    losses: tuple[float, ...]


@dataclass(frozen=True)
class CurveGroup:
    """Curves that compare.

    Attributes
    ----------
    unit : str
        Of the losses, as the model's file names it, in English.
    dataset, checksum : str
    curves : tuple of Curve
    """

    unit: str
    dataset: str
    checksum: str
    curves: tuple[Curve, ...]


def curve_groups(runs: Sequence[Run]) -> list[CurveGroup]:
    """Return the curves of runs in groups that compare; runs of a single epoch, or with an opponent, have none."""
    groups: dict[tuple[str, str], list[tuple[Run, Curve]]] = {}
    for run in runs:
        history = run.history()
        if len(history) < 2:
            continue
        try:
            chosen = run.plan
        except LabError:  # a setting of another version of the lab: nobody knows what its loss counts
            continue
        if chosen.model.opponent is not None:
            continue
        epochs = tuple(int(line["epoch"]) for line in history)
        losses = tuple(float(line["validation"]["loss"]) for line in history)
        key = (chosen.model.units(chosen.model_config), run.dataset_checksum)
        groups.setdefault(key, []).append((run, Curve(run.id, epochs, losses)))
    return [
        CurveGroup(unit, found[0][0].dataset, checksum, tuple(curve for _, curve in found))
        for (unit, checksum), found in groups.items()
    ]
