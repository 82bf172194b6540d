"""Hold a run against classical filters as a job: tuning them takes from seconds to minutes."""

from __future__ import annotations

from aelab.errors import N_
from aelab.jobs.spec import TaskSpec
from aelab.studies import baselines
from aelab.studies.baselines import Baselines
from aelab.tasks._studying import StudyJob

JOB = StudyJob(baselines.SPEC, Baselines.from_json)

SPEC = TaskSpec(name="baselines", label=N_("Comparison with filters"), lane="light", run=JOB.make)
