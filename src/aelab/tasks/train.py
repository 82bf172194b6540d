"""Ask for a training: a new one, one that goes on where it stopped, or more epochs of a finished one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aelab import inference, runs, storage
from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import N_, LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue, room
from aelab.jobs.job import Expected
from aelab.jobs.spec import TaskSpec
from aelab.runs import Parent, Run
from aelab.tasks import _training
from aelab.training import speeds
from aelab.training.config import Plan, plan, suggested_batch_size
from aelab.training.estimate import Estimate, estimate


def submit(dataset: str, model: str, settings: Mapping[str, Any], *, afresh: bool = False, owner: str = "") -> Run:
    """Queue a training, or return the run that already answers the same question.

    One that was cancelled, failed or was interrupted goes on from its newest checkpoint.

    Parameters
    ----------
    dataset, model : str
    settings : mapping
        Of both configs, by field name.
    afresh : bool
        Whether such a run begins again instead.
    owner : str
        Who asks, as `aelab.jobs.people` knows them.

    Raises
    ------
    LabError
        For an unknown dataset, model or setting, or settings that cannot work with these images.
    """
    plan(model, settings)  # a mistake in them is said before a dataset is fetched or made
    images = open_dataset(dataset)
    chosen = planned(images, model, settings)
    run = runs.new_run(dataset, images.checksum, chosen)
    with runs.lock():  # of two who ask at once, the second finds what the first has asked
        if not _is_answered(run.id):
            if afresh or not _can_go_on(run.id):
                runs.create(run)
            _queue(run, images, owner)
    return runs.find(run.id)


def resume(run_id: str, *, finish: bool = False, owner: str = "") -> Run:
    """Queue a run that was cancelled, failed, was interrupted or finished early, to go on where it stopped.

    Parameters
    ----------
    run_id : str
    finish : bool
        Whether to train no more, but to measure and export what was learned up to the newest checkpoint.

    Raises
    ------
    LabError
        If it is done, or there is nothing to finish with.
    """
    run = runs.find(run_id)
    images = run.images()  # a LabError where other images have taken the dataset's name
    with runs.lock():
        state = runs.status(run).state
        if state in jobs.OPEN:
            return run
        if state == "done" and (finish or run.stopped_after() is None):
            raise LabError("Run {run} is done. Continue it for more epochs instead.", run=run.id)
        if finish and run.learned_epochs() is None:
            raise LabError("Run {run} has kept nothing yet that it has learned. Start it again.", run=run.id)
        _queue(run, images, owner, finish=finish)
    return run


def prolong(run_id: str, epochs: int, *, owner: str = "") -> Run:
    """Queue a new run that continues a finished one for more epochs, with its learning rate begun anew.

    Raises
    ------
    LabError
        If the run is not done, has a closed form, or its last checkpoint is gone.
    """
    parent = runs.find(run_id)
    images = parent.images()
    had = parent.plan.training.epochs
    if parent.plan.model.fit is not None:
        raise LabError("Run {run} has a closed form; more epochs would change nothing.", run=run_id)
    if parent.learned_epochs() != had or parent.stopped_after() is not None or runs.status(parent).state != "done":
        raise LabError(
            "Run {run} cannot be continued: it has not come to the end of its {epochs} epochs, or its last checkpoint "
            "is gone. Resume it, or train it again.",
            run=run_id,
            epochs=had,
        )
    chosen = plan(parent.model, {**parent.settings, "epochs": had + epochs})
    run = runs.new_run(parent.dataset, images.checksum, chosen, Parent(parent.id, had))
    with runs.lock():
        if not _is_answered(run.id):
            if not _can_go_on(run.id):
                runs.create(run, continued=parent)
            _queue(run, images, owner)
    return runs.find(run.id)


def planned(dataset: Dataset, model: str, settings: Mapping[str, Any]) -> Plan:
    """Return the plan of a training on a dataset; what is left out gets a default that suits the dataset.

    Raises
    ------
    LabError
        As `submit` does.
    """
    given = plan(model, settings)
    images = min(given.training.limit or dataset.counts["train"], dataset.counts["train"])
    chosen = plan(model, {"batch_size": suggested_batch_size(images), **settings})
    _check(chosen, dataset, images)
    return chosen


def cost(chosen: Plan, dataset: Dataset, done: int = 0) -> Estimate:
    """Return what a training will cost on this computer, of which `done` epochs need no more training."""
    return estimate(chosen, dataset.shape, dataset.counts["train"], dataset.counts["test"], speeds.known(), done)


def _check(chosen: Plan, dataset: Dataset, images: int) -> None:
    """Refuse, before a worker starts, what cannot work with these images."""
    pixels = dataset.shape[0] * dataset.shape[1] * dataset.shape[2]
    if chosen.model_config.latent_dim > pixels:
        raise LabError(
            "latent_dim must be at most {most}, the values in an image of {dataset}; it is {value}. "
            "A larger code would compress nothing.",
            most=pixels,
            dataset=dataset.name,
            value=chosen.model_config.latent_dim,
        )
    if chosen.model.fit is not None and chosen.model_config.latent_dim > images:
        raise LabError(
            "latent_dim must be at most {most}, the number of training images, for {model}; it is {value}.",
            most=images,
            model=chosen.model.name,
            value=chosen.model_config.latent_dim,
        )
    _check_memory(chosen, dataset)


def _check_memory(chosen: Plan, dataset: Dataset) -> None:
    """Refuse what this computer could never hold, with the numbers."""
    needed, there_is = cost(chosen, dataset).memory_bytes, room.most_memory()
    if needed > there_is:
        raise LabError(
            "This training would take about {needed} GB of memory; workers may have {there_is} GB here. Choose fewer "
            "images, a smaller batch_size or a smaller network.",
            needed=round(needed / 1e9, 1),
            there_is=round(there_is / 1e9, 1),
        )


def _queue(run: Run, images: Dataset, owner: str, *, finish: bool = False) -> None:
    job = jobs.find(run.id)
    if job is not None and jobs.status(job).state == "done":  # it finished early, or what it has done is gone
        storage.removed_folder(job.folder)
    reckoned = cost(run.plan, images, run.plan.training.epochs if finish else run.learned_epochs() or 0)
    queue.submit(
        "train",
        {"run": run.id, **({"finish": True} if finish else {})},
        job_id=run.id,
        owner=owner,
        expected=Expected(reckoned.seconds, reckoned.memory_bytes),
    )


def _is_answered(run_id: str) -> bool:
    """Return whether there is such a run, and it is on its way, or done, whole and not finished early."""
    try:
        run = runs.find(run_id)
        state = runs.status(run).state
        if state == "done":
            run.metrics()
            inference.load(run)
            return run.stopped_after() is None
    except LabError:
        return False
    return state in jobs.OPEN


def _can_go_on(run_id: str) -> bool:
    """Return whether there is such a run that is not done, or was finished early."""
    try:
        run = runs.find(run_id)
        return runs.status(run).state != "done" or run.stopped_after() is not None
    except LabError:
        return False


SPEC = TaskSpec(name="train", label=N_("Training"), lane="heavy", run=_training.train)
