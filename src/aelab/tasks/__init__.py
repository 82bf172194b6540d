"""What a worker can be asked to do, one task a file."""

from aelab.registry import Registry
from aelab.tasks.spec import TaskSpec

tasks: Registry[TaskSpec] = Registry(__name__, TaskSpec, "task")
