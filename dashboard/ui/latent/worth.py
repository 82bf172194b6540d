"""What a map is worth, said beside it: what it shows of the codes, and how far it can be believed."""

from __future__ import annotations

import streamlit as st

from aelab.projections import projections
from aelab.projections.spec import Floats
from aelab.studies.latent_map import Config, LatentMap
from aelab.studies.map_quality import MEASURES, MapQuality
from ui.i18n import t


def say(found: LatentMap, config: Config) -> None:
    """Say what of the codes is seen on a map, what is not, and the numbers for it."""
    st.markdown(_sentence(found, config))
    if found.quality is not None:
        _say_quality(found.quality)
        _define(config, found.quality)


def say_place(config: Config, place: Floats | None) -> None:
    """Say where a picture of one's own lies on a map."""
    if place is None:
        st.caption(
            t(
                "{method} takes too long to find a place for a picture; choose PCA or t-SNE to see it on the map.",
                method=projections[config.method].label,
            )
        )
        return
    where = ", ".join(f"{each:.2f}" for each in place[0])
    st.caption(
        t("Your picture is the star on the map, at ({where}).", where=where)
        if projections[config.method].quick
        else t("Your picture is the star on the map, about at ({where}): among those it is most like.", where=where)
    )


def _sentence(found: LatentMap, config: Config) -> str:
    if found.explained_variance:
        return t(
            "These {count} axes hold **{percent}%** of the variance of the codes ({latent} dimensions).",
            count=config.dimensions,
            percent=f"{100 * sum(found.explained_variance):.1f}",
            latent=found.codes.shape[1],
        )
    if config.method == "lda":
        return t(
            "LDA was told the classes and pulls them apart: **that they lie apart here is no evidence**; compare the "
            "silhouette in the codes."
        )
    if config.method == "umap":
        return t(
            "UMAP keeps neighbours together; **distances between groups, their sizes and the axes mean little**. "
            "{neighbours} neighbours, least distance {distance}, seed {seed}.",
            neighbours=config.neighbours,
            distance=f"{config.min_dist:g}",
            seed=config.seed,
        )
    if config.method == "tsne":
        return t(
            "t-SNE keeps neighbours together; **distances between groups, their sizes and the axes mean nothing**. "
            "Perplexity {perplexity}, {iterations} iterations, learning rate {rate}, seed {seed}; divergence reached: "
            "{divergence} nats.",
            perplexity=f"{config.perplexity:g}",
            iterations=config.iterations,
            rate=f"{config.learning_rate:g}"
            if config.learning_rate
            else t("{count} (by itself: one for each image)", count=len(found.indices)),
            seed=config.seed,
            divergence=f"{found.divergence:.3f}" if found.divergence is not None else "?",
        )
    return t(projections[config.method].summary)


def _say_quality(found: MapQuality) -> None:
    """Say the numbers in a line, with how many images they are of."""
    parts = [
        t("Trustworthiness **{value}**", value=f"{found.trustworthiness:.3f}"),
        t("continuity **{value}**", value=f"{found.continuity:.3f}"),
    ]
    if found.silhouette_codes is not None and found.silhouette_map is not None:
        parts.append(
            t(
                "silhouette of the classes **{map}** here, {codes} in the codes",
                map=f"{found.silhouette_map:.3f}",
                codes=f"{found.silhouette_codes:.3f}",
            )
        )
    if found.purity_codes is not None and found.purity_map is not None:
        parts.append(
            t(
                "purity of neighbourhoods **{map}** here, {codes} in the codes",
                map=f"{found.purity_map:.3f}",
                codes=f"{found.purity_codes:.3f}",
            )
        )
    st.markdown(" · ".join(parts))


def _define(config: Config, found: MapQuality) -> None:
    """Draw a button that opens what the projection does and what the numbers mean."""
    with st.popover(t("What do these numbers mean?"), icon=":material/help:"):
        chosen = projections[config.method]
        st.markdown(f"**{t(chosen.label)}** · {t(chosen.summary)}")
        st.latex(chosen.equation)
        st.caption(t(chosen.source))
        for measure in MEASURES.values():
            st.markdown(f"**{t(measure.label)}** · {t('higher is better')}")
            st.markdown(t(measure.definition))
            st.latex(measure.equation)
            st.caption(measure.source)
        st.caption(
            t(
                "k = {neighbours}. Measured at {measured} of the N = {count} images on the map, each against all "
                "others; the class is known of {labelled}.",
                neighbours=found.neighbours,
                measured=found.measured,
                count=found.of,
                labelled=found.labelled,
            )
        )
