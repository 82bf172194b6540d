"""Turn what goes wrong into one sentence on the page; the rest of the lab stays usable."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator

import streamlit as st

from aelab.errors import LabError
from ui.i18n import say, t

_log = logging.getLogger("aelab.dashboard")


@contextlib.contextmanager
def guarded() -> Iterator[None]:
    """Show a `LabError` in place of what the block would have drawn; log and excuse anything else."""
    try:
        yield
    except LabError as error:
        st.error(say(error), icon=":material/error:")
    except Exception:  # noqa: BLE001 - the last place that can tell the user; Streamlit's stop and rerun are none
        _log.exception("a page failed")
        st.error(
            t("Something went wrong inside the lab; the server's output says what. Your data and runs are safe."),
            icon=":material/error:",
        )


def empty(message: str, *, icon: str = ":material/info:") -> None:
    """Say what to do next where there is nothing to show yet, and draw no more of the page."""
    st.info(message, icon=icon)
    st.stop()
