"""Select boxes whose choice always stands in the address: a link or a reload shows the same, whatever has come since.

Streamlit can bind a select box to the address by itself, but then a choice stands there only while it is not the
first option, which another run can be tomorrow, and another page knows nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final, TypeAlias

import streamlit as st

from ui import address

#: From what cannot be chosen, and what is shown instead, to the sentence that says so; None where there is no need.
Explain: TypeAlias = Callable[[str, str | None], str | None]

#: What the address says for an empty choice.
NONE: Final = "none"

_NEXT, _MISSING = "next", "missing"


def choose_next(name: str, value: str) -> None:
    """Choose for the user in the next script run, in which the select box is not drawn yet."""
    st.session_state[f"{_NEXT}.{name}"] = value


def select(
    label: str,
    options: Sequence[str],
    name: str,
    *,
    explain: Explain,
    optional: bool = False,
    placeholder: str | None = None,
    help: str | None = None,  # noqa: A002 - as Streamlit calls it
) -> str:
    """Draw a select box and return what is chosen: at first what the address asks for, or else an earlier choice.

    Parameters
    ----------
    label : str
    options : sequence of str
        At least one, unless it is optional.
    name : str
        What the choice is called in the address; also the key.
    explain : callable
        What to say where something is asked for that is none of the options.
    optional : bool
        Whether nothing can be chosen, which is then the first choice, and "".
    placeholder, help : str, optional
    """
    drawn = _is_drawn(name)
    wanted, asked = _wanted(name, drawn=drawn)
    if wanted and wanted not in options:
        if asked:
            st.session_state[f"{_MISSING}.{name}"] = wanted
        wanted = ""
    shown = wanted or (None if optional else options[0])
    if not drawn or st.session_state[name] != shown:
        st.session_state[name] = shown
    chosen: str | None = st.selectbox(
        label,
        options,
        index=None if optional else 0,
        key=name,
        placeholder=placeholder,
        help=help,
        on_change=_choose,
        args=(name,),
    )
    missing = st.session_state.get(f"{_MISSING}.{name}")
    sentence = explain(missing, chosen) if missing else None
    if sentence is not None:
        st.warning(sentence, icon=":material/search_off:")
    address.keep({name: chosen} if chosen else {}, (name,))
    return chosen or ""


def select_several(
    label: str,
    options: Sequence[str],
    name: str,
    *,
    key: str,
    at_first: Sequence[str],
    explain: Explain,
    words: Mapping[str, Sequence[str]] = MappingProxyType({}),
    format_func: Callable[[str], str] = str,
    help: str | None = None,  # noqa: A002 - as Streamlit calls it
) -> list[str]:
    """Draw a box in which several can be selected, and return what is: at first what the address asks for.

    Parameters
    ----------
    label : str
    options : sequence of str
        Without commas, which stand between them in the address.
    name : str
        What the choice is called in the address.
    key : str
        What the choice is called otherwise: another one with other options.
    at_first : sequence of str
        What is selected where the address asks for nothing that there is.
    explain : callable
        What to say of each that is asked for and is none of the options.
    words : mapping of str to sequence of str
        What the address may say for several options at once. With `NONE` among them, an empty choice survives a reload.
    format_func : callable
        What an option is called.
    help : str, optional
    """
    _fill(key, name, options, at_first, words)
    chosen: list[str] = st.multiselect(
        label,
        options,
        key=key,
        format_func=format_func,
        help=help,
        on_change=st.session_state.pop,
        args=(f"{_MISSING}.{key}", None),
    )
    sentences = [explain(option, None) for option in st.session_state.get(f"{_MISSING}.{key}", ())]
    if any(sentences):
        st.warning("  \n".join(filter(None, sentences)), icon=":material/search_off:")
    in_address = ",".join(chosen) or (NONE if NONE in words else "")
    address.keep({name: in_address} if in_address else {}, (name,))
    return chosen


def _fill(
    key: str, name: str, options: Sequence[str], at_first: Sequence[str], words: Mapping[str, Sequence[str]]
) -> None:
    """Select in a box of several what the address asks for, or what is left of the choice; keep what there is not."""
    before = st.session_state[key] if _is_drawn(key) else None
    if before is None or address.went_back():
        said = st.query_params.get(name, "")
        wanted = list(words[said] if said in words else filter(None, said.split(",")))
        usual = [] if said in words else at_first
    else:
        wanted, usual = before, at_first
    found = [option for option in wanted if option in options]
    if found != wanted:
        st.session_state[f"{_MISSING}.{key}"] = [option for option in wanted if option not in options]
    if found != before:
        st.session_state[key] = found or list(usual)


def _is_drawn(key: str) -> bool:
    """Return whether the page that is shown has a box of this key already: the same on another page is another box."""
    return not address.is_opened(key) and key in st.session_state


def _wanted(name: str, *, drawn: bool) -> tuple[str, bool]:
    """Return what is to be shown, "" for nothing, and whether a person would miss it; tell other pages of a choice."""
    chosen = st.session_state.pop(f"{_NEXT}.{name}", None)
    if chosen is None and drawn and not address.went_back():
        return st.session_state[name] or "", True
    if chosen is None:
        chosen = st.query_params.get(name)
    st.session_state.pop(f"{_MISSING}.{name}", None)
    if chosen is None:
        return address.remembered(name), False  # of what was chosen on another page, this one may have none
    address.remember(name, chosen)
    return chosen, True


def _choose(name: str) -> None:
    address.remember(name, st.session_state[name] or "")
    st.session_state.pop(f"{_MISSING}.{name}", None)
