"""`aelab clusters` and `aelab factors`: what codes know of classes, and of known causes; the numbers of the pages."""

from __future__ import annotations

import argparse
from typing import Any

from aelab import runs
from aelab.clustering import algorithms
from aelab.commands.answer import Answer, MakeCommand, place, save
from aelab.commands.following import follow
from aelab.commands.tables import table, wrapped
from aelab.disentanglement import SCORES
from aelab.jobs.people import SHELL
from aelab.metrics.estimate import Estimate
from aelab.studies import clustered, clusters, disentanglement
from aelab.studies.clustered import Clusters
from aelab.studies.disentanglement import Disentanglement
from aelab.tasks.clusters import JOB as CLUSTERS
from aelab.tasks.disentanglement import JOB as DISENTANGLEMENT

#: What is put into clusters and scored, as people read it.
SPACES = {"code": "codes", "pixels": "raw pixels", "pca": "PCA of the pixels"}

_LONG = ("indices", "labels", "central", "doubtful")  # by image: the CSV has them


def declare(command: MakeCommand) -> None:
    """Declare both commands."""
    found = command("clusters", find_clusters, "put a run's codes into clusters, and hold them against classes")
    found.add_argument("run", metavar="RUN")
    found.add_argument("--algorithm", choices=algorithms.names(), help="(kmeans)")
    found.add_argument("--clusters", help="how many (as many as classes; 10 without)")
    found.add_argument("--part", choices=clusters.Config.choices("part"), help="of the split (test)")
    found.add_argument("--limit", help="images (10000); 0 takes all of them")
    found.add_argument("--restarts", help="beginnings of k-means, of which the best is kept (10)")
    found.add_argument("--seed")
    found.add_argument("--highest", help="also try 2 to so many clusters, by silhouette and BIC")
    found.add_argument("--csv", metavar="FILE", help="the table: codes, pixels, principal components")
    found.add_argument("--members", metavar="FILE", help="the cluster of each image, as CSV")
    factors = command("factors", score_factors, "score how well a run's codes keep known factors apart")
    factors.add_argument("run", metavar="RUN")
    factors.add_argument("--part", choices=disentanglement.Config.choices("part"), help="of the split (all)")
    factors.add_argument("--limit", help="images (5000); 0 takes all of them")
    factors.add_argument("--seed")
    factors.add_argument("--csv", metavar="FILE", help="the scores, and those of principal components")


def find_clusters(arguments: argparse.Namespace) -> Answer:
    """Put codes into clusters, as a job that the pages find done."""
    config = _asked(clusters.Config, arguments)
    paths = {name: place(getattr(arguments, name)) for name in ("csv", "members") if getattr(arguments, name)}
    job = CLUSTERS.submit(arguments.run, config, owner=SHELL.owner)
    follow(job, "clusters")
    found = CLUSTERS.result(job)
    images = runs.find(arguments.run).images()
    if "csv" in paths:
        save(clustered.table(found), paths["csv"])
    if "members" in paths:
        save(clustered.members(found, images.labels, images.class_names), paths["members"])
    data = {name: value for name, value in found.to_json().items() if name not in _LONG}
    return Answer({"run": arguments.run, **data}, _cluster_lines(found))


def score_factors(arguments: argparse.Namespace) -> Answer:
    """Hold codes against known factors, as a job that the pages find done."""
    config = _asked(disentanglement.Config, arguments)
    path = place(arguments.csv) if arguments.csv else None
    job = DISENTANGLEMENT.submit(arguments.run, config, owner=SHELL.owner)
    follow(job, "factors")
    found = DISENTANGLEMENT.result(job)
    if path is not None:
        save(disentanglement.table(found), path)
    return Answer({"run": arguments.run, **found.to_json()}, _factor_lines(found))


def _asked(config: Any, arguments: argparse.Namespace) -> Any:
    names = config.names()
    return config.parse({name: getattr(arguments, name) for name in names if getattr(arguments, name) is not None})


def _cluster_lines(found: Clusters) -> list[str]:
    label = algorithms[found.algorithm].label
    lines = [f"{label}, {found.clusters} clusters of N = {found.n} {found.part} images, on which it was fitted as well"]
    reason = clustered.why_none(found)
    if reason is not None:
        lines += wrapped(str(reason))
    elif found.n_labelled < found.n:
        lines.append(f"agreement over the {found.n_labelled} of them whose class is known")
    measures = ("accuracy", "nmi", "ari") if reason is None else ()
    heads = ["", "numbers", *(f"{name} (95%)" for name in measures), "silhouette", "covariance"]
    rows = [
        [
            SPACES[row.space],
            row.dimensions,
            *(_with_interval(row.agreement[name]) for name in measures),
            f"{row.silhouette.mean:.3f}",
            row.covariance or None,
        ]
        for row in found.rows
    ]
    lines += table(heads, rows)
    lines += [f"not converged: {SPACES[row.space]}" for row in found.rows if not row.converged]
    if found.tried:
        tried = [[each.clusters, f"{each.silhouette:.3f}", _whole(each.bic)] for each in found.tried]
        heads = ["clusters", "silhouette (higher)", "BIC (lower)"]
        lines += [f"other numbers of clusters of the codes, on N = {found.n_tried} images:", *table(heads, tried)]
    return lines


def _factor_lines(found: Disentanglement) -> list[str]:
    rows = [
        [score.name, *(f"{found.of(space).scores[score.name]:.{score.decimals}f}" for space in ("code", "pca"))]
        for score in SCORES
    ]
    heads = ["from 0 to 1, higher is better", SPACES["code"], SPACES["pca"]]
    lines = [f"factors {', '.join(found.factors)}; N = {found.n} images ({found.part}), seed {found.seed}"]
    return [*lines, *table(heads, rows), *wrapped(f"By chance, factor_vae is about {1 / len(found.factors):.3f}.")]


def _with_interval(each: Estimate) -> str:
    return f"{each.mean:.3f} ({each.low:.3f} to {each.high:.3f})"


def _whole(value: float | None) -> str | None:
    return None if value is None else f"{value:.0f}"
