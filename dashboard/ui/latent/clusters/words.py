"""What is said of clusters: the answer in a sentence, under which conditions it holds, and the rows of its table."""

from __future__ import annotations

import math

import pandas as pd

from aelab.clustering import algorithms
from aelab.clustering.agreement import ACCURACY, ARI, NMI
from aelab.clustering.intervals import DRAWS
from aelab.clustering.mixture import BIC
from aelab.clustering.silhouette import SILHOUETTE
from aelab.errors import N_
from aelab.metrics.estimate import Estimate
from aelab.metrics.spec import MetricSpec
from aelab.studies.clustered import Clusters, Row, why_none
from ui import definitions
from ui.i18n import say, t
from ui.labels import PARTS

SPACES = {"code": N_("codes"), "pixels": N_("raw pixels"), "pca": N_("PCA of equal size")}
MEASURES = (ACCURACY, NMI, ARI, SILHOUETTE)
_COVARIANCES = {"full": N_("full"), "diagonal": N_("diagonal")}


def answer(found: Clusters) -> str:
    """Return the answer first: how often the clusters of the codes find the classes, and whether pixels do as well."""
    told = {
        "algorithm": t(algorithms[found.algorithm].label),
        "count": found.n,
        "part": t(PARTS[found.part]),
        "clusters": found.clusters,
    }
    why = why_none(found)
    if why is not None:
        silhouettes = {row.space: _number(row.silhouette.mean) for row in found.rows}
        sentence = t(
            "{algorithm} with {clusters} clusters on the codes of N = {count} images ({part}) has a silhouette of "
            "**{code}**; on raw pixels {pixels}, on PCA of equal size {pca} (higher is better).",
            **told,
            **silhouettes,
        )
        return f"{sentence} {say(why)}"
    accuracies = {row.space: row.agreement["accuracy"] for row in found.rows}
    sentence = t(
        "{algorithm} with {clusters} clusters on the codes of N = {count} images ({part}) finds the classes with "
        "accuracy **{code}**; on raw pixels {pixels}, on PCA of equal size {pca} (higher is better).",
        **told,
        **{space: with_interval(each) for space, each in accuracies.items()},
    )
    return f"{sentence} {_verdict(found)}"


def _verdict(found: Clusters) -> str:
    leads = {t(SPACES[row.space]): row.leads["accuracy"] for row in found.rows if row.leads}
    worse = [name for name, lead in leads.items() if lead.high < 0]
    unclear = [name for name, lead in leads.items() if lead.low <= 0 <= lead.high]
    if worse:
        return t("**The code is worse than {what}.**", what=f" {t('and')} ".join(worse))
    if unclear:
        either = f" {t('or')} ".join(unclear)
        return t("**The code is no better than {what}:** the difference may be chance.", what=either)
    return t("**The code is better than both.**")


def conditions(found: Clusters) -> str:
    """Return what the numbers hang on."""
    said = [
        t(
            "Clusters know no classes, and are fitted on the same images on which they are measured. Restarts: "
            "{restarts}; seed {seed}; silhouette over N = {drawn}.",
            restarts=found.restarts,
            seed=found.seed,
            drawn=found.rows[0].silhouette.n,
        )
    ]
    if not found.reason:
        said.append(t("Each cluster is matched with one class, so that most images are right."))
    if not found.reason and found.n_labelled < found.n:
        said.append(
            t("Images without a class are in clusters and do not count: {count}.", count=found.n - found.n_labelled)
        )
    if not all(row.converged for row in found.rows):
        names = ", ".join(t(SPACES[row.space]) for row in found.rows if not row.converged)
        said.append(t("Stopped before it had come to rest: {what}.", what=names))
    return " ".join(said)


def measures(found: Clusters) -> tuple[MetricSpec, ...]:
    """Return what is measured of these clusters."""
    return (*MEASURES, BIC) if any(each.bic is not None for each in found.tried) else MEASURES


def intervals() -> str:
    """Return what the intervals mean."""
    return t(
        "Intervals hold 95% of {draws} draws of as many images, with replacement; the clusters stay as they are. They "
        "say nothing of other seeds, or of other trainings. A lead is measured on the same draws.",
        draws=DRAWS,
    )


def with_interval(each: Estimate) -> str:
    """Return a value with its interval."""
    return f"{_number(each.mean)} ({_number(each.low)} – {_number(each.high)})"


def rows(found: Clusters) -> pd.DataFrame:
    """Return the table as it is shown: a row for each measure, a column for each of codes, pixels and components."""
    lines: dict[str, list[str]] = {
        definitions.heading(spec): [with_interval(row.agreement[spec.name]) for row in found.rows]
        for spec in MEASURES
        if spec.name in found.rows[0].agreement
    }
    lines[definitions.heading(SILHOUETTE)] = [_number(row.silhouette.mean) for row in found.rows]
    if found.rows[0].agreement:
        lines[t("Lead in accuracy")] = [_lead(row) for row in found.rows]
    lines[t("Numbers of each image")] = [str(row.dimensions) for row in found.rows]
    lines[t(algorithms[found.algorithm].heading)] = [_number(row.objective) for row in found.rows]
    if found.rows[0].covariance:
        lines[t("Covariance")] = [t(_COVARIANCES[row.covariance]) for row in found.rows]
    table = pd.DataFrame.from_dict(lines, orient="index", columns=[row.space for row in found.rows])
    return table.rename_axis("measure").reset_index()


def _lead(row: Row) -> str:
    lead = row.leads.get("accuracy")
    return f"{lead.mean:+.3f} ({lead.low:+.3f} – {lead.high:+.3f})" if lead else "–"


def _number(value: float) -> str:
    return f"{value:.3f}" if math.isfinite(value) else "–"
