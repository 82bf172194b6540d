"""What became of noisy pictures of one's own: before and after, a part enlarged, and files to take away."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from aelab.pixels import UInt8Images, to_png
from aelab.studies.own_picture import Own
from ui import figures, mosaic
from ui.figures import Figure, Shown
from ui.i18n import plain, t

_SMALL = 64  # pixels: so much is enlarged at least, and a whole picture that is no larger


@dataclass(frozen=True)
class Restored:
    """One picture, before and after.

    Attributes
    ----------
    name : str
        Of the file that came.
    before, after : bytes
        PNG; as pixels they would fill the server's memory.
    notes : str
        What was done to it on the way, in sentences.
    """

    name: str
    before: bytes
    after: bytes
    notes: str

    @property
    def file_name(self) -> str:
        """What the result is called."""
        return f"restored-{self.name.rpartition('.')[0] or self.name}.png"


def of(name: str, found: Own, notes: str) -> Restored:
    """Return what became of the file `name`."""
    return Restored(name, to_png(found.given), to_png(found.restored), notes)


def show(restored: Restored, number: int) -> None:
    """Draw one picture before and after, a part of both enlarged, and the button to download the result."""
    st.subheader(plain(restored.name), anchor=False)
    st.caption(restored.notes)
    before, after = _pixels(restored.before), _pixels(restored.after)
    if max(before.shape[:2]) <= _SMALL:
        mosaic.show(np.stack([before, after]), 2, alt=t("Before and after"), caption=t("Before and after"))
    else:
        for column, name, content in zip(
            st.columns(2), (t("Before"), t("After")), (restored.before, restored.after), strict=True
        ):
            column.image(content, caption=name, width="stretch", alt=f"{restored.name}: {name}")
        _show_part(restored, number)
    st.download_button(
        t("Download as PNG"),
        restored.after,
        restored.file_name,
        "image/png",
        icon=":material/download:",
        on_click="ignore",
        key=f"own.png.{number}",
    )


@st.fragment
def _show_part(restored: Restored, number: int) -> None:
    """Draw the choice of a part, and that part before and after."""
    before, after = _pixels(restored.before), _pixels(restored.after)
    height, width = before.shape[:2]
    side = min(height, width, max(_SMALL, min(height, width) // 8))
    across, down = st.columns(2)
    left = across.slider(t("From the left (%)"), 0, 100, 50, key=f"own.left.{number}") * (width - side) // 100
    top = down.slider(t("From the top (%)"), 0, 100, 50, key=f"own.top.{number}") * (height - side) // 100
    part = np.s_[top : top + side, left : left + side]
    named = ((t("Before, enlarged"), before), (t("After, enlarged"), after))
    st.html(figures.markup([Figure(name, [Shown(image[part], name, crisp=True)]) for name, image in named]))
    st.caption(t("The same {side} × {side} pixels of both, without smoothing.", side=side))


def offer_all(done: list[Restored]) -> None:
    """Draw a button that downloads several results as one file."""
    if len(done) > 1:
        st.download_button(
            t("Download all as ZIP"),
            lambda: zipped(done),
            "restored.zip",
            "application/zip",
            icon=":material/folder_zip:",
            on_click="ignore",
            key="own.zip",
        )


def zipped(done: list[Restored]) -> bytes:
    """Return results as a zip; two files of one name are told apart by a number."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        names: set[str] = set()
        for number, each in enumerate(done, 1):
            name = each.file_name if each.file_name not in names else f"{number}-{each.file_name}"
            names.add(name)
            archive.writestr(name, each.after)
    return buffer.getvalue()


def _pixels(content: bytes) -> UInt8Images:
    pixels = np.asarray(Image.open(io.BytesIO(content)))
    return pixels if pixels.ndim == 3 else pixels[..., None]
