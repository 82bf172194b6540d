"""Have a dataset made of what was decided, under a name of its own, and follow the job that does it."""

from __future__ import annotations

import json
from collections.abc import Callable

import streamlit as st

from aelab.datasets import store
from aelab.datasets.recipe import Recipe
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN, Job
from aelab.tasks import derive_dataset
from aelab.tasks.make_dataset import MAKERS
from ui import following
from ui.i18n import plain, say, t
from ui.jobs import show_ending, watch
from ui.pickers import choose_next

_MAKING = "making"  # in the address: the job that makes a dataset
_LONGEST_NAME = 80


def offer(data: Dataset, recipe: Recipe, *, suffix: str, label: str, ready: bool = True) -> None:
    """Draw name and button for a dataset of its own, the recipe as a file, and the progress of the making.

    Parameters
    ----------
    data : Dataset
        What the recipe is about.
    recipe : Recipe
    suffix : str
        Ends the name that is suggested.
    label : str
        Of the button.
    ready : bool
        Whether there is anything to make that `data` is not already.
    """
    name = st.text_input(
        t("Name of the new dataset"),
        value=_free_name(data.name, suffix),
        key=f"making.name.{data.name}.{suffix}",
        help=t("Small letters, digits, - and _."),
    )
    row = st.container(horizontal=True)
    if row.button(
        label,
        type="primary",
        icon=":material/done_all:",
        disabled=not ready or not name,
        key=f"making.start.{data.name}.{data.checksum}",
    ):
        start(lambda: derive_dataset.submit(data, name, recipe))
    row.download_button(
        t("Download the recipe"),
        json.dumps(recipe.to_json(), indent=1, ensure_ascii=False),
        f"{data.name}-recipe.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        help=t("What was decided, as JSON: the same recipe makes the same dataset of the same files."),
    )
    follow()


def start(submit: Callable[[], Job]) -> None:
    """Queue the making of a dataset, or say why that cannot be."""
    try:
        job = submit()
    except LabError as error:
        following.forget_ended(_MAKING)
        st.error(say(error), icon=":material/error:")
        return
    following.begin(_MAKING, job)


def made() -> Job | None:
    """Return the job that makes the dataset that was asked for last, or None."""
    return following.followed(_MAKING, MAKERS)


def follow() -> None:
    """Draw the progress of the dataset that was asked for last; choose it when it is done."""
    job = made()
    if job is None:
        return
    name, status = job.params["name"], folder.status(job)
    if status.state in OPEN:
        watch(job, name)
    elif status.state == "done":
        following.end(_MAKING)
        if name not in store.names():
            return  # deleted since
        choose_next(dataset=name)
        st.toast(t("{name} is ready.", name=plain(name)), icon=":material/check_circle:")
        st.rerun()
    else:
        show_ending(status)


def _free_name(name: str, suffix: str) -> str:
    """Return a name that is not taken: fruit-clean, then fruit-clean-2."""
    base = f"{name.removesuffix(f'-{suffix}')[: _LONGEST_NAME - len(suffix) - 4]}-{suffix}"
    taken = set(store.names())
    return next(
        free for free in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if free not in taken
    )
