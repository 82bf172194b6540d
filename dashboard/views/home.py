"""What is this, what is ready, and where do I begin?"""

import pandas as pd
import streamlit as st

from aelab.runs import about
from ui import caches
from ui.going_on import FOLLOWED
from ui.guards import guarded
from ui.i18n import plain, t
from ui.jobs import open_jobs, show_jobs, state_name
from ui.pickers import describe

MOST_INTERRUPTED = 5  # links to those that were interrupted

st.title(t("AE Lab"))
st.markdown(
    t(
        "An autoencoder squeezes every image through a few numbers and draws it again from them. "
        "Here you train one, look inside it, and find out honestly how good it is."
    )
)


@st.fragment(run_every=2 if open_jobs() else None)
def progress() -> None:
    """Show what is being worked on; look again while there is something."""
    with guarded():
        working = open_jobs()
        if working:
            st.subheader(t("Jobs at work or waiting: {count}", count=len(working)))
            st.caption(t("They go on if you leave this page, close the browser or restart the server."))
            if not caches.has_results():
                st.caption(
                    t(
                        "A new lab begins by training four networks on handwritten digits, so that every page has "
                        "something to show."
                    )
                )
            show_jobs(working, describe)
        if st.session_state.get("home.working", len(working)) != len(working):
            st.session_state["home.working"] = len(working)
            st.rerun()
        st.session_state["home.working"] = len(working)


progress()

listed = caches.all_runs()
interrupted = [row.run for row in listed if row.state == "interrupted" and row.run and row.run.learned_epochs()]
if interrupted:
    with st.container(border=True):
        st.markdown(t("Interrupted trainings that can be resumed, with nothing lost: {count}", count=len(interrupted)))
        for run in interrupted[:MOST_INTERRUPTED]:
            st.page_link(
                "views/train.py", label=plain(run.id), icon=":material/power_off:", query_params={FOLLOWED: run.id}
            )
ready = [row for row in listed if row.state == "done"]
if not ready and not open_jobs():
    st.info(t("Nothing has been trained yet. Open the Train page to begin."), icon=":material/info:")
if ready:
    st.success(t("Trained runs ready to be explored: {count}", count=len(ready)), icon=":material/check_circle:")

st.subheader(t("Where to go"))
for column, (path, name, question) in zip(
    [*st.columns(3), *st.columns(3), *st.columns(3)],
    [
        ("views/datasets.py", t("Datasets"), t("What do the images look like, and are the classes balanced?")),
        ("views/clean.py", t("Clean"), t("What is wrong with these images, and what should be left out?")),
        ("views/prepare.py", t("Prepare"), t("How does each picture enter the network, and on which is it tested?")),
        ("views/train.py", t("Train"), t("Which network should learn from these images, and how is it doing?")),
        ("views/time_machine.py", t("Time machine"), t("What did the network learn, epoch by epoch?")),
        ("views/denoise.py", t("Denoise"), t("How much of a noise does a run take away?")),
        ("views/latent.py", t("Latent"), t("Which images does a run take to be alike, and what lies between them?")),
        ("views/reports.py", t("Reports"), t("Which run is better, at what, and by how much?")),
        ("views/compare.py", t("Compare"), t("What differs between these runs, and what did it change?")),
    ],
    strict=True,
):
    with column.container(border=True):
        st.page_link(path, label=f"**{name}**")
        st.caption(question)

if listed:
    st.subheader(t("Runs"))
    st.dataframe(
        pd.DataFrame(
            {
                t("Run"): [row.id for row in listed],
                t("Title"): [said.title for said in about.read_all(row.id for row in listed).values()],
                t("State"): [state_name(row.state) for row in listed],
                t("Model"): [row.run.model if row.run else "" for row in listed],
                t("Dataset"): [row.run.dataset if row.run else "" for row in listed],
                t("Created (UTC)"): [row.run.created[:16].replace("T", " ") if row.run else "" for row in listed],
            }
        ),
        hide_index=True,
        alt=t("Table of all runs with their state"),
    )
