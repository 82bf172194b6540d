"""Bring a run from another lab, and follow the job that looks through it."""

from __future__ import annotations

import streamlit as st

from aelab.errors import LabError
from aelab.jobs import folder
from aelab.jobs.folder import OPEN
from aelab.tasks import import_run
from ui import run_choice, run_keeping, visitor
from ui.i18n import plain, say, t
from ui.jobs import show_ending, watch

_JOB = "compare.import"


def offer() -> None:
    """Draw the upload and the progress of the last one."""
    with st.expander(t("Bring a run"), icon=":material/upload:"):
        file = st.file_uploader(
            t("The zip of a run that a lab has exported"),
            key="compare.file",
            help=t(
                "Its settings and weights are checked, and its networks built anew. Pickles, HDF5, Keras and PyTorch "
                "files are not loaded."
            ),
        )
        if st.button(t("Import"), key="compare.bring", type="primary", disabled=file is None) and file is not None:
            try:
                st.session_state[_JOB] = import_run.submit(file.name, file, owner=visitor.owner()).id
                run_keeping.forget_deletion()
            except LabError as error:
                st.error(say(error), icon=":material/error:")
    _follow()


def _follow() -> None:
    job = folder.find(st.session_state[_JOB]) if _JOB in st.session_state else None
    if job is None:
        return
    status = folder.status(job)
    if status.state in OPEN:
        watch(job, str(job.params.get("run", job.params["name"])))
    elif status.state == "done":
        del st.session_state[_JOB]
        brought = import_run.result(job)
        run_choice.choose(brought)
        st.toast(t("{name} is ready.", name=plain(brought)), icon=":material/check_circle:")
        st.rerun()
    else:
        show_ending(status)
