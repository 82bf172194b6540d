"""With minus without plus: the difference of two groups, added to an image."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.datasets.store import Dataset
from aelab.errors import N_
from aelab.reports import walks
from aelab.runs import Run
from aelab.studies import arithmetic, interpolation
from aelab.studies import groups as groups_study
from aelab.studies.arithmetic import Arithmetic, Config, Mean
from aelab.studies.decoding import Surroundings
from aelab.studies.groups import Group
from aelab.studies.places import Place
from aelab.studies.walk_terms import WALKS
from ui import caches, definitions, figures, mosaic, standing
from ui.figures import Figure, Shown
from ui.guards import empty, guarded
from ui.i18n import plain, t
from ui.labels import class_name, factor_name
from ui.latent import selection
from ui.latent.walks import ends, kept, rows, takeaway, words
from ui.numbers import figure

_FINE, _EVERY = 41, 5  # steps of the slider, of which the row shows every fifth: 9 from 0 to 2
_IMAGE, _GROUP = "image", "group"
_BASES = {_IMAGE: N_("An image"), _GROUP: N_("The mean of a group")}
_AT_FIRST = 20  # a strength of 1


def show(run: Run, label: int | None, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw the choice of groups into `controls`, and what comes of their difference into `main`."""
    data = caches.images_of(run)
    offered = groups_study.offered(data)
    if len(selection.selected(data)):
        offered = [*offered, Group(groups_study.SELECTED)]  # at the end: what is usual stays so
    if len(offered) < 2:
        with main:
            empty(
                t(
                    "These images have no two classes and no known factors, so that there are no groups. Select images "
                    "on the map: they are a group then; walk between two images meanwhile."
                )
            )
    with controls:
        plus = _pick(run, data, offered, "with", t("With"), offered[1], label)
        minus = _pick(run, data, offered, "without", t("Without"), offered[0], label)
        base, shown = _pick_base(run, data, offered, label)
    config = Config(steps=_FINE, label=label or 0)
    with main:
        around = caches.surroundings(run)
        found = arithmetic.combine(caches.networks(run), around, plus[1], minus[1], base, config)
        _panel(run, data, around, found, (plus[0], minus[0]), shown)
        row = arithmetic.every(found, _EVERY)
        alt = t("The base with more and more of the difference")
        st.html(rows.markup([rows.Row(t("Strength 0 to 2"), (), row.images, alt)]))
        definitions.define_terms(WALKS["groups"])
        takeaway.offer(run, "arithmetic", walks.of_arithmetic(row))


def _pick(
    run: Run, data: Dataset, offered: list[Group], name: str, title: str, usual: Group, label: int | None
) -> tuple[str, Mean]:
    """Draw the choice of a group; return what it is called, and its mean."""
    key = f"walks.{name}.{data.name}"
    names = {str(each): group_name(data, each) for each in offered}
    standing.begin(key, name, names, str(usual), str)
    picked = st.selectbox(
        title,
        list(names),
        format_func=names.__getitem__,
        key=key,
        persist_state="session",
    )
    standing.keep(name, picked, str(usual))
    group = next(each for each in offered if str(each) == picked)
    members = groups_study.members(data, group, selection.selected(data))
    return names[picked], kept.mean_of(run, members, label)


def group_name(data: Dataset, group: Group) -> str:
    """Return what a group is called."""
    if group.kind == groups_study.SELECTED:
        return t("selected: {count}", count=len(selection.selected(data)))
    if group.kind == groups_study.CLASS:
        return class_name(data, data.class_names[group.number])
    ends_of = {"low": t("low"), "high": t("high")}
    return f"{factor_name(group.factor)}: {ends_of.get(group.value, group.value)}"


def _pick_base(run: Run, data: Dataset, offered: list[Group], label: int | None) -> tuple[Place, str]:
    """Draw the choice of what the difference is added to; return its place, and what it is called."""
    bases = {name: t(label) for name, label in _BASES.items()}
    picked = standing.pills(t("Added to"), bases, "walks.plus", "plus", _IMAGE)
    if picked == _GROUP:
        name, mean = _pick(run, data, offered, "third", t("Group"), offered[0], label)
        return Place(mean.code), t("mean of {group}", group=name)
    return ends.pick(run, "image", t("Image"), interpolation.usual_ends(data)[0]), t("the image")


@st.fragment  # a slider that redraws the rest of the page too takes several times as long
def _panel(run: Run, data: Dataset, around: Surroundings, found: Arithmetic, names: tuple[str, str], base: str) -> None:
    """Draw the sum at one strength, and what is nearest to it."""
    with guarded():
        strengths = [round(float(each), 3) for each in found.strengths]
        said = st.container()
        strength = st.select_slider(
            t("Strength"), strengths, value=strengths[_AT_FIRST], key=f"walks.strength.{run.id}"
        )
        step = strengths.index(strength)
        said.markdown(_answer(data, around, found, step, names, base))
        st.html(figures.markup(_summands(found, step, names, base)))
        nearest = found.nearest
        mosaic.show(
            data.take(nearest.indices[step]),
            len(nearest.indices[step]),
            alt=t("The test images whose codes are nearest to the result"),
            caption=t(
                "Nearest test images, of N = {count}: {low} to {high} away",
                count=len(around.codes),
                low=figure(nearest.distances[step, 0]),
                high=figure(nearest.distances[step, -1]),
            ),
        )


def _answer(
    data: Dataset, around: Surroundings, found: Arithmetic, step: int, names: tuple[str, str], base: str
) -> str:
    """Say in a sentence what the result is nearest to, and how near."""
    away = float(found.nearest.distances[step, 0])
    label = int(data.labels[found.nearest.indices[step, 0]])
    template = (
        N_(
            "**{base} + {strength} · ({plus} − {minus})**: the only test image is of class **{label}**, {distance} "
            "away. How far codes usually are from one another, one image does not tell."
        )
        if words.alone(around)
        else N_(
            "**{base} + {strength} · ({plus} − {minus})**: the nearest of N = {count} test images is of class "
            "**{label}**, {distance} away; from a code to the nearest other it is {usual} at the median (lower is "
            "nearer)."
        )
    )
    said = t(
        template,
        base=plain(base),
        strength=f"{found.strengths[step]:.2f}",
        plus=plain(names[0]),
        minus=plain(names[1]),
        count=len(around.codes),
        label=plain(class_name(data, data.class_names[label] if label >= 0 else "")),
        distance=figure(away),
        usual=figure(around.apart),
    )
    return said if words.alone(around) else f"{said} {words.judged(around, away)}"


def _summands(found: Arithmetic, step: int, names: tuple[str, str], base: str) -> list[Figure]:
    """Return the pictures of the equation, in its order."""
    sides = (
        (t("with: {group}", group=names[0]), found.plus),
        (t("without: {group}", group=names[1]), found.minus),
    )
    means = [
        Figure(
            name,
            [Shown(mean.image[0], t("What the mean code of a group decodes to"))],
            [t("mean of N = {count}", count=mean.n)],
        )
        for name, mean in sides
    ]
    result = Figure(
        t("result"), [Shown(found.images[step], t("What the sum decodes to"))], [f"× {found.strengths[step]:.2f}"]
    )
    return [*means, Figure(base, [Shown(found.images[0], t("What the base decodes to"))], ["× 0.00"]), result]
