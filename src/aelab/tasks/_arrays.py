"""Arrays that a job leaves: written whole, and forgotten with the job where they are damaged."""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from aelab import storage
from aelab.errors import LabError
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job


def keep(context: JobContext, file: str, arrays: Mapping[str, Any]) -> None:
    """Write arrays by name into the folder of a job, as one `.npz`."""
    buffer = io.BytesIO()
    named: dict[str, Any] = {name: np.asarray(array) for name, array in arrays.items()}
    np.savez(buffer, allow_pickle=False, **named)
    with storage.written(context.folder / file) as target:
        target.write(buffer.getvalue())


@contextlib.contextmanager
def kept(job: Job, file: str) -> Iterator[Mapping[str, npt.NDArray[Any]]]:
    """Give the arrays that a job has left, for as long as the block lasts.

    Raises
    ------
    LabError
        Names a file that is damaged, or does not hold what the block looks for; the job is then forgotten, so that
        asking again does it anew.
    """
    try:
        # numpy would leave a damaged file open that it has opened itself
        with open(job.folder / file, "rb") as source, np.load(source, allow_pickle=False) as stored:
            yield stored
    except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        storage.removed_folder(job.folder)
        raise LabError(
            "{file} in {folder} was damaged ({reason}) and is deleted: ask for it again.",
            file=file,
            folder=f"jobs/{job.id}",
            reason=storage.reason(error),
        ) from None
