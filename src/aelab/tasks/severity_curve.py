"""Measure a run at every severity of a noise as a job: tuning filters for each takes from seconds to minutes."""

from __future__ import annotations

from aelab.errors import N_
from aelab.jobs.spec import TaskSpec
from aelab.studies import severity_curve
from aelab.studies.severity_curve import SeverityCurves
from aelab.tasks._studying import StudyJob

JOB = StudyJob(severity_curve.SPEC, SeverityCurves.from_json)

SPEC = TaskSpec(name="severity_curve", label=N_("Quality by severity"), lane="light", run=JOB.make)
