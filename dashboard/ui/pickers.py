"""Choose a dataset or a run.  The choice is in the address, and the same on every page."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from aelab import runs
from aelab.datasets import sources, store
from aelab.datasets.store import Dataset
from aelab.jobs import folder, queue
from aelab.models import models
from aelab.runs import Run, about
from aelab.tasks import make_dataset
from ui import address, caches, linked, visitor
from ui.guards import empty
from ui.i18n import plain, say, t
from ui.known import offered, remarks
from ui.provenance import built_in_summaries
from ui.waiting import wait_for

RUN_KEY = "run"
DATASET_KEY = "dataset"
_LONGEST_NAME = 80


def choose_next(*, dataset: str) -> None:
    """Choose for the user in the next script run, in which the picker is not drawn yet."""
    linked.choose_next(DATASET_KEY, dataset)


def pick_dataset(beside: Callable[[], None] = lambda: None) -> Dataset:
    """Draw the picker of datasets and return the chosen one; a built-in one is made first, as a job.

    Parameters
    ----------
    beside : callable, optional
        Draws what is there even while the dataset is not, or cannot be made.
    """
    name = linked.select(t("Dataset"), store.names(), DATASET_KEY, explain=say_no_dataset, help=built_in_summaries())
    beside()
    if not caches.is_stored(name):
        if name in sources:
            st.caption(t(sources[name].summary))
        known = folder.find(queue.key("make_dataset", {"name": name}))
        failed = known is not None and folder.status(known).state not in {"queued", "running", "done"}
        wait_for(
            known if known is not None and failed else make_dataset.submit_built_in(name, owner=visitor.owner()), name
        )
    return caches.dataset(name)


def say_no_dataset(missing: str, shown: str | None) -> str:
    """Return the sentence on a dataset that an address asks for and that this page cannot show."""
    if missing in store.names():  # on a page about runs
        said = t("No run that is done was trained on {missing}.", missing=plain(missing))
        return f"{said} {t('You see {name}.', name=plain(shown or ''))}"
    return t(
        "There is no dataset called {missing} any more; you see {name}.",
        missing=plain(missing[:_LONGEST_NAME]),
        name=plain(shown or ""),
    )


def pick_run(usable: Callable[[Run], bool] = lambda run: True) -> Run:
    """Draw the picker of finished runs and return the chosen one; stop the page where there is none.

    Parameters
    ----------
    usable : callable
        Which runs this page is for; they come first. Those that only draw come last everywhere.
    """
    done = sorted(offered(), key=lambda run: (not usable(run), not run.reconstructs))
    if not done:
        empty(t("No run is done yet. Start one on the Train page, or wait for the starter lab on Home."))
    chosen = linked.select(t("Run"), [run.id for run in done], RUN_KEY, explain=say_no_run)
    run = next(run for run in done if run.id == chosen)
    st.caption(describe(run))
    return run


def pick_two_in_step() -> list[Run]:
    """Draw the pickers of a run that has begun, and of another beside it; stop the page where there is none."""
    listed = runs.listed()
    archived = {run_id for run_id, said in about.read_all(row.id for row in listed).items() if said.archived}
    hidden = archived - address.named()
    known = {row.id: row.run for row in listed if row.run and row.state != "queued" and row.id not in hidden}
    if not known:
        empty(t("No run is done yet. Start one on the Train page, or wait for the starter lab on Home."))
    first = linked.select(t("Run"), list(known), RUN_KEY, explain=say_no_run)
    second = linked.select(
        t("In step with"),
        [run_id for run_id in known if run_id != first],
        "beside",
        explain=lambda missing, shown: None if missing == first else say_no_run(missing, shown),
        optional=True,
        placeholder=t("no other run"),
    )
    chosen = [known[run_id] for run_id in (first, second) if run_id]
    for run in chosen:
        st.caption(describe(run))
    return chosen


def say_no_run(missing: str, shown: str | None) -> str:
    """Return the sentence on a run that an address asks for and that this page cannot show."""
    name = plain(missing[:_LONGEST_NAME])
    row = next((row for row in runs.listed() if row.id == missing), None)
    if row is None:
        said = t("There is no run called {missing} any more.", missing=name)
    elif row.state in {"done", "damaged"}:
        said = t("Run {missing} cannot be shown: its files are damaged.", missing=name)
    else:
        said = t("Run {missing} is not finished; the Train page says how it stands.", missing=name)
    return f"{said} {t('You see {name}.', name=plain(shown))}" if shown else said


def name_damaged() -> None:
    """Say which runs cannot be used, and why; the others are not stopped by them."""
    for row in runs.listed():
        if row.reason is not None:
            st.warning(say(row.reason), icon=":material/warning:")


def describe(run: Run) -> str:
    """Return a line on what a run is: title, model, latent dimension, dataset, epochs, and what to beware of."""
    said = about.read(run.id)
    title = [f"**{plain(said.title)}**"] if said.title else []
    return " · ".join([*title, _settings(run), *remarks(run, said)])


def _settings(run: Run) -> str:
    if not run.decodes:  # nor a code
        return t(
            "{model}, on {dataset}, epochs: {epochs}, seed {seed}",
            model=t(models[run.model].label),
            dataset=plain(run.dataset),
            epochs=run.settings.get("epochs", "?"),
            seed=run.settings.get("seed", "?"),
        )
    if run.model in models and models[run.model].fit is not None:  # a closed form has no epochs
        return t(
            "{model} with a latent dimension of {latent}, on {dataset}, seed {seed}",
            model=t(models[run.model].label),
            latent=run.settings.get("latent_dim", "?"),
            dataset=plain(run.dataset),
            seed=run.settings.get("seed", "?"),
        )
    return t(
        "{model} with a latent dimension of {latent}, on {dataset}, epochs: {epochs}, seed {seed}",
        model=t(models[run.model].label) if run.model in models else plain(run.model),
        latent=run.settings.get("latent_dim", "?"),
        dataset=plain(run.dataset),
        epochs=run.settings.get("epochs", "?"),
        seed=run.settings.get("seed", "?"),
    )
