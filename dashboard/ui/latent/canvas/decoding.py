"""Decoding any place of a map: in the page, or by the server where the page cannot or the network is too big for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import streamlit as st

from aelab.inference import Codes
from aelab.pixels import Images
from aelab.projections.spec import Affine
from aelab.studies import decoded_map
from aelab.studies.decoding import FAR
from ui import mosaic
from ui.i18n import t
from ui.latent.canvas import files
from ui.latent.canvas.asked import place_of, row_of

_RUNTIME: Final = "onnxruntime-web-1.30.0"
_MOST_NETWORK: Final = 24_000_000  # bytes of a decoder that a page loads
_MOST_CODES: Final = 64_000_000  # bytes of codes that a page loads
_STEPS: Final = 20  # tiles along each side of the server's grid
_TILE_PIXELS: Final = 64  # a tile is drawn no larger


@dataclass(frozen=True)
class Decoder:
    """What turns a place on a map into an image.

    Attributes
    ----------
    key : str
        Says which run and map these are, for what is kept of them.
    network : bytes
        The decoder as ONNX: codes (n, K) and, of a conditional one, one-hot classes to images (n, H, W, C) in [0, 1].
    decode : callable
        The same network on the server, told the same class.
    shape : tuple of int
        (H, W, C).
    codes : ndarray, float32 (N, K)
        Of the points on the map.
    apart : float
        The usual distance between neighbouring codes.
    inverse : Affine or None
        From the map back to codes; None where there is only a guess.
    classes : int
        How many a conditional decoder knows; else 0.
    label : int
        The one it is told.
    told : str
        A sentence about that class.
    """

    key: str
    network: bytes
    decode: Callable[[Codes], Images]
    shape: tuple[int, int, int]
    codes: Codes
    apart: float
    inverse: Affine | None
    classes: int = 0
    label: int = 0
    told: str = ""


def told(decoder: Decoder, coordinates: Codes, key: str) -> dict[str, Any]:
    """Return what the page is told of a decoder."""
    fits = len(decoder.network) <= _MOST_NETWORK and decoder.codes.nbytes <= _MOST_CODES
    page = _in_page(decoder, key) if fits else None
    if page is not None and page["network"] == st.session_state.get(_refused(key)):
        page = None
    known: dict[str, Any] = {
        "shape": list(decoder.shape),
        "apart": decoder.apart,
        "far": FAR,
        "told": decoder.told,
        "origin": None if decoder.inverse is None else decoder.inverse.origin.tolist(),
        "axes": None if decoder.inverse is None else decoder.inverse.axes.tolist(),
        "exact": decoder.inverse is not None and decoder.inverse.exact,
        "page": page,
    }
    if page is not None:
        return known
    tiles = _tiles(decoder.key, decoder.label, decoder, coordinates) if coordinates.shape[1] == 2 else None
    if tiles is not None:
        picture, box = tiles
        url = files.served(picture, "image/png", f"{key}.tiles")
        known["tiles"] = {"url": url, "box": list(box), "steps": _STEPS}
    return known | {"answer": _answer(decoder, coordinates, key)}


def _in_page(decoder: Decoder, key: str) -> dict[str, Any]:
    return {
        "worker": files.static("decoding.js"),
        "runtime": files.static(f"{_RUNTIME}/ort.wasm.bundle.min.mjs"),
        "binary": files.static(f"{_RUNTIME}/ort-wasm-simd-threaded.wasm.gz"),
        "network": files.packed(decoder.network, f"{key}.network"),
        "codes": files.array(decoder.codes.astype(np.float32, copy=False), f"{key}.codes")["url"],
        "length": decoder.codes.shape[1],
        "classes": decoder.classes,
        "label": decoder.label,
    }


@st.cache_data(max_entries=16, show_spinner=False)
def _tiles(key: str, label: int, _decoder: Decoder, _coordinates: Codes) -> tuple[bytes, decoded_map.Box]:
    images, box = decoded_map.tiles(_decoder.decode, _coordinates, _decoder.codes, _decoder.inverse, _STEPS)
    return mosaic.sheet(mosaic.shrunk(images, _TILE_PIXELS), _STEPS), box


def _answer(decoder: Decoder, coordinates: Codes, key: str) -> dict[str, Any] | None:
    """Decode the place where the crosshair has rested; None where it has not, or it makes no sense."""
    rest = st.session_state.get(_rest(key))
    if not isinstance(rest, dict):
        return None
    row, place = row_of(rest.get("point"), len(coordinates)), place_of(rest.get("at"), coordinates.shape[1])
    if row is not None:
        code = decoder.codes[row : row + 1]
    elif place is not None:
        position = place[None].astype(np.float32)
        code = decoded_map.codes_at(position, coordinates, decoder.codes, decoder.inverse)
    else:
        return None
    picture = mosaic.sheet(decoder.decode(code), 1)
    return {
        "url": files.served(picture, "image/png", f"{key}.answer"),
        "point": row,
        "at": None if place is None else place.tolist(),
        "distance": float(np.linalg.norm(decoder.codes - code, axis=1).min()),
    }


def remember_rest(key: str) -> None:
    """Keep where the crosshair rests, for the next answer."""
    st.session_state[_rest(key)] = st.session_state[key].rested


def remember_refusal(key: str) -> None:
    """Keep which decoder the page does not run by itself; another one may be smaller."""
    st.session_state[_refused(key)] = st.session_state[key].refused


def _rest(key: str) -> str:
    return f"{key}.rest"


def _refused(key: str) -> str:
    return f"{key}.refused"


def texts() -> dict[str, str]:
    """Return the words about what is decoded."""
    return {
        "image": t("What the decoder makes of the place under the crosshair"),
        "begin": t("Point at the map to see what the decoder makes of that place."),
        "position": t("Decoded at {place}"),
        "of_point": t("Decoded from the point's own code ({place})"),
        "distance": t("Nearest real code: {distance} away. Neighbours are usually {apart} apart."),
        "far": t("Far from data: this is made up."),
        "close": t("Near real codes."),
        "mixed": t("This projection has no inverse: the code is a mean of those of the nearest points, a guess."),
        "many": t("Many codes lie at this place of the map: one in their middle is decoded."),
        "tile": t("The nearest of the images that the server has decoded; rest here for this very place."),
    }
