"""What there is to see of a run that restores images: a line for each view, in the order of the choice."""

from __future__ import annotations

from aelab.errors import N_
from aelab.studies import denoising, severity_curve
from ui.denoise import curves, matrix, measured, own, single
from ui.room import View

VIEWS = {
    "measured": View(N_("Test images"), denoising.SPEC.question, measured.show),
    "image": View(
        N_("One image"), N_("What does a run make of one noisy image, and what do filters make of it?"), single.show
    ),
    "curves": View(severity_curve.SPEC.label, severity_curve.SPEC.question, curves.show),
    "matrix": View(N_("All noises"), N_("Which noise should I train on?"), matrix.show),
    "own": View(N_("Own pictures"), N_("What does a run make of my own noisy pictures?"), own.show),
}
