"""Have a dataset made of what was decided, under a name of its own, and follow the job that does it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Literal

import streamlit as st

from aelab.datasets import store
from aelab.datasets.recipe import Recipe
from aelab.datasets.store import Dataset
from aelab.errors import N_, LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN, Job
from aelab.tasks import derive_dataset
from aelab.tasks.make_dataset import MAKERS
from ui import caches, following, visitor
from ui.i18n import plain, say, t
from ui.jobs import show_ending, watch
from ui.pickers import DATASET_KEY, choose_next

_MAKING = "making"  # in the address: the job that makes a dataset
_READY = "making.ready"
_LONGEST_NAME = 80

#: The page that usually comes after a dataset was made, and what its link says.
Next = Literal["clean", "prepare", "train"]
_PAGES: dict[Next, str] = {
    "clean": N_("Next: clean it"),
    "prepare": N_("Next: prepare it"),
    "train": N_("Next: train on it"),
}


def offer(
    data: Dataset, recipe: Recipe, *, suffix: str, label: str, lacking: str, then: Next, elsewhere: bool = False
) -> None:
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
    lacking : str
        Why there is nothing to make yet; empty if there is.
    then : {"clean", "prepare", "train"}
        The page to go on with.
    elsewhere : bool
        Whether the page shows no dataset, so that what is ready is said whichever is chosen on others.
    """
    name = st.text_input(
        t("Name of the new dataset"),
        value=_suggested(data.name, suffix),
        key=f"making.name.{data.name}.{suffix}",
        help=t("Small letters, digits, - and _."),
    )
    row = st.container(horizontal=True)
    if row.button(
        label,
        type="primary",
        icon=":material/done_all:",
        disabled=bool(lacking) or not name,
        help=lacking or (t("Write a name first.") if not name else None),
        key=f"making.start.{data.name}.{data.checksum}",
    ):
        start(lambda: derive_dataset.submit(data, name, recipe, owner=visitor.owner()))
    row.download_button(
        t("Download the recipe"),
        json.dumps(recipe.to_json(), indent=1, ensure_ascii=False),
        f"{data.name}-recipe.json",
        "application/json",
        icon=":material/download:",
        on_click="ignore",
        help=t("What was decided, as JSON: the same recipe makes the same dataset of the same files."),
    )
    follow(then, elsewhere=elsewhere)


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


def follow(then: Next, *, elsewhere: bool = False) -> None:
    """Draw the progress of the dataset that was asked for last; when it is done, choose it and say what is next."""
    job = made()
    if job is None:
        _say_ready(then, elsewhere=elsewhere)
        return
    name, status = job.params["name"], folder.status(job)
    if status.state in OPEN:
        watch(job, name)
    elif status.state == "done":
        following.end(_MAKING)
        if name not in store.names():
            return  # deleted since
        choose_next(dataset=name)
        st.session_state[_READY] = name
        st.rerun()
    else:
        show_ending(status)


def _say_ready(then: Next, *, elsewhere: bool) -> None:
    """Say that the dataset is there that was asked for last, as long as it is the one that is shown."""
    name = st.session_state.get(_READY)
    shown = name if elsewhere and caches.is_stored(name or "") else st.session_state.get(DATASET_KEY)
    if name is None or name != shown:
        st.session_state.pop(_READY, None)
        return
    data = caches.dataset(name)
    st.success(
        t("{name} is ready. Images: {count}.", name=plain(name), count=data.counts["all"]),
        icon=":material/check_circle:",
    )
    st.page_link(f"views/{then}.py", label=t(_PAGES[then]), icon=":material/arrow_forward:")


def _suggested(name: str, suffix: str) -> str:
    return free_name(f"{name.removesuffix(f'-{suffix}')[: _LONGEST_NAME - len(suffix) - 4]}-{suffix}")


def free_name(base: str) -> str:
    """Return a name that is not taken: fruit-clean, then fruit-clean-2."""
    if not base:
        return base
    taken = set(store.names())
    return next(
        free for free in (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3))) if free not in taken
    )
