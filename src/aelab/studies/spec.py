"""What the file of a study declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from aelab.fields import Config


@dataclass(frozen=True)
class StudySpec:
    """One question about a dataset or a run.

    Attributes
    ----------
    name, label : str
    question : str
        What it answers, as a student would ask; the page that shows it begins with it.
    subject : {"dataset", "run"}
        ``run(dataset, config)``, or ``run(inference, dataset, config)`` with the networks of a run and
        the dataset it was trained on.
    config : type of Config
    run : callable
        Returns a frozen dataclass.
    """

    name: str
    label: str
    question: str
    subject: Literal["dataset", "run"]
    config: type[Config]
    run: Callable[..., Any]
