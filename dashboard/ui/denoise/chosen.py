"""Which image is looked at: one of the test images, or one that somebody brings or draws."""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

import numpy as np
import streamlit as st

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.pixels import Images, Labels, to_unit
from ui import bring, strip
from ui.i18n import plain, t
from ui.labels import class_name

_STRIP = 10
_WAYS = {"test": N_("Test image")} | bring.WAYS


@dataclass(frozen=True)
class Chosen:
    """An image that a run can be given.

    Attributes
    ----------
    image : ndarray, float32 (1, H, W, C) in [0, 1]
    labels : ndarray, int (1,), or None
        Its class, where it is known.
    key : str
        Another image has another one.
    is_test : bool
        Whether it is of the test split.
    """

    image: Images
    labels: Labels | None
    key: str
    is_test: bool = False


def choose(data: Dataset) -> Chosen | None:
    """Draw the ways to choose an image and return the chosen one, None where there is none yet."""
    way = st.pills(
        t("Picture"),
        list(_WAYS),
        default="test",
        required=True,
        format_func=lambda name: t(_WAYS[name]),
        key="single.way",
        wrap=True,  # the column is narrow
        persist_state="session",
    )
    if way == "test":
        return _test_image(data)
    image = bring.by(way, data, "single")
    if image is None:
        return None
    return Chosen(image, None, hashlib.blake2b(image.tobytes(), digest_size=16).hexdigest())


def _test_image(data: Dataset) -> Chosen | None:
    """Draw a strip of test images, the number of one, and a die."""
    test = data.indices("test")
    if not len(test):
        st.info(t("{name} has no test images; bring a picture of your own.", name=plain(data.name)))
        return None
    key = f"single.number.{data.name}"
    st.session_state[key] = number = min(int(st.session_state.get(key, 1)), len(test))
    labels = data.labels[test]
    offered = _of_each_class(labels)
    names = {each: _name(data, int(labels[each - 1]), each) for each in offered}

    def take(picked: int) -> None:
        st.session_state[key] = picked

    images = data.take(test[np.array(offered) - 1])
    strip.pick(t("Test images to choose from"), images, names, number, take, key=f"single.strip.{data.name}")
    number = int(st.number_input(t("Number of the test image"), 1, len(test), key=key))
    st.button(t("Any of them"), on_click=lambda: take(random.randint(1, len(test))), icon=":material/casino:")
    index = int(test[number - 1])
    st.caption(
        t(
            "Test image {number} of {count}: {name}, class {label}.",
            number=number,
            count=len(test),
            name=plain(data.name_of(index)),
            label=plain(_class(data, int(labels[number - 1]))),
        )
    )
    return Chosen(to_unit(data.take([index])), data.labels[[index]], f"{data.checksum}-{index}", is_test=True)


def _of_each_class(labels: Labels) -> list[int]:
    """Return numbers, from 1 up, of the first image of each class, and of others until there are enough."""
    first = np.unique(labels, return_index=True)[1][:_STRIP].tolist()
    others = [index for index in range(min(2 * _STRIP, len(labels))) if index not in first]
    return [index + 1 for index in [*first, *others][:_STRIP]]


def _name(data: Dataset, label: int, number: int) -> str:
    return t("{label}, test image {number}", label=_class(data, label), number=number)


def _class(data: Dataset, label: int) -> str:
    return class_name(data, data.class_names[label] if label >= 0 else "")
