"""A study of a run as a job: asked for once by whomever, done by a worker, and kept for everybody."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from aelab import inference, runs
from aelab.fields import Config
from aelab.jobs import queue
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.runs import Run
from aelab.runs.run import no_encoder
from aelab.studies.spec import StudySpec
from aelab.tasks import _arrays


class Answer(Protocol):
    """What a study finds."""

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON data."""


A = TypeVar("A", bound=Answer)


@dataclass(frozen=True)
class StudyJob(Generic[A]):
    """How a study that takes a progress callback becomes a job of the same name.

    Attributes
    ----------
    study : StudySpec
        Of a run.
    read : callable
        Makes the answer again from what its `to_json` has returned.
    of_codes : bool
        Whether it asks for codes, which not every run has that restores images.
    """

    study: StudySpec
    read: Callable[[Mapping[str, Any]], A]
    of_codes: bool = False

    def submit(self, run_id: str, config: Config, *, owner: str = "") -> Job:
        """Queue the study, or return the job that already did it; a `LabError` where the run cannot be asked."""
        run = runs.find(run_id)
        if self.of_codes and not run.encodes:
            raise run.lacks_code()
        if not run.reconstructs:
            raise no_encoder(run.id)
        return queue.submit(self.study.name, _params(run, config), owner=owner)

    def id(self, run: Run, config: Config) -> str:
        """Return the id of the job that does this."""
        return queue.key(self.study.name, _params(run, config))

    def make(self, context: JobContext, params: Mapping[str, Any]) -> None:
        """Do the job."""
        run = runs.find(params["run"])
        config = self.study.config.parse({name: params[name] for name in self.study.config.names()})
        found: A = self.study.run(inference.load(run), run.images(), config, context.progress)
        _arrays.keep(context, self._file, {"found": json.dumps(found.to_json())})

    def result(self, job: Job) -> A:
        """Return what a job that is done has found; a `LabError` as `_arrays.kept` has it where that is damaged."""
        with _arrays.kept(job, self._file) as stored:
            return self.read(json.loads(str(stored["found"])))

    @property
    def _file(self) -> str:
        return f"{self.study.name}.npz"


def _params(run: Run, config: Config) -> dict[str, Any]:
    return {"run": run.id, "created": run.created, **config.to_json()}
