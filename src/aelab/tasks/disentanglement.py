"""Hold the codes of a run against known factors as a job: forests for every factor take seconds."""

from __future__ import annotations

from aelab.errors import N_
from aelab.jobs.spec import TaskSpec
from aelab.studies import disentanglement
from aelab.studies.disentanglement import Disentanglement
from aelab.tasks._studying import StudyJob

JOB = StudyJob(disentanglement.SPEC, Disentanglement.from_json, of_codes=True)

SPEC = TaskSpec(name="disentanglement", label=N_("Disentanglement"), lane="light", run=JOB.make)
