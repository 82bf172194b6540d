"""Which image a walk begins or ends at: a test image, one that is selected on the map, or one that somebody brings."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

from aelab.datasets.split import SPLIT_NAMES
from aelab.datasets.store import Dataset
from aelab.runs import Run
from aelab.studies import places
from aelab.studies.places import Place
from ui import bring, caches, standing, strip
from ui.i18n import plain, t
from ui.labels import PARTS, class_name
from ui.latent import selection

_STRIP = 8
_ALL, _SELECTED = -1, -2
_MOST_SEEDS = 2**31


def pick(run: Run, name: str, label: str, usual: int) -> Place:
    """Draw the choice of an image and return its place; of a draw, where images have no codes.

    Parameters
    ----------
    run : Run
    name : str
        What the choice is called in the address.
    label : str
    usual : int
        The image that is chosen at first, as an index into the dataset; or the seed of the draw.
    """
    networks, data = caches.networks(run), caches.images_of(run)
    with st.container():
        st.markdown(f"**{label}**")
        if not networks.encodes:
            return places.of_draw(networks, _pick_seed(name, usual))
        index = _pick_index(data, name, usual)
        with st.popover(t("A picture of your own"), icon=":material/add_a_photo:"):
            image = bring.bring(data, f"walks.{name}")
        if image is None:
            return places.of_image(networks, data, index)
        st.caption(t("Your own picture takes the place of the image; remove it to have the image back."))
        return places.of_picture(networks, image)


def _pick_seed(name: str, usual: int) -> int:
    key = f"walks.{name}.seed"
    standing.begin(key, name, range(_MOST_SEEDS), usual, int)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        seed = int(st.number_input(t("Seed of the draw"), 0, _MOST_SEEDS - 1, key=key, persist_state="session"))
        _die(key, lambda: random.randrange(1000))
    standing.keep(name, seed, usual)
    return seed


def _pick_index(data: Dataset, name: str, usual: int) -> int:
    """Draw a strip of images, the number of one, and a die; return the index of the one that is chosen."""
    key = f"walks.{name}.{data.name}"
    count = data.counts["all"]
    index = standing.begin(key, name, range(count), usual, int)
    among = _among(data, f"{key}.among")

    def take(picked: int) -> None:
        st.session_state[key] = picked

    offered = _offered(data, among, index)
    names = {each: _name(data, each) for each in offered}
    strip.pick(t("Images to choose from"), data.take(offered), names, index, take, key=f"{key}.strip")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        index = int(st.number_input(t("Number of the image"), 0, count - 1, key=key, persist_state="session"))
        _die(key, partial(_any_of, among))
    st.caption(
        t(
            "{name}, class {label}, part: {part}",
            name=plain(data.name_of(index)),
            label=plain(_class(data, index)),
            part=t(PARTS[SPLIT_NAMES[data.split[index]]]),
        )
    )
    standing.keep(name, index, usual)
    return index


def _die(key: str, throw: Callable[[], int]) -> None:
    def take() -> None:
        st.session_state[key] = throw()

    st.button(t("Another"), on_click=take, icon=":material/casino:", key=f"{key}.die")


def _any_of(among: npt.NDArray[np.intp]) -> int:
    return int(random.choice(among))


def _among(data: Dataset, key: str) -> npt.NDArray[np.intp]:
    """Draw the choice of what the strip and the die offer: the test images, those of a class, or the selected ones."""
    test, chosen = data.indices("test"), selection.selected(data)
    labels = data.labels[test]
    present = [int(label) for label in np.unique(labels[labels >= 0])]
    options = [_ALL, *([_SELECTED] if len(chosen) else []), *(present if len(present) > 1 else [])]
    if st.session_state.get(key, _ALL) not in options:
        st.session_state[key] = _ALL
    if len(options) == 1:
        return test if len(test) else data.indices()
    names = {_ALL: t("All test images"), _SELECTED: t("Selected on the map: {count}", count=len(chosen))}
    picked = st.selectbox(
        t("Offer"),
        options,
        format_func=lambda each: names.get(each) or class_name(data, data.class_names[each]),
        key=key,
        persist_state="session",
    )
    return chosen if picked == _SELECTED else test if picked == _ALL else test[labels == picked]


def _offered(data: Dataset, among: npt.NDArray[np.intp], chosen: int) -> list[int]:
    """Return a few images, one of each class first; with the one that is chosen."""
    first = np.unique(data.labels[among], return_index=True)[1]
    order = [*among[np.sort(first)], *among[: 2 * _STRIP]]
    offered = list(dict.fromkeys(int(each) for each in order))[:_STRIP]
    return offered if chosen in offered else [chosen, *offered[: _STRIP - 1]]


def _name(data: Dataset, index: int) -> str:
    return t("{label}, image {name}", label=_class(data, index), name=data.name_of(index))


def _class(data: Dataset, index: int) -> str:
    label = int(data.labels[index])
    return class_name(data, data.class_names[label] if label >= 0 else "")
