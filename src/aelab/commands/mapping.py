"""`aelab latent`: the map of a run's codes, with the coordinates and numbers of the page."""

from __future__ import annotations

import argparse

from aelab import inference, runs
from aelab.commands.answer import Answer, MakeCommand, place, save
from aelab.commands.following import follow
from aelab.datasets import store
from aelab.jobs.people import SHELL
from aelab.studies import colouring, latent_map
from aelab.studies.latent_map import Config
from aelab.studies.map_quality import MapQuality
from aelab.tasks import latent_map as task

_OWN = ("method", "dimensions", "part", "limit")  # the others are settings of a projection


def declare(command: MakeCommand) -> None:
    """Declare what the command takes."""
    parser = command("latent", latent, "write a map of a run's codes, and say what it is worth")
    parser.add_argument("run", metavar="RUN")
    parser.add_argument("--method", choices=Config.choices("method"), required=True)
    parser.add_argument("--out", metavar="FILE.csv", required=True)
    parser.add_argument("--part", choices=Config.choices("part"), help="of the images (test)")
    parser.add_argument("--limit", help="images on the map (2000); 0 takes all of them")
    parser.add_argument("--dimensions", help="2 or 3 (2)")
    for name in Config.names():
        if name not in _OWN:
            parser.add_argument(f"--{name.replace('_', '-')}", help=Config.knob(name).help.replace("%", "%%"))
    parser.add_argument(
        "--colour",
        metavar="BY",
        help="write a column more: cluster, error, density, prediction, or factor:NAME where factors are known",
    )


def latent(arguments: argparse.Namespace) -> Answer:
    """Write a map of a run's codes as CSV, and say what it is worth."""
    given = {name: getattr(arguments, name) for name in Config.names() if getattr(arguments, name) is not None}
    config = Config.parse(given)
    path, run = place(arguments.out), runs.find(arguments.run)
    if arguments.colour is not None:
        colouring.check(arguments.colour, inference.load(run), run.images())
    job = task.submit(run.id, config, owner=SHELL.owner)
    follow(job, "map")
    found = task.result(job)
    table = latent_map.table(found, store.open_dataset(run.dataset).class_names)
    if arguments.colour is not None:
        colours = colouring.colour(arguments.colour, found, inference.load(run), run.images())
        table = colouring.with_column(table, colours)
    save(table, path)
    data = {
        "run": arguments.run,
        "method": config.method,
        "settings": config.asked(),
        "out": arguments.out,
        "n": len(found.indices),
        "split": config.part,
        "explained_variance": list(found.explained_variance),
        "divergence": found.divergence,
        "quality": None if found.quality is None else found.quality.to_json(),
    }
    lines = [f"{len(found.indices)} images ({config.part}) written to {arguments.out}"]
    if found.explained_variance:
        lines.append(f"  {100 * sum(found.explained_variance):.1f}% of the variance of the codes")
    if found.divergence is not None:
        lines.append(f"  divergence reached {found.divergence:.3f} nats (lower is better)")
    return Answer(data, lines + ([] if found.quality is None else _quality_lines(found.quality)))


def _quality_lines(found: MapQuality) -> list[str]:
    lines = [
        f"  trustworthiness {found.trustworthiness:.3f}   continuity {found.continuity:.3f}   (k = {found.neighbours}, "
        f"at {found.measured} of N = {found.of} images; higher is better)"
    ]
    if found.silhouette_map is not None:
        lines += [
            f"  silhouette of the classes {found.silhouette_map:.3f} here, {found.silhouette_codes:.3f} in the codes",
            f"  purity of neighbourhoods  {found.purity_map:.3f} here, {found.purity_codes:.3f} in the codes",
        ]
    return lines
