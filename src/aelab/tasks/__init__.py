"""What a worker can be asked to do, one task a file; `aelab.jobs.spec.tasks` finds them."""
