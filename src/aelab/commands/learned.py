"""`aelab posterior` and `holes`: what a variational run has learned, with the numbers of the page."""

from __future__ import annotations

import argparse

from aelab import inference, runs
from aelab.commands.answer import Answer, MakeCommand, place, save
from aelab.commands.following import follow
from aelab.commands.tables import table, wrapped
from aelab.jobs.people import SHELL
from aelab.metrics.estimate import Estimate
from aelab.studies import posterior as study
from aelab.studies.holes import Config, Holes
from aelab.studies.posterior import Learned
from aelab.tasks.holes import JOB


def declare(command: MakeCommand) -> None:
    """Declare both commands."""
    used = command("posterior", posterior, "measure which numbers of a variational code are used")
    used.add_argument("run", metavar="RUN")
    used.add_argument("--limit", help="test images (10000); 0 takes all of them")
    used.add_argument("--csv", metavar="FILE", help="the table, a line for each number of the code")
    far = command("holes", holes, "measure how many draws of a prior fall far from every code")
    far.add_argument("run", metavar="RUN")
    far.add_argument("--prior", choices=Config.choices("prior"), help="standard normal (default), or a fitted mixture")
    for name, text in (("draws", "codes that are drawn (2000)"), ("seed", "another seed draws others (0)")):
        far.add_argument(f"--{name}", help=text)


def posterior(arguments: argparse.Namespace) -> Answer:
    """Hold the posteriors of a run's test images against the prior."""
    run = runs.find(arguments.run)
    config = study.Config.parse({} if arguments.limit is None else {"limit": arguments.limit})
    path = place(arguments.csv) if arguments.csv else None
    found = study.run(inference.load(run), run.images(), config)
    if path is not None:
        save(study.table(found), path)
    return Answer({"run": run.id, **found.to_json()}, _lines(found))


def holes(arguments: argparse.Namespace) -> Answer:
    """Measure how far draws of a prior are from codes, as a job that the pages find done."""
    given = {name: getattr(arguments, name) for name in Config.names() if getattr(arguments, name) is not None}
    job = JOB.submit(arguments.run, Config.parse(given), owner=SHELL.owner)
    follow(job, "holes")
    found = JOB.result(job)
    numbers = {name: value for name, value in found.to_json().items() if name not in {"farthest", "nearest"}}
    distances = {"drawn": len(found.drawn), "real": len(found.real)}  # how many; each of them would fill screens
    return Answer({"run": arguments.run, **numbers, **distances}, wrapped(_sentence(found)))


def _lines(found: Learned) -> list[str]:
    active = int(found.active.sum())
    heads = ["dimension", "used", "KL (nats)", "95% interval", "variance of mean", "KL of all codes"]
    rows = [
        [
            line.dimension,
            "yes" if line.active else "no",
            f"{line.kl:.3f}",
            f"{line.kl_low:.3f} to {line.kl_high:.3f}",
            f"{line.variance_of_mean:.3f}",
            f"{line.aggregate_kl:.3f}",
        ]
        for line in study.table(found).itertuples()
    ]
    information = found.information
    return [
        f"{active} of {found.latent_dim} dimensions are used, over N = {found.n} {found.split} images "
        f"(variance of the posterior mean above {study.ACTIVE_VARIANCE})",
        *table(heads, rows),
        f"KL divergence of all: {_told(found.total)} nats",
        f"  of it tells which image it is: {_told(information.code)} nats (at most {information.ceiling:.2f})",
        f"  how far all codes together are from the prior: {_told(information.marginal)} nats",
    ]


def _told(found: Estimate) -> str:
    return f"{found.mean:.2f} (95% interval {found.low:.2f} to {found.high:.2f})"


def _sentence(found: Holes) -> str:
    drawn = "the standard normal" if found.prior == "normal" else "a mixture fitted on the codes"
    share = found.share
    return (
        f"{100 * share.mean:.1f}% of {share.n} draws of {drawn} fall in holes (95% interval {100 * share.low:.1f}% to "
        f"{100 * share.high:.1f}%): farther than {found.threshold:.3g} from each of {found.n_codes} training codes, as "
        f"1% of N = {len(found.real)} test images are. In {100 * found.farther:.0f}% of the pairs the draw is farther "
        "from a code than the test image (50% would be alike)."
    )
