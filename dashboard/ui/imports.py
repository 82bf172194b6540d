"""Bring one's own images, or have shapes drawn."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from aelab.datasets import sources
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN, Job
from aelab.tasks import make_dataset
from ui.forms import config_form
from ui.guards import guarded
from ui.i18n import say, t
from ui.jobs import show_ending, show_progress
from ui.pickers import choose_next
from ui.provenance import summary_of

_JOB = "imports.job"
_SMALLEST, _LARGEST = 12, 512


def offer_import() -> None:
    """Draw the ways to a new dataset, and the progress of the last one asked for."""
    with st.expander(t("Bring your own images"), icon=":material/upload:"):
        st.caption("  \n".join(summary_of(spec) for spec in sources if not spec.ready))
        st.caption(t("Upload one file; a folder is imported from a shell: `aelab datasets import`."))
        _upload()
    with st.expander(t("Draw shapes"), icon=":material/category:"):
        st.caption(t(sources["shapes"].summary))
        _shapes()
    if _JOB in st.session_state:
        _follow()


def _upload() -> None:
    file = st.file_uploader(t("File"), key="imports.file")
    name = st.text_input(t("Name of the dataset"), key="imports.name", help=t("Small letters, digits, - and _."))
    size = st.number_input(t("Height and width (pixels)"), _SMALLEST, _LARGEST, 64, key="imports.size")
    color = st.segmented_control(
        t("Colour"),
        ["rgb", "gray"],
        default="rgb",
        required=True,
        key="imports.color",
        format_func={"rgb": t("colour"), "gray": t("grey")}.__getitem__,
    )
    if st.button(t("Import"), type="primary", key="imports.start", disabled=file is None or not name):
        assert file is not None
        _start(lambda: make_dataset.submit_upload(name, file, file.name, int(size), str(color)))


def _shapes() -> None:
    name = st.text_input(t("Name of the dataset"), value="my-shapes", key="imports.shapes_name")
    values = config_form(ShapesConfig, "imports.shapes")
    if st.button(t("Draw"), type="primary", key="imports.draw"):
        _start(lambda: make_dataset.submit_shapes(name, ShapesConfig.parse(values)))


def _start(submit: Callable[[], Job]) -> None:
    try:
        job = submit()
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        return
    st.session_state[_JOB] = (job.id, job.params["name"])


def _follow() -> None:
    job_id, name = st.session_state[_JOB]
    job = folder.find(job_id)
    if job is None:
        del st.session_state[_JOB]
        return
    _progress(job, name)


def _progress(job: Job, name: str) -> None:
    working = folder.status(job).state in OPEN

    @st.fragment(run_every=1 if working else None)
    def panel() -> None:
        with guarded():
            status = folder.status(job)
            if status.state in OPEN:
                show_progress(job, status, name)
            elif status.state == "done":
                st.session_state.pop(_JOB, None)
                choose_next(dataset=name)
                st.rerun()
            elif working:
                st.rerun()  # nothing more to wait for
            else:
                show_ending(status)

    panel()
