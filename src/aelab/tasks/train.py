"""Ask for a training: a new one, one that goes on where it stopped, or more epochs of a finished one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aelab import inference, runs, storage
from aelab.datasets.store import Dataset, open_dataset
from aelab.errors import N_, LabError
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.jobs.job import Expected
from aelab.jobs.people import LAB, SHELL, Person
from aelab.jobs.spec import TaskSpec
from aelab.runs import Parent, Run, owners, trash
from aelab.tasks import _training
from aelab.tasks.planning import cost, planned
from aelab.training.config import plan


def submit(dataset: str, model: str, settings: Mapping[str, Any], *, afresh: bool = False, by: Person = LAB) -> Run:
    """Queue a training, or return the run that already answers the same question.

    One that waits or trains is shared from then on. One that was cancelled, failed or was interrupted goes on from its
    newest checkpoint, whoever asks, and is shared as well. One that somebody else finished early is returned as it is.

    Parameters
    ----------
    dataset, model : str
    settings : mapping
        Of both configs, by field name.
    afresh : bool
        Whether such a run begins again instead; what it has learned goes to the trash.
    by : Person
        Who asks.

    Raises
    ------
    LabError
        For an unknown dataset, model or setting, settings that cannot work with these images, or a run that has learned
        something, is somebody else's, and would have to begin again.
    """
    plan(model, settings)  # a mistake in them is said before a dataset is fetched or made
    images = open_dataset(dataset)
    chosen = planned(images, model, settings)
    return _asked(runs.new_run(dataset, images.checksum, chosen), images, by, afresh=afresh)


def _asked(run: Run, images: Dataset, by: Person, *, afresh: bool = False, continued: Run | None = None) -> Run:
    """Queue a run, unless it is there already."""
    with runs.lock():  # of two who ask at once, the second finds what the first has asked
        if _is_answered(run.id, by, afresh=afresh):
            queue.join(run.id, by.owner)
            owners.keep(runs.find(run.id).folder, owners.wanting(run.id))
        else:
            begins = afresh or not _can_go_on(run.id)
            if begins:
                _check_may_begin_again(run.id, by)
            whose, earlier = _whose(run.id, by)
            if begins:
                trash.put_aside(run.id)
                runs.create(run, continued)
            _queue(run, images, whose, earlier)
    return runs.find(run.id)


def _check_may_begin_again(run_id: str, by: Person) -> None:
    """Raise a `LabError` if others would lose what a run has learned."""
    whose = owners.of(run_id)
    if not trash.has_learned(run_id) or owners.objection(run_id, whose, by, losing=True) is None:
        return
    if by.is_among(whose):
        owners.check(run_id, by, losing=True)
    raise LabError(
        "Somebody else has asked for exactly this training before: only they, or the teacher, may train run {run} "
        "anew. Change a setting, such as the seed, to train one of your own.",
        run=run_id,
    )


def _whose(run_id: str, by: Person) -> tuple[Sequence[str], Sequence[str]]:
    """Return whose the job of a run is that somebody asks for or takes up, and who shares the run from before."""
    wanting, everybody = owners.wanting(run_id), owners.of(run_id)
    shared = trash.has_learned(run_id) and owners.objection(run_id, everybody, by) is not None
    if by.is_among(wanting) or (by.teacher and any(wanting)):
        return wanting, [each for each in everybody if each not in wanting]
    if shared or by.is_among(everybody):
        return (by.owner,), [each for each in everybody or ("",) if each != by.owner]
    return (by.owner,), ()


def resume(run_id: str, *, finish: bool = False, by: Person = SHELL) -> Run:
    """Queue a run that was cancelled, failed, was interrupted or finished early, to go on where it stopped.

    It stays whose it was; who takes up what somebody else asked for shares it.

    Parameters
    ----------
    run_id : str
    finish : bool
        Whether to train no more, but to measure and export what was learned up to the newest checkpoint.
    by : Person
        Who asks.

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
            if not by.teacher:
                queue.join(run.id, by.owner)
            return run
        if state == "done" and (finish or run.stopped_after() is None):
            raise LabError("Run {run} is done. Continue it for more epochs instead.", run=run.id)
        if finish and run.learned_epochs() is None:
            raise LabError("Run {run} has kept nothing yet that it has learned. Start it again.", run=run.id)
        _queue(run, images, *_whose(run.id, by), finish=finish)
    return run


def prolong(run_id: str, epochs: int, *, by: Person = SHELL) -> Run:
    """Queue a new run that continues a finished one for more epochs, with its learning rate begun anew.

    The finished one stays as it is: anybody may ask, and the new one is theirs.

    Raises
    ------
    LabError
        If the run is not done, has a closed form, or its last checkpoint is gone.
    """
    parent = runs.find(run_id)
    images = parent.images()
    had = parent.plan.training.epochs
    _check_can_be_continued(parent, had + epochs)
    chosen = plan(parent.model, {**parent.settings, "epochs": had + epochs})
    run = runs.new_run(parent.dataset, images.checksum, chosen, Parent(parent.id, had))
    return _asked(run, images, by, continued=parent)


def _check_can_be_continued(run: Run, epochs: int) -> None:
    """Raise a `LabError` that says what to do instead, unless a run has its last checkpoint."""
    state, learned, had = runs.status(run).state, run.learned_epochs(), run.plan.training.epochs
    if run.plan.model.fit is not None:
        raise LabError("Run {run} has a closed form; more epochs would change nothing.", run=run.id)
    if state in jobs.OPEN:
        raise LabError("Run {run} is still {state}: continue it when it is done.", run=run.id, state=state)
    if learned is None:
        raise LabError(
            "Run {run} cannot be continued: no checkpoint of it is left to go on from. Train it for {epochs} epochs "
            "from the beginning instead (`aelab train --like {run} --epochs {epochs}`).",
            run=run.id,
            epochs=epochs,
        )
    if learned != had or run.stopped_after() is not None or state != "done":
        raise LabError(
            "Run {run} cannot be continued: it has learned {learned} of its {epochs} epochs. Resume it first, on the "
            "Train page or by `aelab jobs resume {run}`; continue it when it is done.",
            run=run.id,
            learned=learned,
            epochs=had,
        )


def _queue(
    run: Run, images: Dataset, whose: Sequence[str], earlier: Sequence[str] = (), *, finish: bool = False
) -> None:
    owners.keep(run.folder, whose, earlier)
    job = jobs.find(run.id)
    if job is not None and jobs.status(job).state == "done":  # it finished early, or what it has done is gone
        storage.removed_folder(job.folder)
    epochs = run.plan.training.epochs
    learned = epochs if finish else run.learned_epochs() or 0
    reckoned = cost(run.plan, images, learned)
    queue.submit(
        "train",
        {"run": run.id, **({"finish": True} if finish else {})},
        job_id=run.id,
        owner=whose[0],
        also=whose[1:],
        expected=Expected(reckoned.seconds, reckoned.memory_bytes, _training.share_done(learned, epochs)),
    )


def _is_answered(run_id: str, by: Person, *, afresh: bool) -> bool:
    """Return whether there is such a run, and it is on its way, or done and whole.

    One that was finished early is none to those whose it is: they have changed their mind.
    """
    try:
        run = runs.find(run_id)
        state = runs.status(run).state
        if state == "done":
            run.metrics()
            inference.load(run)
            others = owners.objection(run_id, owners.of(run_id), by) is not None
            return run.stopped_after() is None or (others and not afresh)
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
