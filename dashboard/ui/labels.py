"""What the lab's own terms are called on screen."""

from __future__ import annotations

from aelab.errors import N_

PARTS = {"train": N_("Training"), "validation": N_("Validation"), "test": N_("Test")}
