"""Make a dataset of what another recipe makes of a dataset's originals, as a job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aelab.datasets import store
from aelab.datasets.recipe import Recipe
from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.jobs.context import JobContext
from aelab.jobs.folder import Job
from aelab.jobs.spec import TaskSpec
from aelab.tasks import _storing


def submit(dataset: Dataset, name: str, recipe: Recipe, *, owner: str = "") -> Job:
    """Queue the making of the dataset `name`.

    Raises
    ------
    LabError
        If the name is taken or cannot be used, or the recipe does not fit: said before a worker starts.
    """
    _storing.check_free(name)
    recipe.choose(dataset.originals)
    params = {"name": name, "from": dataset.name, "checksum": dataset.checksum, "recipe": recipe.to_json()}
    _storing.check_not_being_made("derive_dataset", params)
    return _storing.submit("derive_dataset", params, owner)


def make(context: JobContext, params: Mapping[str, Any]) -> None:
    """Do the job."""
    dataset = _storing.opened_unchanged(params["from"], params["checksum"])
    store.derive(dataset, params["name"], Recipe.from_json(params["recipe"]), context.progress)


SPEC = TaskSpec(name="derive_dataset", label=N_("Making a dataset"), lane="light", run=make)
