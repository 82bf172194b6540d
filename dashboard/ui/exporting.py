"""Take a dataset away as a file, or delete it."""

from __future__ import annotations

import streamlit as st

from aelab.datasets import store
from aelab.datasets.store import Dataset
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.tasks import export_dataset
from ui import visitor
from ui.i18n import plain, t
from ui.jobs import show_ending, watch
from ui.pickers import choose_next

_FORMS = {"zip": "zip", "npz": "npz"}


def offer(data: Dataset) -> None:
    """Draw the ways out."""
    with st.expander(t("Take it away, or delete it"), icon=":material/ios_share:"):
        st.caption(t("A zip has the pictures in folders of their classes and a list; npz has the arrays of Keras."))
        for form in _FORMS:
            _offer_file(data, form)
        _offer_deletion(data)


def _offer_file(data: Dataset, form: str) -> None:
    job = export_dataset.find(data, form)
    state = folder.status(job).state if job is not None else None
    if job is not None and state == "done" and export_dataset.result(job).exists():
        path = export_dataset.result(job)
        st.download_button(
            t("Download {file}", file=path.name),
            path.read_bytes,
            path.name,
            icon=":material/download:",
            on_click="ignore",
        )
        return
    if job is None or state not in OPEN:
        if st.button(t("Write a {form} file", form=form), key=f"export.{form}.{data.name}", icon=":material/archive:"):
            export_dataset.submit(data, form, owner=visitor.owner())
            st.rerun()
        if job is not None and state != "done":
            show_ending(folder.status(job))
        return
    watch(job, f"{data.name}.{form}")


def _offer_deletion(data: Dataset) -> None:
    # Both named after the dataset: if another is shown by the time the click arrives, it is not what was meant.
    key = f"export.delete.{data.name}.{data.checksum}"
    with st.popover(t("Delete this dataset"), icon=":material/delete:", key=f"{key}.confirm", on_change="rerun"):
        st.markdown(
            t(
                "Runs that were trained on **{name}** stay, but can no longer be measured on it. "
                "This cannot be undone.",
                name=plain(data.name),
            )
        )
        if st.button(t("Delete {name} for good", name=data.name), type="primary", key=key):
            store.delete(data.name)
            choose_next(dataset=store.names()[0])
            st.toast(t("{name} was deleted.", name=plain(data.name)), icon=":material/delete:")
            st.rerun()
