"""Who asks for jobs, and who may cancel or reorder them.

An owner is a name that nobody can guess another's secret from: pages hash the visitor's, see
`dashboard/ui/visitor.py`.  A teacher is who knows the token in the server's own settings.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from aelab.errors import LabError
from aelab.jobs.job import Job

_TOKEN = "AELAB_TEACHER_TOKEN"


@dataclass(frozen=True)
class Person:
    """Somebody who looks at the queue.

    Attributes
    ----------
    owner : str
        What stands in the jobs that they ask for.
    teacher : bool
        Whether they may change everybody's.
    """

    owner: str
    teacher: bool = False

    def may_change(self, job: Job) -> bool:
        """Return whether they may cancel a job, or move it among its owner's."""
        return self.teacher or self.is_among(job.owners)

    def is_among(self, owners: Collection[str]) -> bool:
        """Return whether they are one of those who asked; nobody is the lab itself."""
        return self.owner != "" and self.owner in owners

    def check(self, job: Job) -> None:
        """Raise a `LabError` unless they may change a job."""
        if not self.may_change(job):
            raise LabError("Only whoever asked for {job}, or the teacher, may cancel or move it.", job=job.id)


#: Whoever has a shell on the computer could end the workers as well.
SHELL: Final = Person("shell", teacher=True)

#: The lab itself, such as its starter lab: what it asks for is nobody's.
LAB: Final = Person("", teacher=True)


def has_teacher() -> bool:
    """Return whether the server's settings name a token that makes a teacher."""
    return bool(os.environ.get(_TOKEN))


def is_token(text: str) -> bool:
    """Return whether a text is the teacher's token; the time it takes says nothing about it."""
    token = os.environ.get(_TOKEN, "")
    return token != "" and hmac.compare_digest(text.encode(), token.encode())
