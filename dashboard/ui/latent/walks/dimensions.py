"""Every number of the code, moved alone: a table of images, and one of them large."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.errors import N_
from aelab.reports import walks
from aelab.runs import Run
from aelab.studies import interpolation, places, traversals
from aelab.studies.decoding import Surroundings
from aelab.studies.places import Place
from aelab.studies.traversals import Config, Ranking, Traversals
from aelab.studies.walk_terms import WALKS
from ui import caches, definitions, figures, standing
from ui.guards import guarded
from ui.i18n import t
from ui.latent.walks import ends, kept, rows, takeaway, words

_STEPS = (5, 7, 11, 15, 21)
_MEAN, _IMAGE = "mean", "image"
_BASES = {_MEAN: N_("The mean code"), _IMAGE: N_("An image")}
_BASES_OF_A_PRIOR = {_MEAN: N_("The middle of the prior"), _IMAGE: N_("A draw")}
_MOST_ROWS, _MOST_ROWS_OF_PHOTOS = 20, 8
_SMALL = 64 * 64  # pixels, above which an image is a photo


def show(run: Run, label: int | None, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw what to walk around and how far into `controls`, and the table into `main`."""
    around, ranked = caches.surroundings(run), kept.ranking(run)
    with controls:
        base = _pick_base(run, around)
        config = _pick_how_far(run, ranked, label)
    with main:
        st.markdown(_answer(ranked))
        found = traversals.walk(caches.networks(run), around, ranked, base, config)
        _large(run, around, ranked, found, base, label)
        st.markdown(_introduced(found, ranked))
        st.html(rows.markup([_row(found, ranked, number) for number in range(len(found.dimensions))]))
        definitions.define_terms(WALKS["dimensions"])
        takeaway.offer(run, "traversals", walks.of_traversals(found))


def _pick_base(run: Run, around: Surroundings) -> Place:
    names = _BASES if caches.networks(run).encodes else _BASES_OF_A_PRIOR
    offered = {name: t(label) for name, label in names.items()}
    picked = standing.pills(t("Around"), offered, "walks.base", "base", _MEAN)
    if picked == _MEAN:
        return places.mean_code(around)
    return ends.pick(run, "image", t(names[_IMAGE]), _usual_image(run))


def _usual_image(run: Run) -> int:
    return interpolation.usual_ends(caches.images_of(run))[0] if run.encodes else 0


def _pick_how_far(run: Run, ranked: Ranking, label: int | None) -> Config:
    standing.begin("walks.reach", "reach", [each / 2 for each in range(1, 21)], 3.0, float)
    reach = st.slider(
        t("Reach"),
        0.5,
        10.0,
        step=0.5,
        key="walks.reach",
        help=t(Config.knob("reach").help),
        persist_state="session",
    )
    standing.begin("walks.steps", "steps", _STEPS, 11, int)
    steps = st.select_slider(t("Steps"), _STEPS, key="walks.steps", persist_state="session")
    standing.keep("reach", reach, 3.0)
    standing.keep("steps", steps, 11)
    height, width, _ = caches.networks(run).shape
    most = _MOST_ROWS if height * width <= _SMALL else _MOST_ROWS_OF_PHOTOS
    skip, count = 0, len(ranked.order)
    if count > most:
        options = range(0, count, most)
        standing.begin("walks.skip", "skip", options, 0, int)
        skip = st.selectbox(
            t("Dimensions by what they carry"),
            options,
            format_func=lambda first: t(
                "{first} to {last} of {count}", first=first + 1, last=min(first + most, count), count=count
            ),
            key="walks.skip",
            persist_state="session",
        )
        standing.keep("skip", skip, 0)
    return Config(reach=reach, steps=steps, rows=most, skip=skip, label=label or 0)


