"""Collect pictures from the web, one class at a time, and make a dataset of them."""

from __future__ import annotations

import streamlit as st

from aelab import collecting, storage
from aelab.datasets.prepare import Prepare
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN, Job
from aelab.tasks import collect_pictures, import_collection
from aelab.tasks.collect_pictures import KINDS, Kind
from ui import following, making, visitor
from ui.i18n import plain, say, t
from ui.jobs import show_ending, watch

_COLLECTING = "collecting"  # in the address: the job that was asked for last
_USUAL, _MOST = 50, 1000
_SENTENCES = 20
_PREPARE = Prepare(height=64, width=64)  # another size is made on the Prepare page


def offer() -> None:
    """Draw the form, the progress of the last collecting, and what has been collected."""
    st.caption(
        t(
            "The lab asks politely: a pause between two pictures, robots.txt respected, never an address inside your "
            "own network. Licence and author are kept where they are known; whether you may use a picture is for you "
            "to decide."
        )
    )
    name = st.text_input(t("Name of the collection"), key="collect.name", help=t("Small letters, digits, - and _."))
    class_name = st.text_input(t("Class (what the pictures show)"), key="collect.class")
    kind: Kind = st.selectbox(t("From"), list(KINDS), format_func=lambda each: t(KINDS[each]), key="collect.kind")
    if kind == "addresses":
        text = st.text_area(t("Addresses, one a line"), key="collect.addresses")
    else:
        label = t("Words to search for") if kind == "commons" else t("Address of the page")
        text = st.text_input(label, key=f"collect.{kind}")
    limit = st.number_input(t("Pictures wanted"), 1, _MOST, _USUAL, key="collect.limit")
    ready = bool(name and class_name and text)
    if st.button(t("Collect"), type="primary", key="collect.start", disabled=not ready):
        try:
            job = collect_pictures.submit(name, class_name, kind, text, int(limit), owner=visitor.owner())
            following.begin(_COLLECTING, job)
        except LabError as error:
            following.forget_ended(_COLLECTING)
            st.error(say(error), icon=":material/error:")
    _follow()
    _collections()


def _follow() -> None:
    job = following.followed(_COLLECTING, {"collect_pictures"})
    if job is None:
        return
    status = folder.status(job)
    if status.state in OPEN:
        watch(job, job.params["class"])
    elif status.state == "done":
        _tell(job)
    else:
        show_ending(status)


def _tell(job: Job) -> None:
    found = collect_pictures.result(job)
    failed = found.counts["refused"] + found.counts["failed"]
    show, icon = st.success, ":material/check_circle:"
    if failed and not found.counts["kept"]:
        show, icon = st.warning, ":material/warning:"
    show(
        t(
            "{count} pictures of {label} are there now: {kept} new, {repeats} repeats, {failed} not fetched.",
            count=found.pictures,
            label=plain(job.params["class"]),
            kept=found.counts["kept"],
            repeats=found.counts["repeat"],
            failed=failed,
        ),
        icon=icon,
    )
    for sentence in found.left_out[:_SENTENCES]:
        st.caption(say(sentence))


def _collections() -> None:
    """Draw what has been collected so far, and the way from there to a dataset."""
    for path in storage.folders(collecting.root()):
        classes = {each.name: sum(1 for _ in each.iterdir()) for each in sorted(path.iterdir()) if each.is_dir()}
        if not any(classes.values()):
            continue
        counts = ", ".join(f"{plain(name)} {count}" for name, count in classes.items())
        st.markdown(f"**{plain(path.name)}**: {counts}")
        if st.button(t("Make a dataset of {name}", name=path.name), key=f"collect.import.{path.name}"):
            making.start(lambda name=path.name: import_collection.submit(name, name, _PREPARE, owner=visitor.owner()))
