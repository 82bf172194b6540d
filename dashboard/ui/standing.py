"""Choices which stand in the address where they are not the usual ones: a reload shows the same."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import TypeVar

import streamlit as st

from ui import address
from ui.i18n import plain, t

T = TypeVar("T")


def begin(key: str, name: str, options: Container[T], usual: T, read: Callable[[str], T]) -> T:
    """Let a control stand where it was left, or where the address asks for, or else where it usually does.

    Whoever goes back in the browser gets what the address asks for. What an address asks for and cannot have is
    said once, above the control.

    Parameters
    ----------
    key : str
        Of the control, which is drawn next.
    name : str
        What the choice is called in the address.
    options : container
        What can be chosen; an earlier choice that no longer can be, such as for another run, gives way.
    usual : object
    read : callable
        Makes an option of its text in the address; a `ValueError` where it cannot.
    """
    left = None if address.went_back() else st.session_state.get(key)
    found = left if left is not None and left in options else _asked(name, options, read)
    standing: T = usual if found is None else found
    st.session_state[key] = standing
    return standing


def _asked(name: str, options: Container[T], read: Callable[[str], T]) -> T | None:
    asked = st.query_params.get(name)
    if asked is None:
        return None
    try:
        found = read(asked)
    except ValueError:
        found = None
    if found is not None and found in options:
        return found
    said = t(
        "The address asks for {name} = {asked}, which cannot be chosen here; this is the usual choice.",
        name=plain(name),
        asked=plain(asked[:40]),
    )
    st.caption(said)
    return None


def keep(name: str, value: object, usual: object) -> None:
    """Let the address say what was chosen."""
    address.keep({name: value} if value != usual else {}, (name,))


def pills(label: str, options: Mapping[str, str], key: str, name: str, usual: str) -> str:
    """Draw a choice of which one always holds, and which stands in the address as `name`.

    Parameters
    ----------
    label : str
    options : mapping of str to str
        What can be chosen, and what people read.
    key, name, usual : str
        As `begin` has them.
    """
    begin(key, name, options, usual, str)
    picked: str = st.pills(
        label,
        list(options),
        required=True,
        format_func=options.__getitem__,
        key=key,
        wrap=True,  # the column is narrow
        persist_state="session",
    )
    keep(name, picked, usual)
    return picked