@st.fragment  # a slider that redraws the table too takes several times as long
def _large(run: Run, around: Surroundings, ranked: Ranking, found: Traversals, base: Place, label: int | None) -> None:
    """Draw one dimension at one place, large, beside the base."""
    with guarded():
        left, right = st.columns([1, 2], gap="medium")
        with left:
            number = st.selectbox(
                t("Dimension"),
                range(len(found.dimensions)),
                format_func=lambda each: f"{found.dimensions[each] + 1} · {_figure(ranked, found.dimensions[each])}",
                key=f"walks.dimension.{run.id}.{found.dimensions[0]}",
            )
            reach = float(found.offsets[-1])
            at = st.slider(
                _where(ranked), -reach, reach, min(1.0, reach), reach / 30, key=f"walks.at.{reach:g}", format="%.2f"
            )
        code = base.code.copy()
        code[0, found.dimensions[number]] += at * found.units[number]
        image = caches.networks(run).decode(code, label)[0]
        with right:
            st.html(
                figures.markup(
                    [
                        figures.Figure(
                            t("Dimension {number} at {value}", number=found.dimensions[number] + 1, value=f"{at:+.2f}"),
                            [figures.Shown(image, t("The decoded image"))],
                        ),
                        figures.Figure(t("The base"), [figures.Shown(found.base[0], t("What the base decodes to"))]),
                    ]
                )
            )
        st.markdown(words.distance(around, code))


def _where(ranked: Ranking) -> str:
    if ranked.unit == "variance":
        return t("Away from the base (standard deviations of the codes)")
    return t("Away from the base (standard deviations of the prior)")


def _answer(ranked: Ranking) -> str:
    """Say in a sentence what carries most, and how much carries nothing."""
    best = int(ranked.order[0])
    counts = {"used": int(ranked.used.sum()), "all": len(ranked.order), "best": best + 1, "count": ranked.n}
    if ranked.unit == "nats":
        return t(
            "**Dimension {best} carries most**: {figure} nats of KL divergence from the prior, of {total} in all (mean "
            "of N = {count} test images). Used dimensions (their mean varies by more than 0.01): **{used} of {all}**.",
            figure=f"{ranked.figures[best]:.2f}",
            total=f"{ranked.figures.sum():.2f}",
            **counts,
        )
    if ranked.unit == "variance":
        total = max(float(ranked.figures.sum()), 1e-300)
        return t(
            "**Dimension {best} varies most**: {percent}% of the variance of the codes of N = {count} test images. "
            "Used dimensions (at least a ten-thousandth of its variance): **{used} of {all}**.",
            percent=f"{100 * ranked.figures[best] / total:.1f}",
            **counts,
        )
    return t(
        "**Dimension {best} changes the image most.** No image has a code in this run, which has no encoder: the "
        "dimensions are sorted by what moving them from −3 to +3 changes. Used dimensions: **{used} of {all}**.",
        **counts,
    )


def _figure(ranked: Ranking, dimension: int) -> str:
    """Return what a dimension carries, with its unit."""
    value = float(ranked.figures[dimension])
    if ranked.unit == "nats":
        return t("KL {value} nats", value=f"{value:.3f}")
    if ranked.unit == "variance":
        return t("variance {value}", value=f"{value:.3g}")
    return t("from side to side {value}", value=f"{value:.3f}")


def _introduced(found: Traversals, ranked: Ranking) -> str:
    sorting = {
        "nats": t("Those with the highest KL divergence come first."),
        "variance": t("Those whose codes vary most come first."),
        "change": t("Those that change the image most come first."),
    }
    return t(
        "Each row moves one number of the code from {low} to {high} standard deviations around the base, the others "
        "held. {sorting}",
        low=f"{found.offsets[0]:g}",
        high=f"+{found.offsets[-1]:g}",
        sorting=sorting[ranked.unit],
    )


def _row(found: Traversals, ranked: Ranking, number: int) -> rows.Row:
    dimension = int(found.dimensions[number])
    lines = [_figure(ranked, dimension), t("change {value}", value=f"{found.change[number]:.4f}")]
    used = bool(ranked.used[dimension])
    return rows.Row(
        t("Dimension {number}", number=dimension + 1),
        lines if used else [*lines, t("unused")],
        found.images[number],
        t("Images along dimension {number}", number=dimension + 1),
        faint=not used,
    )
