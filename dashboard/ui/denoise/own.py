"""Noisy pictures of one's own: restored in their own size, to be looked at and taken away."""

from __future__ import annotations

import hashlib

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.errors import N_, LabError
from aelab.pixels import UInt8Images
from aelab.runs import Run
from aelab.studies import own_picture
from aelab.studies.own_picture import How
from ui import bring, caches
from ui.denoise import measured, restored
from ui.denoise.restored import Restored
from ui.guards import guarded
from ui.i18n import plain, say, t

_KEPT = "own.restored"
_MOST = 6  # pictures at once
_HOW: dict[How, str] = {"tiles": N_("by tiles"), "whole": N_("as one image")}


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the upload, and each picture before and after."""
    with controls:
        files = st.file_uploader(
            t("Noisy pictures"), type=list(bring.TYPES), accept_multiple_files=True, key="own.files"
        )
        how: How = st.pills(
            t("Restore each"),
            list(_HOW),
            default="whole" if run.decodes else "tiles",
            required=True,
            format_func=lambda name: t(_HOW[name]),
            key=f"own.how.{run.id}",
            wrap=True,
            help=t(
                "A run that knows whole digits or objects needs the picture as one image; one that knows textures "
                "restores it better by overlapping tiles of the size it was trained on."
            ),
        )
        st.caption(t("They are shown to the run and not kept."))
        measured.say_trained_on(run)
    with main:
        if not files:
            st.info(t("Upload noisy pictures: the run restores them, and you can take them away."))
            return
        if len(files) > _MOST:
            st.warning(t("The first {most} are restored; bring the others afterwards.", most=_MOST))
        done = _restore_all(run, how, [(file.name, file.getvalue()) for file in files[:_MOST]])
        st.caption(
            t(
                "There is no PSNR or SSIM here: both compare with the clean picture, which nobody has. Look closely: "
                "what looks clean can be made up."
            )
        )
        for number, each in enumerate(done):
            restored.show(each, number)
        restored.offer_all(done)


def _restore_all(run: Run, how: How, files: list[tuple[str, bytes]]) -> list[Restored]:
    """Restore pictures that this visitor has not had restored in this way before; forget all others."""
    before = st.session_state.get(_KEPT, {})
    kept: dict[tuple[str, ...], Restored] = {}
    for name, content in files:
        key = (run.id, run.created, how, name, hashlib.blake2b(content, digest_size=16).hexdigest())
        with guarded():
            kept[key] = before.get(key) or _restore(run, how, name, content)
    st.session_state[_KEPT] = kept
    return list(kept.values())


def _restore(run: Run, how: How, name: str, content: bytes) -> Restored:
    picture = own_picture.read(name, content)
    bar = st.progress(0.0, text=t("Restoring {name}…", name=plain(name)))
    networks = caches.networks(run)
    found = own_picture.run(networks, caches.images_of(run), picture, how, bar.progress)
    bar.empty()
    return restored.of(name, found, _told(picture.notes, picture.pixels, found, run))


def _told(notes: tuple[LabError, ...], came: UInt8Images, found: own_picture.Own, run: Run) -> str:
    """Say what was done to a picture before it was restored, and how it was."""
    said = [say(note) for note in notes]
    channels = found.given.shape[2]
    if channels == 1 and came.shape[2] > 1:
        said.append(t("It was turned to grey, since the run knows no colours."))
    elif channels == 3 and came.shape[2] == 1:
        said.append(t("It is grey; the run, which knows colours, got the same values three times."))
    height, width, _ = caches.images_of(run).shape
    if found.tiles:
        said.append(
            t(
                "Restored by tiles of {width} × {height} pixels, which overlap by half: {count}.",
                count=found.tiles,
                width=width,
                height=height,
            )
        )
    else:
        said.append(t("Cut and resized to {width} × {height} pixels, as the run's images.", width=width, height=height))
    return " ".join(said)
