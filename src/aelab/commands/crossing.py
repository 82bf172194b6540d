"""`aelab matrix`: runs and filters against many noises, with the numbers of the page."""

from __future__ import annotations

import argparse

from aelab import runs
from aelab.commands.answer import Answer, MakeCommand, place, save
from aelab.commands.following import follow
from aelab.commands.tables import table
from aelab.jobs.people import SHELL
from aelab.studies import crossed
from aelab.studies.crossed import Matrix
from aelab.studies.matrix import Config
from aelab.tasks import matrix as task


def declare(command: MakeCommand) -> None:
    """Declare what the command takes."""
    parser = command("matrix", matrix, "measure runs on many noises, with filters beside them")
    parser.add_argument("run", metavar="RUN", nargs="+")
    for name, one, text in (
        ("noises", "NOISE", "gaussian, gaussian+jpeg (one after the other), ..., or all, which is the default"),
        ("severities", "NUMBER", "from 1 (light) to 5 (heavy); all five without it"),
        ("filters", "FILTER", "names, all or none (nothing median_3 gaussian linear_ridge)"),
    ):
        parser.add_argument(f"--{name}", nargs="+", metavar=one, help=text)
    parser.add_argument("--limit", help="test images (1000); 0 measures all of them")
    parser.add_argument("--seed", help="another seed draws other noise (0)")
    parser.add_argument("--csv", metavar="FILE", help="the table, a line for each cell")


def matrix(arguments: argparse.Namespace) -> Answer:
    """Measure runs on many noises, as a job that the pages find done; what was measured before is not again."""
    asked = {name: getattr(arguments, name) for name in Config.names() if getattr(arguments, name) is not None}
    config = Config.parse({name: ",".join(each) if isinstance(each, list) else each for name, each in asked.items()})
    path = place(arguments.csv) if arguments.csv else None
    job = task.submit(arguments.run, config, owner=SHELL.owner)
    follow(job, "matrix")
    found = task.result(job)
    trained = {run_id: str(runs.find(run_id).corruption or "") for run_id in found.runs}
    if path is not None:
        save(crossed.table(found, trained), path)
    return Answer({**found.to_json(), "trained_on": trained, "best": found.best_run("psnr")}, _lines(found, trained))


def _lines(found: Matrix, trained: dict[str, str]) -> list[str]:
    """Return PSNR as a table that a terminal has room for: a row for each column of the matrix."""
    heads = [f"PSNR (dB), N = {found.n} {found.split} images", *found.rows]
    cells = zip(*(found.of(row) for row in found.rows), strict=True)
    rows = [
        [f"{column[0].noise} {column[0].severity}", *(f"{entry.means['psnr'].mean:.2f}" for entry in column)]
        for column in cells
    ]
    average = [f"{found.average(row).means['psnr'].mean:.2f}" for row in found.rows]
    lines = table(heads, [*rows, ["average", *average]])
    return [*lines, *(f"{run_id} was trained on {noise or 'no noise'}" for run_id, noise in trained.items())]
