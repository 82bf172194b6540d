"""Look for holes as a job: ten thousand images are encoded, and a mixture may be fitted on their codes."""

from __future__ import annotations

from aelab.errors import N_
from aelab.jobs.spec import TaskSpec
from aelab.studies import holes
from aelab.studies.holes import Holes
from aelab.tasks._studying import StudyJob

JOB = StudyJob(holes.SPEC, Holes.from_json)

SPEC = TaskSpec(name="holes", label=N_("Holes of a latent space"), lane="light", run=JOB.make)
