"""What runs there are to look at, by the names people gave them, and what there is to say of each."""

from __future__ import annotations

from dataclasses import dataclass

from aelab import runs
from aelab.models import models
from aelab.runs import Run, about
from aelab.runs.about import About
from ui import address
from ui.denoise.words import told
from ui.i18n import plain, t

_TAIL = 8  # letters of an id that tell runs of one title apart


@dataclass(frozen=True)
class Known:
    """A finished run, and what people wrote about it."""

    run: Run
    about: About

    @property
    def id(self) -> str:
        """The run's id."""
        return self.run.id

    @property
    def name(self) -> str:
        """The title with the end of the id, or the id where it has no title."""
        return named(self.run.id, self.about)


def known_runs(*, archived: bool = False) -> list[Known]:
    """Return the finished runs, newest first.

    Parameters
    ----------
    archived : bool
        Whether to have those too that were put away.
    """
    done = runs.done()
    said = about.read_all(run.id for run in done)
    found = [Known(run, said[run.id]) for run in done]
    return [each for each in found if archived or not each.about.archived]


def offered() -> list[Run]:
    """Return the finished runs that a page offers: all but archived ones, which an address can still name."""
    asked = address.named()
    return [each.run for each in known_runs(archived=True) if not each.about.archived or each.id in asked]


def named(run_id: str, said: About) -> str:
    """Return what a run is called."""
    return f"{said.title} ({run_id[-_TAIL:]})" if said.title else run_id


def remarks(run: Run, said: About) -> list[str]:
    """Return what has to be known of a run before its numbers are believed."""
    found = []
    if not run.decodes:
        found.append(t("no bottleneck: that it gives clean images back says nothing, what counts is what it restores"))
    if run.model in models and models[run.model].conditional:
        found.append(t("told the class of every image beside its code, which makes reconstructing easier"))
    epoch = run.stopped_after()
    if epoch is not None:
        found.append(t("finished early, after epoch {epoch}", epoch=epoch))
    if said.imported:
        found.append(t("imported on {day}; its numbers are as the file claims", day=plain(said.imported[:10])))
    if said.archived:
        found.append(t("archived"))
    if run.corruption is not None:
        found.append(t("trained to take away: {noise}", noise=told(run.corruption)))
    return found
