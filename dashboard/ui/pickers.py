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
from ui import caches, visitor
from ui.guards import empty
from ui.i18n import plain, say, t
from ui.known import offered, remarks
from ui.provenance import built_in_summaries
from ui.waiting import wait_for

RUN_KEY = "run"
DATASET_KEY = "dataset"
_NEXT = "next.dataset"
_MISSING = "missing.dataset"
_LONGEST_NAME = 80


def choose_next(*, dataset: str) -> None:
    """Choose for the user in the next script run, in which the picker is not drawn yet."""
    st.session_state[_NEXT] = dataset


def pick_dataset(beside: Callable[[], None] = lambda: None) -> Dataset:
    """Draw the picker of datasets and return the chosen one; a built-in one is made first, as a job.

    Parameters
    ----------
    beside : callable, optional
        Draws what is there even while the dataset is not, or cannot be made.
    """
    if _NEXT in st.session_state:
        st.session_state[DATASET_KEY] = st.session_state.pop(_NEXT)
        st.session_state.pop(_MISSING, None)
    names = store.names()
    wanted = st.session_state.get(DATASET_KEY, st.query_params.get(DATASET_KEY))
    if wanted is not None and wanted not in names:
        st.session_state[_MISSING] = wanted
    name = st.selectbox(
        t("Dataset"),
        names,
        key=DATASET_KEY,
        bind="query-params",
        help=built_in_summaries(),
        on_change=lambda: st.session_state.pop(_MISSING, None),
    )
    if _MISSING in st.session_state:
        st.warning(
            t(
                "There is no dataset called {missing} any more; you see {name}.",
                missing=plain(st.session_state[_MISSING][:_LONGEST_NAME]),
                name=plain(name),
            ),
            icon=":material/search_off:",
        )
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


def pick_run(usable: Callable[[Run], bool] = lambda run: True) -> Run:
    """Draw the picker of finished runs and return the chosen one; stop the page where there is none.

    Parameters
    ----------
    usable : callable
        Which runs this page can use; they come first.
    """
    done = sorted(offered(), key=lambda run: not usable(run))
    if not done:
        empty(t("No run is done yet. Start one on the Train page, or wait for the starter lab on Home."))
    chosen = st.selectbox(t("Run"), [run.id for run in done], key=RUN_KEY, bind="query-params")
    run = next(run for run in done if run.id == chosen)
    st.caption(describe(run))
    return run


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
    if run.model in models and models[run.model].fit is not None:  # a closed form has no epochs
        return t(
            "{model} with a latent dimension of {latent}, on {dataset}, seed {seed}",
            model=t(models[run.model].label),
            latent=run.settings.get("latent_dim", "?"),
            dataset=plain(run.dataset),
            seed=run.settings.get("seed", "?"),
        )
    return t(
        "{model} with a latent dimension of {latent}, on {dataset}, {epochs} epochs, seed {seed}",
        model=t(models[run.model].label) if run.model in models else plain(run.model),
        latent=run.settings.get("latent_dim", "?"),
        dataset=plain(run.dataset),
        epochs=run.settings.get("epochs", "?"),
        seed=run.settings.get("seed", "?"),
    )
