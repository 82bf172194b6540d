"""What the numbers of the view on what a run has learned mean, one click away."""

from __future__ import annotations

from aelab.studies.learned_terms import HOLES, POSTERIOR
from ui import definitions
from ui.i18n import t


def define(*, posterior: bool) -> None:
    """Draw a button that opens the definitions; those of the posterior where a run has one."""
    definitions.define_terms(
        (*(POSTERIOR if posterior else ()), *HOLES),
        t("Intervals are 95% confidence intervals over images or draws; they say nothing of other seeds."),
    )
