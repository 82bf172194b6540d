"""What a run was trained to restore: the noise in its settings, as a corruption."""

from __future__ import annotations

from aelab.models import models
from aelab.noise import noises
from aelab.noise.corruption import Corruption
from aelab.runs import Run


def training_noise(run: Run) -> Corruption | None:
    """Return what corrupted the images that a run was trained on; None of a run that was not trained to denoise."""
    if run.model not in models or not models[run.model].denoises or run.settings.get("noise") not in noises:
        return None
    return Corruption.of(run.settings["noise"], run.settings["noise_level"])


def trained_on(run: Run) -> str:
    """Return what a run was trained on as `Corruption` writes it; "" where it was not trained to denoise."""
    return str(training_noise(run) or "")
