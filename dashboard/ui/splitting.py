"""What a split does to the classes, and which pictures stand on two sides of it."""

from __future__ import annotations

import streamlit as st

from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.studies.splitting import SplitPreview
from ui import caches, charts, mosaic
from ui.i18n import plain, t
from ui.labels import PARTS, class_name

_PAIRS = 12


def warn_of_given(data: Dataset) -> None:
    """Say it if the split that a dataset came with has pictures on two sides; the lab's own never has."""
    if data.originals.given is None:
        return
    count = len(caches.leaks(data))
    if count:
        st.warning(
            t(
                "Pairs of one picture that stand on two sides of this split, as it came: {count}. What is measured on "
                "test images then flatters a network that has seen them. The Prepare page names the pairs.",
                count=count,
            ),
            icon=":material/warning:",
        )
        st.page_link("views/prepare.py", label=t("Prepare"), icon=":material/tune:")


def say_leaks(data: Dataset, preview: SplitPreview) -> None:
    """Say whether a picture is trained on and tested on, now and with the new split."""
    before, after, open_ = len(preview.leaks_before), len(preview.leaks_after), preview.not_kept_together
    if not before and not after:
        _say_none(preview)
    if after > open_:
        st.warning(
            t(
                "{count} pairs of one picture would stand on two sides of the split: the source brought it so. "
                "Choose to ignore the source's own split, or leave one of each pair out on the Clean page.",
                count=after - open_,
            ),
            icon=":material/warning:",
        )
    if open_:
        st.warning(
            t(
                "Pairs of nearly the same picture that this split leaves on two sides: {count}. Set Near-duplicates "
                "to {distance} bits to keep them together, or leave one of each pair out on the Clean page.",
                count=open_,
                distance=preview.distance,
            ),
            icon=":material/warning:",
        )
    if before and not after:
        st.info(
            t(
                "In {name} as it is, {count} pairs of one picture stand on two sides of the split; "
                "the new split has none.",
                name=plain(data.name),
                count=before,
            ),
            icon=":material/call_split:",
        )


def _say_none(preview: SplitPreview) -> None:
    if preview.distance < 0:
        st.info(
            t(
                "No two identical pictures stand on two sides of the split. Among so many images the lab has not "
                "looked for near-duplicates."
            ),
            icon=":material/verified:",
        )
        return
    st.success(
        t("No picture stands on two sides of the split, neither identical nor nearly so."),
        icon=":material/verified:",
    )


def show_balance(data: Dataset, preview: SplitPreview) -> None:
    """Draw the class balance of the present split and of the new one."""
    parts = {part: t(PARTS[part]) for part in SPLIT_NAMES}
    for column, table, title in zip(
        st.columns(2),
        (preview.before, preview.after),
        (t("Now (N = {count})", count=data.counts["all"]), t("New (N = {count})", count=data.counts["all"])),
        strict=True,
    ):
        shown = table.assign(**{"class": [class_name(data, name) for name in table["class"]]})
        column.plotly_chart(
            charts.balance(shown, parts, title=title, x=t("Class"), y=t("Images")),
            alt=t("Bars: images of each class, stacked by part of the split"),
            key=f"splitting.{title}",
        )


def show_leaks(data: Dataset, preview: SplitPreview) -> None:
    """Name the pairs that stand on two sides, with their pictures: those of the new split, else of the present one."""
    of_new = bool(len(preview.leaks_after))
    pairs = preview.leaks_after if of_new else preview.leaks_before
    if not len(pairs):
        return
    st.subheader(t("Pairs on two sides of the new split") if of_new else t("Pairs on two sides of the present split"))
    for pair in pairs[:_PAIRS].tolist():
        pictures, words = st.columns([1, 4], vertical_alignment="center")
        names = [data.name_of(index) for index in pair]
        with pictures:
            mosaic.show(data.take(pair), 2, alt=t("A pair: {names}", names=", ".join(names)))
        sides = [names[side] if of_new else _with_part(data, pair[side], names[side]) for side in range(2)]
        words.markdown("  \n".join(plain(side) for side in sides))
    if len(pairs) > _PAIRS:
        st.caption(t("and {count} more", count=len(pairs) - _PAIRS))


def _with_part(data: Dataset, index: int, name: str) -> str:
    return f"{name} ({t(PARTS[SPLIT_NAMES[data.split[index]]])})"
