"""What differs between these runs, and what did it change?"""

import streamlit as st

from aelab.studies import comparison
from aelab.studies.pooling import places
from ui import comparing, definitions, known, pickers, run_choice, run_comparison, run_import, run_keeping, tables
from ui.i18n import t

st.title(t("Compare"))
st.caption(t("What differs between these runs, and what did it change?"))
everything = known.known_runs(archived=True)
picking, filtering, bringing = st.container(), *st.columns(2)
chosen = run_choice.pick(everything, picking, filtering) if everything else []
with bringing:
    run_import.offer()
pickers.name_damaged()
if not everything:
    st.info(
        t("No run is done yet. Start one on the Train page, or wait for the starter lab on Home."),
        icon=":material/info:",
    )
    run_keeping.offer([])
    st.stop()
if not chosen:
    st.info(t("Choose one run or more."), icon=":material/info:")
    run_keeping.offer(chosen)
    st.stop()

table = comparison.compare([each.run for each in chosen])
measure = comparing.pick_measure("compare.measure", table)
run_comparison.say_verdict(chosen, table, measure)
comparing.show_measures(table, names={each.id: each.name for each in chosen})
run_comparison.say_remarks(chosen)
tables.offer_csv(table, "compare.csv")
definitions.define(comparing.measured(table))
run_comparison.show_differences(chosen)
# Counted from the oldest, so that a run keeps its colour when others are chosen, or trained.
run_comparison.show_curves(chosen, places([each.run for each in reversed(everything)]))
run_comparison.show_pools(chosen)
run_comparison.show_board(run_choice.offered(everything), measure, chosen[0].run.dataset_checksum)
run_keeping.offer(chosen)
