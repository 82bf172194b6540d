"""What a variational run has learned: its posteriors, how they use the code, and the holes between them."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aelab.models import models
from aelab.runs import Run
from aelab.studies import holes, posterior
from aelab.studies.aggregate import Aggregate
from aelab.studies.posterior import Learned
from ui import caches, tables
from ui.i18n import t
from ui.labels import class_names
from ui.latent.learned import answer, charts, definitions, draws, kept
from ui.numbers import fixed

_ELLIPSES = 200  # images: with more, one ellipse hides another
_CURVES = 6


def show(run: Run, controls: DeltaGenerator, main: DeltaGenerator) -> None:
    """Draw what a run has learned in `main`, and what of it to show in `controls`."""
    networks = caches.networks(run)
    with main:
        top = st.container()
        if not networks.has_posterior:
            top.info(_lacks_posterior(run), icon=":material/info:")
            _show_holes(run, top, mixture=True)
            definitions.define(posterior=False)
            return
        with st.spinner(t("Encoding the test images…")):
            found = kept.learned(run)
    top.markdown(answer.used(found))
    with controls:
        pair = _pick_pair(run, found)
        mixture = st.toggle(
            t("Mixture as well"),
            key="learned.mixture",
            persist_state="session",
            help=t(
                "Looks for holes among the draws of a mixture of normal distributions too, which is fitted on the "
                "codes and knows where they are."
            ),
        )
    with main:
        _show_posteriors(run, found, pair)
        _show_divergences(found)
        _show_aggregate(found)
        _show_holes(run, top, mixture=mixture)
        tables.offer_csv(posterior.table(found), f"posterior-{run.id}.csv")
        definitions.define(posterior=True)


def _lacks_posterior(run: Run) -> str:
    if run.model in models and models[run.model].generative:
        return t(
            "This run gives an image one code, and no distribution of codes: there are no ellipses and no divergence "
            "to show. Its codes were brought to the standard normal all together; how near they came is here."
        )
    return t(
        "This run gives an image one code, and no distribution of codes: there are no ellipses and no divergence to "
        "show. Nothing brought its codes to a prior either. Why images cannot be drawn from it by the standard normal, "
        "and what a mixture that is fitted on its codes makes better, is here."
    )


def _pick_pair(run: Run, found: Learned) -> tuple[int, int] | None:
    """Draw the choice of two dimensions, at first those of the largest divergence; None where there is one only."""
    if found.latent_dim < 2:
        return None
    order = [int(each) for each in found.order]

    def name(dimension: int) -> str:
        nats = fixed(found.divergences[dimension].mean, 3)
        if found.active[dimension]:
            return t("{number} ({nats} nats)", number=dimension + 1, nats=nats)
        return t("{number} ({nats} nats, not used)", number=dimension + 1, nats=nats)

    across = st.selectbox(t("Dimension across"), order, format_func=name, key=f"learned.x.{run.id}")
    others = [each for each in order if each != across]
    upwards = st.selectbox(t("Dimension upwards"), others, format_func=name, key=f"learned.y.{run.id}")
    return across, upwards


def _show_posteriors(run: Run, found: Learned, pair: tuple[int, int] | None) -> None:
    if pair is None:
        st.caption(t("A code of one number has no plane: the curve of all codes together is below."))
        return
    data = caches.images_of(run)
    chosen = np.sort(np.random.default_rng(0).permutation(found.n)[:_ELLIPSES])
    shown = np.ix_(chosen, list(pair))
    st.plotly_chart(
        charts.ellipses(
            found.mean[shown],
            np.exp(0.5 * found.log_variance[shown]),
            found.indices[chosen],
            found.labels[chosen],
            class_names(data),
            t("unlabelled"),
            title=t("Posteriors of {shown} of N = {count} test images", shown=len(chosen), count=found.n),
            axes=_names(pair),
            prior=t("prior"),
        ),
        key="learned.posteriors",
        alt=t("Posterior means with ellipses of one standard deviation, coloured by class, under circles of the prior"),
    )
    st.caption(
        t(
            "Each point is the posterior mean of an image, its ellipse one standard deviation; the images are a fair "
            "draw. An ellipse as large as the solid circle says nothing of its image; a point says all."
        )
    )


def _names(pair: tuple[int, int]) -> tuple[str, str]:
    across, upwards = (t("Latent dimension {number}", number=each + 1) for each in pair)
    return across, upwards


def _show_divergences(found: Learned) -> None:
    order = found.order
    st.plotly_chart(
        charts.divergence_bars(
            [found.divergences[each] for each in order],
            [int(each) + 1 for each in order],
            [bool(each) for each in found.active[order]],
            (t("used"), t("not used")),
            title=t("KL divergence by dimension, N = {count} test images", count=found.n),
            x=t("Latent dimension"),
            y=t("KL divergence (nats)"),
        ),
        key="learned.divergences",
        alt=t("Bars of the KL divergence of each latent dimension, the largest first; dimensions not used are hatched"),
    )


def _show_aggregate(found: Learned) -> None:
    together = found.aggregate
    order = np.argsort(-together.divergence, kind="stable")[:_CURVES]
    st.plotly_chart(
        charts.densities(
            together.edges,
            together.density[order],
            together.prior,
            [t("{number}: {nats} nats", number=int(each) + 1, nats=_divergence(together, each)) for each in order],
            (t("all codes together"), t("prior")),
            title=t("Aggregate posterior against the prior, N = {count} test images", count=together.n),
            x=t("Value of the dimension"),
        ),
        key="learned.aggregate",
        alt=t("Density of all codes together over that of the prior, for the dimensions that are farthest from it"),
    )
    first = int(order[0])
    st.caption(
        t(
            "The dimensions ({shown} of {latent}) whose codes together are farthest from the prior, with their "
            "divergence from it (lower is better). Dimension {number} has mean {mean}, variance {variance} and excess "
            "kurtosis {kurtosis}; the prior has 0, 1 and 0.",
            shown=len(order),
            latent=found.latent_dim,
            number=first + 1,
            mean=fixed(together.mean[first], 2),
            variance=fixed(together.variance[first], 2),
            kurtosis=fixed(together.kurtosis[first], 2),
        )
    )
    if together.runs_off:
        st.warning(
            t(
                "Codes lie beyond {end}, where the prior has nothing: of the dimension with the most of them, "
                "{percent}%. The curves do not show them, and the true divergences are larger than those above. The "
                "run has hardly been held to the prior: train it with a larger weight on the divergence, or a smaller "
                "learning rate.",
                end=f"±{together.edges[-1]:.0f}",
                percent=f"{100 * together.beyond.max():.0f}",
            ),
            icon=":material/open_in_full:",
        )
    st.markdown(answer.information(found))


def _divergence(together: Aggregate, dimension: int) -> str:
    """Return the divergence of a dimension; of one whose codes run off the curve, what it is at least."""
    least = "> " if together.runs_off else ""
    return f"{least}{together.divergence[dimension]:.3f}"


def _show_holes(run: Run, top: DeltaGenerator, *, mixture: bool) -> None:
    """Draw what jobs have found of the holes, and the answer again at the top of the page."""
    st.subheader(t(holes.SPEC.label))
    st.caption(t(holes.SPEC.question))
    normal = draws.find(run, "normal")
    if normal is not None:
        top.markdown(answer.holes(normal))
        draws.show(run, normal)
    if not mixture:
        return
    fitted = draws.find(run, "mixture")
    if fitted is not None:
        draws.show(run, fitted)
