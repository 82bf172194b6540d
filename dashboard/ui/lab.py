"""What happens once when the server's first visitor arrives."""

from __future__ import annotations

import gc
import importlib
import pkgutil

import streamlit as st

import ui
from aelab import starter, storage
from aelab.cleaning import drafts
from aelab.datasets import store
from aelab.errors import LabError
from aelab.jobs import queue
from aelab.runs import trash
from ui.i18n import say


@st.cache_resource(show_spinner=False)
def open_once() -> LabError | None:
    """Queue the starter lab in a lab that has nothing yet; sweep up, and take up a queue that a restart left.

    Returns
    -------
    LabError or None
        What keeps the lab from being written, should anything; it can still be looked at.
    """
    try:
        store.sweep_unfinished()
        drafts.sweep()
        trash.sweep()
        if starter.is_new():
            starter.queue_starter()
        queue.pump()
        return None
    except OSError as error:
        return storage.disk_error(storage.artifacts(), error)
    except LabError as error:
        return error
    finally:
        _ease_garbage_collection()


def open_lab() -> None:
    """Do what the first visitor's arrival asks for, and say what cannot be done here."""
    problem = open_once()
    if problem is not None:
        st.warning(say(problem), icon=":material/warning:")


def _ease_garbage_collection() -> None:
    """Put what lives as long as the server out of the garbage collector's sight.

    Streamlit's own collection after every script run is switched off, since it stops everybody for a
    tenth of a second.  Python's comes by itself, but only when a quarter of all objects are new, and
    figures that refer to themselves pile up until then: a hundred pages, 300 MB.  With the libraries'
    objects frozen, little is left to look through, so that it comes often and is over in milliseconds.
    """
    for module in pkgutil.iter_modules(ui.__path__):
        importlib.import_module(f"ui.{module.name}")
    gc.collect()
    gc.freeze()
