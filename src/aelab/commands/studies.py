"""`aelab evaluate`, `denoise` and `report`: what can be said of runs."""

from __future__ import annotations

import argparse

from aelab import inference, runs
from aelab.commands.answer import Answer, place, save
from aelab.commands.following import follow
from aelab.commands.runs import flat, measure_lines
from aelab.errors import LabError
from aelab.jobs.people import SHELL
from aelab.noise import noises
from aelab.runs import Run
from aelab.studies import baselines, comparison, denoising, generation, reconstruction
from aelab.studies.generation import Generation
from aelab.studies.prior import Prior
from aelab.tasks import mixture
from aelab.tasks.baselines import JOB as AGAINST_FILTERS


def evaluate(arguments: argparse.Namespace) -> Answer:
    """Measure a run's reconstructions of the test images, now; its samples if it only draws or a prior is named."""
    run = runs.find(arguments.run)
    networks = inference.load(run)
    if arguments.prior is None and networks.reconstructs:
        data = flat(reconstruction.run(networks, run.images(), reconstruction.Config()).to_json())
    else:
        drawn = _drawn(run, arguments.prior or "normal")
        data = {"n": drawn.n_test, "split": "test", "generation": drawn.to_json()}
    return Answer({"run": run.id, **data}, [run.id, *measure_lines(data)])


def _drawn(run: Run, prior: Prior) -> Generation:
    """Measure samples of a run; a mixture is fitted as a job, which the pages find done."""
    if prior == "normal" and not run.plan.model.generative:
        raise LabError(
            "Draws of the standard normal prior mean nothing to run {run}, whose codes were not brought to it. Draw "
            "from a mixture that is fitted on its codes: --prior mixture.",
            run=run.id,
        )
    if prior == "normal":
        return generation.run(inference.load(run), run.images(), generation.Config())
    job = mixture.submit(run.id, owner=SHELL.owner)
    follow(job, "mixture")
    fitted = mixture.result(job)
    return fitted.generation or generation.run(inference.load(run), run.images(), generation.Config(prior="mixture"))


def denoise(arguments: argparse.Namespace) -> Answer:
    """Measure how much of a noise a run takes away."""
    asked = {"noise": _noise(arguments.noise, arguments.level), "seed": arguments.seed or 0}
    if arguments.filters:
        return _against_filters(arguments.run, baselines.Config.parse(asked), arguments.csv)
    run = runs.find(arguments.run)
    config = denoising.Config.parse(asked)
    path = place(arguments.csv) if arguments.csv else None
    found = denoising.run(inference.load(run), run.images(), config)
    if path is not None:
        save(denoising.table(found), path)
    data = {
        "run": run.id,
        "noise": found.noise,
        "split": found.split,
        "n": found.n,
        "noisy": {name: each.mean for name, each in found.noisy.items()},
        "restored": {name: each.mean for name, each in found.restored.items()},
        "gain_db": found.gain.mean,
        "compared": found.gain.n,  # without images that are identical to what they are compared with
    }
    lines = [f"{found.noise}, {found.gain.n} of {found.n} test images"] + [
        f"  {title:<9} PSNR {part['psnr'].mean:6.2f} dB   SSIM {part['ssim'].mean:.4f} in Gaussian windows, "
        f"{part['ssim_uniform'].mean:.4f} in uniform ones"
        for title, part in (("noisy", found.noisy), ("restored", found.restored))
    ]
    return Answer(data, [*lines, f"  gain      {_gain(found)}"])


def _gain(found: denoising.Denoising) -> str:
    """Return what restoring gains, or why there is nothing to say."""
    if found.gain.n == 0:
        return "none to measure: every image is identical to the clean one, noisy or restored"
    return f"{found.gain.mean:+.2f} dB PSNR"


def _noise(noise: str, level: str | None) -> str:
    """Return what `--noise` and `--level` ask for, as a corruption is written; alone, `--noise` has it all.

    Raises
    ------
    LabError
        If there is no such noise, or a level is missing or given twice.
    """
    if level is None:
        if noise in noises:
            raise LabError(
                "{noise} needs a level: write --noise {noise}:{usual}, or --level {usual} beside it.",
                noise=noise,
                usual=noises[noise].default,
            )
        return noise
    if set(noise) & set(":+|"):
        raise LabError(
            "--level {level} belongs to a single noise, as in --noise gaussian --level 0.2; {noise} has levels of its "
            "own.",
            level=level,
            noise=noise,
        )
    return f"{noises[noise].name}:{level}"


def _against_filters(run_id: str, config: baselines.Config, csv: str | None) -> Answer:
    """Hold a run against filters, as a job that the pages find done."""
    job = AGAINST_FILTERS.submit(run_id, config, owner=SHELL.owner)
    follow(job, "comparison")
    found = AGAINST_FILTERS.result(job)
    if csv is not None:
        save(baselines.table(found), place(csv))
    lines = [f"{found.noise}, {found.n} test images; filters tuned on {found.n_tuned} validation images"] + [
        f"  {method.name:<16} PSNR {method.psnr.mean:6.2f} dB   SSIM {method.ssim.mean:.4f}   "
        f"run leads by {method.lead.mean:+6.2f} dB   {method.milliseconds:8.2f} ms an image"
        for method in found.methods
    ]
    return Answer({"run": run_id, **found.to_json()}, lines)


def report(arguments: argparse.Namespace) -> Answer:
    """Compare runs, and write the table as CSV."""
    path = place(arguments.csv) if arguments.csv else None
    table = comparison.compare([runs.find(run_id) for run_id in arguments.run])
    if path is not None:
        save(table, path)
    overall = table[table["class"] == comparison.ALL_CLASSES].dropna(axis="columns", how="all")
    rows = overall.drop(columns="class").to_dict(orient="records")
    return Answer(
        {"runs": rows, "best": comparison.best(table), "csv": arguments.csv}, [overall.to_string(index=False)]
    )
