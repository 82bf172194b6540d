"""Where images come from: what a source promises before it is asked, and what is known of a stored dataset."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import streamlit as st

from aelab.cleaning import checks
from aelab.datasets import sources
from aelab.datasets.recipe import BY_HAND
from aelab.datasets.report import Report
from aelab.datasets.spec import SourceSpec
from aelab.datasets.store import Dataset
from ui import tables
from ui.i18n import plain, say, t
from ui.labels import choice_name

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
    sentences = [_sentence(name, value) for name, value in known.items()]
    if sentences:
        st.caption(" ".join(sentences))
    decided = _decisions(data)
    if decided:
        st.caption(" ".join(decided))


def _decisions(data: Dataset) -> list[str]:
    """Return what was decided about a dataset since it came in: what it was made from, and by which recipe."""
    recipe, sentences = data.recipe, []
    before = data.provenance.get("derived_from")
    if before:
        sentences.append(t("Made from {name}.", name=plain(str(before))))
    if recipe.keep:
        sentences.append(t("Chosen one by one, of what came in: {count}.", count=len(recipe.keep)))
    if recipe.drop:
        whys = Counter(_why(each.why) for each in recipe.drop).most_common()
        sentences.append(
            t(
                "Left out of what came in: {count} ({reasons}).",
                count=len(recipe.drop),
                reasons=", ".join(f"{why} {count}" for why, count in whys),
            )
        )
    if before and recipe.prepare is not None:
        sentences.append(
            t(
                "Every picture was brought to {height} × {width} pixels, {color}; what is too long or short: {fit}.",
                height=recipe.prepare.height,
                width=recipe.prepare.width,
                color=choice_name(recipe.prepare.color),
                fit=choice_name(recipe.prepare.fit),
            )
        )
    if before:
        sentences.append(_split_sentence(data))
    return sentences


def _split_sentence(data: Dataset) -> str:
    plan = data.recipe.split
    if plan.given == "keep" and data.originals.given is not None:
        return t("The split is the one it came with.")
    return t(
        "Split: validation {validation}, test {test}, seed {seed}, near-duplicates {distance}.",
        validation=f"{plan.validation:g}",
        test=f"{plan.test:g}",
        seed=plan.seed,
        distance=t("within {distance} bits on one side", distance=plan.distance)
        if plan.distance >= 0
        else t("left to chance"),
    )


def _why(reason: str) -> str:
    """Return what the reason of a decision is called: a check's label, or "by hand"."""
    if reason == BY_HAND:
        return t("by hand")
    return t(checks[reason].label) if reason in checks else plain(reason)


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
            files = t("Files: {count}. For example {name}:", count=len(each.files), name=example)
            st.markdown(f"- {files} {say(each.note)}")
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
