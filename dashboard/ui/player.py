"""Which epoch is shown: the one on the slider, or, while it plays, the next at every tick."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from ui import address
from ui.i18n import t

_EPOCH, _MOVES, _SLIDER = "time.epoch", "time.moves", "time.slider"
_PLAYING, _SPEED = "time.playing", "time.speed"
_TOUCHED = "time.touched"  # somebody has moved something: this script run is no tick
_NEWEST = "time.newest"
_SPEEDS = (0.5, 1.0, 2.0)
_MOST_FRAMES = 60  # of a whole training: with more, playing it would take minutes


def open_at_asked() -> None:
    """Let a link, a reload, or the browser's buttons for back and forward lead to the epoch in the address.

    Where the address has none, the newest is shown.
    """
    if not address.is_opened("epoch") and not address.went_back():
        return
    for key in (_EPOCH, _NEWEST, _PLAYING):
        st.session_state.pop(key, None)
    st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1
    asked = st.query_params.get("epoch", "")
    if asked.isdecimal() and len(asked) < 10:
        st.session_state[_EPOCH] = int(asked)


def controls(epochs: Sequence[int]) -> None:
    """Draw the button that plays and pauses, and the choice of how fast."""
    playing = is_playing()
    st.button(
        t("Pause") if playing else t("Play"),
        key="time.play",
        icon=":material/pause:" if playing else ":material/play_arrow:",
        type="primary",
        width="stretch",
        on_click=_toggle,
        args=(tuple(epochs),),
    )
    st.segmented_control(
        t("Steps a second"),
        _SPEEDS,
        default=1.0,
        required=True,
        key=_SPEED,
        format_func=lambda speed: f"{speed:g}",
        on_change=_touch,
        help=t("A long training is played in about {count} steps.", count=_MOST_FRAMES),
        persist_state="session",
    )


def is_playing() -> bool:
    """Return whether epochs move on by themselves."""
    return bool(st.session_state.get(_PLAYING))


def tick() -> float | None:
    """Return the seconds between two epochs while it plays."""
    return 1 / float(st.session_state.get(_SPEED) or 1.0) if is_playing() else None


def pick_epoch(epochs: Sequence[int], single: str) -> int:
    """Draw the slider, moved on if it plays, and return its epoch; the address gets it too.

    Parameters
    ----------
    epochs : sequence of int
    single : str
        What to say instead where there is a single one.
    """
    if len(epochs) == 1:
        st.info(single, icon=":material/info:")
        return epochs[0]
    epoch = _next(epochs)
    if epoch != st.session_state.get(_EPOCH):  # not by hand: a browser would hold on to where its slider was
        st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1
        st.session_state[_EPOCH] = epoch
    st.session_state[_SLIDER] = key = f"time.slider.{st.session_state[_MOVES]}.{len(epochs)}.{epochs[-1]}"
    st.select_slider(
        t("Epoch"), epochs, value=epoch, key=key, on_change=_read_slider, args=(key,), disabled=is_playing()
    )
    if not is_playing():  # or the browser's button for back would have to be pressed as often as it has moved on
        address.keep({"epoch": epoch}, ("epoch",))
    return epoch


def _read_slider(key: str) -> None:
    if key == st.session_state[_SLIDER]:  # a browser that lags behind may still tell of the one before
        st.session_state[_EPOCH] = st.session_state[key]
        _touch()


def _next(epochs: Sequence[int]) -> int:
    """Return the epoch to show: where the slider is, one step on if this is a tick, the newest if it followed."""
    touched = st.session_state.pop(_TOUCHED, False)
    newest = st.session_state.get(_NEWEST)
    st.session_state[_NEWEST] = epochs[-1]
    at = st.session_state.get(_EPOCH, epochs[-1])
    if at == newest and not is_playing() and not touched:  # a training that goes on is followed
        return epochs[-1]
    index = max((number for number, epoch in enumerate(epochs) if epoch <= at), default=0)
    if is_playing() and not touched:
        if index == len(epochs) - 1:
            st.session_state[_PLAYING] = False
            st.rerun()
        index = min(index + -(-len(epochs) // _MOST_FRAMES), len(epochs) - 1)
    return epochs[index]


def _toggle(epochs: Sequence[int]) -> None:
    st.session_state[_PLAYING] = not is_playing()
    if is_playing() and st.session_state.get(_EPOCH, epochs[-1]) >= epochs[-1]:
        st.session_state.pop(_NEWEST, None)
        st.session_state[_EPOCH] = epochs[0]
    st.session_state[_MOVES] = st.session_state.get(_MOVES, 0) + 1
    _touch()


def _touch() -> None:
    st.session_state[_TOUCHED] = True
