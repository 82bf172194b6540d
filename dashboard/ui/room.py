"""A page with several views of one run: each answers a question of its own, and its name stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from streamlit.delta_generator import DeltaGenerator

from aelab.runs import Run
from ui import standing
from ui.i18n import t

#: Draws into the column of controls and into the one beside it.
Show: TypeAlias = Callable[[Run, DeltaGenerator, DeltaGenerator], None]


def _any(run: Run) -> bool:
    return True


@dataclass(frozen=True)
class View:
    """One question about a run.

    Attributes
    ----------
    label, question : str
        What it is called, and the question itself.
    show : callable
        Draws the answer.
    fits : callable
        Whether a run can be asked; a view is not offered for others.
    """

    label: str
    question: str
    show: Show
    fits: Callable[[Run], bool] = _any


def pick_view(room: str, views: Mapping[str, View], run: Run) -> View:
    """Draw the choice among the views that fit a run; it stands in the address, unless it is the first."""
    fitting = {name: t(view.label) for name, view in views.items() if view.fits(run)}
    return views[standing.pills(t("Show"), fitting, f"{room}.view", "view", next(iter(fitting)))]
