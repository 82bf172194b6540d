"""What happens once when the server's first visitor arrives."""

from __future__ import annotations

import streamlit as st

from aelab import starter
from aelab.jobs import queue


@st.cache_resource(show_spinner=False)
def open_once() -> None:
    """Queue the starter lab in a lab that has nothing yet; take up a queue that a restart left waiting."""
    if starter.is_new():
        starter.queue_starter()
    queue.pump()
