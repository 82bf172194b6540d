"""Which run is better, at what, and by how much?"""

import streamlit as st

from aelab.metrics import metrics
from aelab.runs import about
from aelab.studies import comparison, reconstruction
from ui import charts, comparing, definitions, known, probe, run_comparison, samples, tables
from ui.i18n import plain, t

st.title(t("Reports"))
st.caption(t(reconstruction.SPEC.question))
compared = comparing.pick_runs()
table = comparison.compare(compared.runs)
count = compared.runs[0].metrics()["n"]

comparing.say_best(table)
st.caption(t("Means over the N = {count} test images of {dataset}.", count=count, dataset=plain(compared.dataset)))
comparing.show_measures(table)
run_comparison.say_remarks([known.Known(run, about.read(run.id)) for run in compared.runs])
tables.offer_csv(table, f"report-{compared.dataset}.csv")
definitions.define(comparing.measured(table))

st.subheader(t("How sure is that?"))
measure = comparing.pick_measure("reports.measure", table)
st.plotly_chart(
    charts.comparison(
        comparison.overall(table).dropna(subset=[measure]),
        measure,
        title=t("Mean and 95% interval, N = {count} test images", count=count),
        x=definitions.heading(metrics[measure]),
        y=t("Run"),
    ),
    alt=t("Mean of the chosen measure for each run, with its interval"),
)

st.subheader(t("By class"))
comparing.show_classes(table, measure, compared.images)
samples.show_samples(compared.runs, table)
if compared.images is not None:
    probe.offer_to_compare(compared.runs)
