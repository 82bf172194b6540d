"""A position that is typed: as many numbers as the code has, by hand or those of an image's code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import streamlit as st

from aelab.errors import LabError
from aelab.inference import Codes
from aelab.runs import Run
from aelab.studies import decoding, places
from ui import caches
from ui.i18n import say, t

#: Of the field.
KEY: Final = "decode.typed"
_PROBLEM = f"{KEY}.problem"
_IMAGE = "decode.image"


def ask(run: Run, read: Callable[[], object], explained: str) -> None:
    """Draw the field, and what is wrong with what is in it.

    Parameters
    ----------
    run : Run
    read : callable
        Is called when something was typed; a `LabError` is said below the field.
    explained : str
        What is to be typed.
    """
    latent = caches.networks(run).latent_dim
    st.text_input(
        t("Position"),
        placeholder="(-1, 3)" if latent == 2 else "(-1, 3, …)",
        key=KEY,
        on_change=_attempt,
        args=(read,),
        help=explained,
    )
    problem = st.session_state.get(_PROBLEM)
    if problem and st.session_state[KEY]:  # the field is empty again after another page
        st.error(say(problem), icon=":material/error:")
    if run.encodes:
        _offer_code(run, read)


def position(run: Run) -> Codes | None:
    """Draw the field and return the position in it, float32 (1, K); None where there is none."""
    latent = caches.networks(run).latent_dim
    ask(
        run,
        _nothing,
        t("As many numbers as the code has, with commas between them: {count}.", count=latent),
    )
    if st.session_state.get(_PROBLEM) or not st.session_state[KEY]:
        return None
    try:
        return decoding.parse_position(st.session_state[KEY], latent)
    except LabError as error:
        st.error(say(error), icon=":material/error:")
        return None


def forget() -> None:
    """Empty the field, in which is no longer the position that is shown."""
    st.session_state[KEY], st.session_state[_PROBLEM] = "", None


def _offer_code(run: Run, read: Callable[[], object]) -> None:
    """Draw the number of an image, and a button that types its code."""
    data = caches.images_of(run)
    with st.popover(t("The code of an image"), icon=":material/image_search:"):
        number = st.number_input(t("Number of the image"), 0, data.counts["all"] - 1, key=f"{_IMAGE}.{data.name}")
        st.button(t("Go there"), on_click=_type_code, args=(run, int(number), read), key=f"{_IMAGE}.go")


def _type_code(run: Run, index: int, read: Callable[[], object]) -> None:
    try:
        place = places.of_image(caches.networks(run), caches.images_of(run), index)
    except LabError as error:
        st.session_state[KEY], st.session_state[_PROBLEM] = f"#{index}", error
        return
    st.session_state[KEY] = "(" + ", ".join(f"{value:.5g}" for value in place.code[0]) + ")"
    _attempt(read)


def _attempt(read: Callable[[], object]) -> None:
    """Go to the position that was typed, or keep what is wrong with it for the page to say."""
    st.session_state[_PROBLEM] = None
    try:
        read()
    except LabError as error:
        st.session_state[_PROBLEM] = error


def _nothing() -> None:
    """Leave what is typed to `position`, which reads it each time."""
