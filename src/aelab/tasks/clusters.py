"""Put the codes of a run into clusters as a job: with the pixels of ten thousand images, that takes seconds."""

from __future__ import annotations

from aelab.errors import N_
from aelab.jobs.spec import TaskSpec
from aelab.studies import clusters
from aelab.studies.clustered import Clusters
from aelab.tasks._studying import StudyJob

JOB = StudyJob(clusters.SPEC, Clusters.from_json, of_codes=True)

SPEC = TaskSpec(name="clusters", label=N_("Clusters"), lane="light", run=JOB.make)
