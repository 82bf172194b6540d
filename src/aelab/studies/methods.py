"""Ways to restore images, runs and filters alike: each made ready for a draw, tuned on validation images if need be."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from aelab import inference
from aelab.filters.spec import FilterSpec, Settings
from aelab.filters.tuning import learned, tune
from aelab.inference import Inference
from aelab.pixels import Images, Labels
from aelab.runs import Run
from aelab.studies.draws import Draw


@dataclass(frozen=True)
class Ready:
    """A method that is ready for a draw.

    Attributes
    ----------
    restore : callable
        ``restore(noisy, labels) -> images``, float32 (N, H, W, C) in [0, 1].
    settings : mapping
        What a filter was tuned to.
    """

    restore: Callable[[Images, Labels], Images]
    settings: Settings


class Method(Protocol):
    """One way to restore images."""

    @property
    def name(self) -> str:
        """What it is called: the id of a run, or the name of a filter."""

    @property
    def key(self) -> Mapping[str, Any]:
        """What its results hang on, beside the draw."""

    def ready(self, draw: Draw, settings: Settings | None = None) -> Ready:
        """Return it ready for a draw; with `settings` that are known from before, it is not tuned again."""


@dataclass(frozen=True)
class OfRun:
    """A run."""

    run: Run

    @property
    def name(self) -> str:
        """The id of the run."""
        return self.run.id

    @property
    def key(self) -> Mapping[str, Any]:
        """The run, and when it was asked for: one of the same id that was made again may have learned otherwise."""
        return {"run": self.run.id, "created": self.run.created}

    @cached_property
    def _networks(self) -> Inference:
        return inference.load(self.run)

    def ready(self, draw: Draw, settings: Settings | None = None) -> Ready:
        """Return its networks, which hang on no draw."""
        return Ready(self._networks.reconstruct, {})


@dataclass(frozen=True)
class OfFilter:
    """A classical filter."""

    spec: FilterSpec

    @property
    def name(self) -> str:
        """The name of the filter."""
        return self.spec.name

    @property
    def key(self) -> Mapping[str, Any]:
        """The filter and the settings that are tried."""
        return {"filter": self.spec.name, "settings": self.spec.settings}

    def ready(self, draw: Draw, settings: Settings | None = None) -> Ready:
        """Return it tuned on the validation images of a draw, after it has learned from the training images."""
        learned_from = draw.training if self.spec.learn else None
        if settings is None:
            tuned = tune(self.spec, *draw.validation, learned_from)
            chosen, known = tuned.settings, tuned.known
        else:
            chosen, known = settings, learned(self.spec, learned_from)
        return Ready(lambda noisy, labels: self.spec.restore(noisy, known, **chosen), chosen)
