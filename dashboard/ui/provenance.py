"""Where images come from: what a source promises before it is asked, and what is known of a stored dataset."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from aelab.datasets import sources
from aelab.datasets.report import Report
from aelab.datasets.spec import SourceSpec
from aelab.datasets.store import Dataset
from ui import tables
from ui.i18n import plain, say, t

#: What is said of a dataset, in this order. The first two are the lab's own words, the others are names.
_SENTENCES = ("origin", "processing", "file", "citation", "license")


def summary_of(source: SourceSpec) -> str:
    """Return what a source is called and what it gives, as Markdown."""
    return f"**{t(source.label)}**: {t(source.summary)}"


def built_in_summaries() -> str:
    """Return a list of the datasets that need no import: what is in them, and which are downloaded."""
    return "\n".join(f"- {summary_of(spec)} (`{spec.name}`)" for spec in sources if spec.ready)


def say_origin(data: Dataset) -> None:
    """Say where a dataset comes from, what was done to it, whom to cite and under which licence, as far as known."""
    known = {name: str(data.provenance[name]) for name in _SENTENCES if data.provenance.get(name)}
    if known:
        st.caption(" ".join(_sentence(name, value) for name, value in known.items()))


def say_report(data: Dataset) -> None:
    """Say what the import did with each file: kept, converted, left out and why."""
    report = data.report()
    sentences = report.sentences()
    if not sentences and not report.converted:
        return
    title = t(
        "Import: {kept} of {found} files kept, {converted} converted, {out} left out",
        kept=report.kept,
        found=report.found,
        converted=len({name for each in report.converted for name in each.files}),
        out=len(sentences),
    )
    with st.expander(title, icon=":material/fact_check:"):
        for each in report.converted:
            example = plain(each.files[0])
            st.markdown(f"- {say(each.note)} {t('{count} files, such as {name}', count=len(each.files), name=example)}")
        for error in data.skipped:
            st.markdown(f"- {say(error)}")
        tables.offer_csv(_as_table(data, report), f"import-{data.name}.csv")


def _as_table(data: Dataset, report: Report) -> pd.DataFrame:
    """Return a row for each file that was converted or left out, with what was done to this very one."""
    came = data.originals
    rows = [(came.name(at), "converted", str(note)) for at in range(len(came.labels)) for note in came.history(at)]
    rows += [(each.file, "quarantined", str(each.reason)) for each in report.quarantined]
    rows += [("", "quarantined", str(sentence)) for sentence in report.left_out]
    return pd.DataFrame(rows, columns=["file", "what", "why"])


def _sentence(name: str, value: str) -> str:
    if name == "file":
        return t("File: {name}.", name=plain(value))
    if name == "citation":
        return t("To cite: {source}", source=plain(value).rstrip(".") + ".")
    if name == "license":
        return t("Licence: {name}.", name=plain(value))
    return plain(t(value))
