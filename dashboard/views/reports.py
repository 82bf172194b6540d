"""Which run is better, at what, and by how much?"""

import numpy as np
import streamlit as st

from aelab import runs
from aelab.metrics import metrics
from aelab.models import models
from aelab.studies import comparison
from ui import caches, charts, definitions, mosaic, tables
from ui.guards import empty
from ui.i18n import plain, t
from ui.labels import class_name
from ui.pickers import describe, name_damaged

_MEASURES = tuple(spec.name for spec in metrics if spec.per_image is not None)

st.title(t("Reports"))
done = runs.done()
if not done:
    empty(t("No run is done yet. Start one on the Train page, or wait for the starter lab on Home."))

datasets = sorted({run.dataset for run in done})
left, right = st.columns([1, 3])
dataset = left.selectbox(t("Dataset"), datasets, key="reports.dataset", help=t("Only runs on the same images compare."))
candidates = [run.id for run in done if run.dataset == dataset]
chosen = right.multiselect(t("Runs"), candidates, default=candidates[:8], key=f"reports.runs.{dataset}")
selected = [run for run in done if run.id in chosen]
name_damaged()
if not selected:
    empty(t("Choose one run or more."))

table = comparison.compare(selected)
overall = table[table["class"] == comparison.ALL_CLASSES]
winners = comparison.best(table)
count = int(overall["n"].iloc[0])

st.markdown(
    "  \n".join(
        t(
            "**{measure}** ({direction}): best is {run} with **{value}**",
            measure=definitions.heading(metrics[name]),
            direction=definitions.direction(metrics[name]),
            run=plain(winners[name]),
            value=f"{overall.loc[overall['run'] == winners[name], name].iloc[0]:.{metrics[name].decimals}f}",
        )
        for name in _MEASURES
        if name in winners
    )
)
st.caption(t("Means over the N = {count} test images of {dataset}.", count=count, dataset=plain(dataset)))

st.dataframe(
    tables.shown(
        overall[["run", "model", "latent_dim", *[name for name in _MEASURES if name in overall], "n", "split"]]
    ),
    hide_index=True,
    column_config={
        "run": t("Run"),
        "model": t("Model"),
        "latent_dim": t("Latent dimension"),
        "n": "N",
        "split": t("Split"),
    }
    | tables.measures_columns(_MEASURES),
    alt=t("Measures of every chosen run"),
)
tables.offer_csv(table, f"report-{dataset}.csv")
definitions.define((*_MEASURES, "frechet"))

st.subheader(t("How sure is that?"))
measure = st.segmented_control(
    t("Measure"),
    _MEASURES,
    default="mse",
    required=True,
    key="reports.measure",
    format_func=lambda name: definitions.heading(metrics[name]),
)
st.plotly_chart(
    charts.comparison(
        overall,
        measure,
        title=t("Mean and 95% interval, N = {count} test images", count=count),
        x=definitions.heading(metrics[measure]),
        y=t("Run"),
    ),
    alt=t("Mean of the chosen measure for each run, with its interval"),
)

st.subheader(t("By class"))
by_class = table[table["class"] != comparison.ALL_CLASSES]
if by_class.empty:
    st.info(t("These images have no classes."), icon=":material/info:")
else:
    data = caches.dataset(dataset) if caches.is_stored(dataset) else None
    pivot = by_class.pivot(index="run", columns="class", values=measure).reset_index()
    st.dataframe(
        pivot,
        hide_index=True,
        alt=t("The chosen measure by run and class"),
        column_config={"run": t("Run")}
        | {
            name: st.column_config.NumberColumn(class_name(data, name), format=f"%.{metrics[measure].decimals}f")
            for name in pivot.columns
            if name != "run"
        },
    )
    st.caption(
        t(
            "{measure}, {direction}; the CSV has N and interval of each class.",
            measure=definitions.heading(metrics[measure]),
            direction=definitions.direction(metrics[measure]),
        )
    )

generative = [run for run in selected if run.model in models and models[run.model].generative]
if generative:
    st.subheader(t("Images drawn from the prior"))
for run in generative:
    row = overall[overall["run"] == run.id].iloc[0]
    if np.isfinite(row.get("frechet", np.nan)):  # a single test image has nothing to compare
        st.markdown(
            t(
                "**{run}**: Fréchet distance **{value}** (lower is better; real training images get {floor}), on the "
                "first {features} principal components of the training images, {samples} samples against {count} test "
                "images. It is not the published FID, whose features come from a classifier of photographs.",
                run=plain(run.id),
                value=f"{row['frechet']:.2f}",
                floor=f"{row['frechet_floor']:.2f}",
                features=int(row["frechet_features"]),
                samples=int(row["frechet_n"]),
                count=count,
            )
        )
    mosaic.show(
        caches.drawn_samples(run, 40, 0),
        20,
        alt=t("Images drawn from the prior of {run}", run=run.id),
        caption=describe(run),
    )
