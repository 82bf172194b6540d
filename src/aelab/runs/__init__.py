"""The only reader and writer of run folders, `artifacts/runs/<id>/`.

====================  ===========================================================================
`config.json`         everything needed to repeat the run
`environment.json`    versions and machine
`history.jsonl`       a line an epoch: loss and parts, train and validation
`events.jsonl`        what else happened: resumed, finished early
`checkpoints/`        the newest two states from which the training can go on
`snapshots/`          the same few reconstructions, codes and samples as they were after an epoch; bounded
`model.weights.npz`   the weights of the networks, plain arrays
`encoder.onnx`        what the server runs; a model that only draws images has no encoder
`decoder.onnx`
`diagnosis.json`      what the run was found to suffer from
`metrics.json`        measures on the test split, written last: a run that has it is complete
`about.json`          what people wrote about it: title, notes, tags; the only file that changes afterwards
`owners.json`         who asked for it, or brought it, hashed; never exported
====================  ===========================================================================

How a run stands is what its job says; the job has the run's id.
"""

from aelab.runs.checkpoints import Found
from aelab.runs.run import Parent, Run, root
from aelab.runs.store import (
    Listed,
    RunState,
    create,
    done,
    find,
    listed,
    lock,
    new_run,
    status,
    touch,
)
from aelab.runs.trash import delete, deleted, is_restorable, restore
from aelab.runs.writer import RunWriter

__all__ = [
    "Found",
    "Listed",
    "Parent",
    "Run",
    "RunState",
    "RunWriter",
    "create",
    "delete",
    "deleted",
    "done",
    "find",
    "is_restorable",
    "listed",
    "lock",
    "new_run",
    "restore",
    "root",
    "status",
    "touch",
]
