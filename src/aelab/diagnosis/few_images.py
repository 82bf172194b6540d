"""More numbers to learn than the training images have pixels to learn them from."""

from __future__ import annotations

import math
from typing import Any

from aelab.diagnosis.case import Case
from aelab.diagnosis.spec import Finding, RuleSpec
from aelab.errors import N_

_APART = 1.25  # loss on validation images over that on training images


def find(case: Case) -> Finding | None:
    """Find networks larger than their training set that do worse on other images."""
    values = case.trained_images * math.prod(case.networks.shape)
    train, validation = case.loss["train"][-1:], case.loss["validation"][-1:]
    if case.run.plan.model.opponent is not None or case.summary.parameters <= values or not len(train):
        return None
    if train[0] <= 0 or validation[0] < _APART * train[0]:
        return None
    if case.settings["augment"] == "none":
        return _found(case, values, validation[0] / train[0], {"augment": "both" if _is_photo(case) else "shift"})
    size = next((name for name in ("width", "filters") if name in case.settings), None)
    low = case.run.plan.model.config.knob(size).low if size else None
    half = case.settings[size] // 2 if size else 0
    change = {size: half} if size and half >= (low or 1) else {}
    return _found(case, values, validation[0] / train[0], change)


def _found(case: Case, values: int, ratio: float, change: dict[str, Any]) -> Finding:
    return Finding(
        SPEC.name,
        N_(
            "The networks have {parameters} numbers to learn, and {images} training images have {values} pixel "
            "values; on other images the loss is {ratio} times as high."
        ),
        {
            "parameters": case.summary.parameters,
            "images": case.trained_images,
            "values": values,
            "ratio": f"{ratio:.2g}",
        },
        change,
    )


def _is_photo(case: Case) -> bool:
    """Return whether images are coloured: those may be mirrored, and letters and digits mostly are not."""
    return case.networks.shape[-1] > 1


SPEC = RuleSpec(
    name="few_images",
    label=N_("Too few images"),
    summary=N_(
        "A large network can keep a small training set by heart. More images, varied ones, or a smaller network help."
    ),
    find=find,
    order=9,
)
