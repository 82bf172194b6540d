"""Arrays, networks and pictures for the browser: files with an address of their own, instead of text in every answer.

A file is kept once, however many sessions show it, and its address says what is in it: what a browser has, it does not
ask for again. Streamlit forgets a file when the last session that shows it has gone. Streamlit compresses what it
serves at the slowest level, which for random digits of numbers costs half a second and saves nothing; files that are
packed already it leaves as they are.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import streamlit as st
from streamlit import runtime

_STATIC: Final = Path(__file__).parents[3] / "static"
_PACKED: Final = "application/gzip"
_KINDS: Final = ("uint8", "uint16", "int32", "float32")


def array(values: npt.NDArray[np.generic], place: str) -> dict[str, str]:
    """Serve an array; return its address and kind for the page.

    Parameters
    ----------
    values : ndarray of uint8, uint16, int32 or float32
    place : str
        What it is on the page, which holds one file at each place.
    """
    assert values.dtype.name in _KINDS
    little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return {"url": packed(little.tobytes(), place, level=1 if values.itemsize < 4 else 0), "kind": values.dtype.name}


def packed(content: bytes, place: str, *, level: int = 0) -> str:
    """Serve bytes inside a gzip file, at a level from 0 (as they are) to 9; return its address."""
    return served(gzip.compress(content, level, mtime=0), _PACKED, place)


def served(content: bytes, kind: str, place: str) -> str:
    """Serve a file of a MIME type; return its address."""
    return _at(runtime.get_instance().media_file_mgr.add(content, kind, f"aelab.{place}"))


def static(path: str) -> str:
    """Return the address of a file of the folder ``dashboard/static``, another one whenever the file changes."""
    return f"{_at(f'/app/static/{path}')}?v={_mark(path)}"


@cache
def _mark(path: str) -> str:
    """Return a mark of what a file holds: for a while, browsers do not ask again for what they have."""
    return hashlib.sha256(_STATIC.joinpath(path).read_bytes()).hexdigest()[:12]


def _at(address: str) -> str:
    """Return an address on this server, which may be a folder of another one."""
    base: Any = st.get_option("server.baseUrlPath")
    return f"/{base.strip('/')}{address}" if base else address
