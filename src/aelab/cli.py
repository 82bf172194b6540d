"""The `aelab` command: what the pages do, from a shell.

With `--json`, standard output is one JSON object and everything else goes to standard error.  Exit
status 0: done; 1: a mistake, said in one sentence; 2: wrong usage.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any, get_args

from aelab import __version__, storage
from aelab.commands import (
    cleaning,
    clustering,
    collecting,
    comparing,
    crossing,
    datasets,
    jobs,
    keeping,
    learned,
    mapping,
    pictures,
    runs,
    studies,
    walking,
)
from aelab.commands.answer import Answer
from aelab.datasets.prepare import Prepare
from aelab.datasets.split import SplitPlan
from aelab.errors import LabError
from aelab.studies.generation import Config as Generation
from aelab.studies.own_picture import How

_INTERRUPTED = 130  # what shells expect after Ctrl-C


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # not every terminal has the letters of a class name
    arguments = parser().parse_args(argv)
    try:
        answer: Answer = arguments.run_command(arguments)
        _print(answer, as_json=arguments.json)
    except LabError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Cancelled.\n")
        return _INTERRUPTED
    except BrokenPipeError:  # the reader, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:  # such as an artifacts folder that belongs to somebody else
        reason = error.strerror or str(error)
        if error.filename is None:
            sys.stderr.write(f"The answer could not be written: {reason}.\n")
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # the rest of it would fail again at the end
            return 1
        sys.stderr.write(
            f"{error.filename} cannot be used: {reason}. Check its permissions, or choose another folder with "
            "AELAB_ARTIFACTS.\n"
        )
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command."""
    root = argparse.ArgumentParser(prog="aelab", description="Train, compare and explore autoencoders on images.")
    root.add_argument("--version", action="version", version=f"aelab {__version__}")
    top = root.add_subparsers(required=True, metavar="COMMAND")
    _add_datasets(top)
    _add_train(top)
    _add_runs(top)
    _add_jobs(top)
    _add_studies(top)
    return root


def _add_datasets(top: Any) -> None:
    group = _group(top, "datasets", "what images there are")
    _command(group, "list", datasets.list_all, "list the datasets")
    show = _command(group, "show", datasets.show, "describe a dataset")
    show.add_argument("name", metavar="NAME")
    _add_import(group)
    clean = _command(group, "clean", cleaning.clean, "say what is wrong with a dataset, and make a cleaner one")
    clean.add_argument("name", metavar="NAME")
    clean.add_argument("--distance", help="bits of 64 in which near-duplicates may differ")
    clean.add_argument("--recipe", metavar="OUT", help="write what is proposed as a recipe")
    clean.add_argument("--apply", metavar="RECIPE", help="make a dataset by a recipe")
    clean.add_argument("--as", dest="new_name", metavar="NAME2", help="what to call that dataset")
    split = _command(group, "split", datasets.split, "split a dataset anew, under another name")
    split.add_argument("name", metavar="NAME")
    split.add_argument("--as", dest="new_name", metavar="NAME2", required=True)
    _add_split_settings(split)
    export = _command(group, "export", datasets.save, "write a dataset as a zip of class folders or as npz")
    export.add_argument("name", metavar="NAME")
    export.add_argument("--format", choices=("zip", "npz"), required=True)
    export.add_argument("--out", metavar="FILE", required=True)
    _add_collect(group)
    delete = _command(group, "delete", datasets.delete, "delete a stored dataset")
    delete.add_argument("name", metavar="NAME")


def _add_collect(group: Any) -> None:
    collect = _command(group, "collect", collecting.collect, "collect pictures of one class from the web")
    collect.add_argument("--name", required=True, help="of the collection: small letters, digits, - and _")
    collect.add_argument("--class", dest="class_name", metavar="CLASS", required=True, help="what they show")
    source = collect.add_mutually_exclusive_group(required=True)
    source.add_argument("--addresses", metavar="FILE", help="a text file with one address of a picture a line")
    source.add_argument("--commons", metavar="QUERY", help="a search on Wikimedia Commons")
    source.add_argument("--gallery", metavar="ADDRESS", help="a page of pictures, scrolled to its end in Chromium")
    collect.add_argument("--limit", help="pictures that are wanted, those already there included")
    collect.add_argument("--add", action="store_true", help="add another class or source to the collection")


def _add_import(group: Any) -> None:
    load = _command(
        group, "import", datasets.load, "import a folder, zip or tar of class folders, pictures, npz, IDX or CSV"
    )
    load.add_argument("path", metavar="PATH", nargs="+", help="one path, or several pictures")
    load.add_argument("--name", required=True, help="what to call it: small letters, digits, - and _")
    load.add_argument("--size", help="height and width in pixels (128)")
    load.add_argument("--height", help="in pixels (128)")
    load.add_argument("--width", help="in pixels (128)")
    load.add_argument("--fit", choices=Prepare.choices("fit"), help="what happens to other proportions (crop)")
    load.add_argument("--color", choices=Prepare.choices("color"), help="rgb or gray (rgb)")
    load.add_argument("--background", choices=Prepare.choices("background"), help="behind transparency (white)")
    _add_split_settings(load)
    load.add_argument("--recipe", metavar="FILE", help="do what a recipe says, instead of the settings")


def _add_split_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument("--validation", help="a share below 1, or how many images (0.1)")
    command.add_argument("--test", help="a share below 1, or how many images (0.2)")
    command.add_argument("--seed", help="another seed deals the images otherwise (0)")
    command.add_argument("--distance", help="bits of 64 in which near-duplicates, kept together, may differ")
    command.add_argument("--given", choices=SplitPlan.choices("given"), help="the split that the source brought")


def _add_train(top: Any) -> None:
    train = _command(top, "train", runs.train, "train a model in a worker process")
    train.add_argument("--dataset")
    train.add_argument("--model")
    train.add_argument("--like", metavar="RUN", help="take dataset, model and settings from a run; change some")
    train.add_argument("--continue", dest="more", metavar="RUN", help="train a finished run for --epochs more")
    train.add_argument(
        "--afresh",
        action="store_true",
        help="begin again instead of resuming what was cancelled, which goes to the trash",
    )
    train.add_argument("--epochs")
    train.add_argument("--limit", help="training images to use")
    train.add_argument("--seed")
    train.add_argument(
        "--set",
        metavar="KEY=VALUE",
        type=_setting,
        action="append",
        default=[],
        help="a field of the typed configs, such as latent_dim=2",
    )
    train.add_argument("--detach", action="store_true", help="do not wait for the end")
    starter = _command(top, "starter", runs.starter_lab, "train the four runs of the starter lab")
    starter.add_argument("--detach", action="store_true", help="do not wait for the end")
    starter.add_argument("--if-empty", action="store_true", help="only in a lab that has nothing yet")


def _add_runs(top: Any) -> None:
    group = _group(top, "runs", "what was trained")
    _command(group, "list", runs.list_all, "list the runs")
    for name, action, text in (
        ("show", runs.show, "show a run's settings, history and measures"),
        ("cancel", runs.cancel, "cancel a run that waits or trains"),
        ("delete", keeping.delete, "delete a run; it can be restored for some days"),
        ("restore", keeping.restore, "bring a deleted run back"),
    ):
        _command(group, name, action, text).add_argument("run", metavar="RUN")
    compare = _command(group, "compare", comparing.compare, "say what differs between runs, and what it changed")
    compare.add_argument("run", metavar="RUN", nargs="+")
    compare.add_argument("--csv", metavar="FILE")
    export = _command(group, "export", keeping.export, "write a run as one zip")
    export.add_argument("run", metavar="RUN")
    export.add_argument("--out", metavar="FILE.zip", required=True)
    export.add_argument("--networks-only", action="store_true", help="ONNX and weights, without the training")
    load = _command(group, "import", keeping.load, "take in the zip of a run, checked")
    load.add_argument("path", metavar="FILE.zip")
    note = _command(group, "note", keeping.note, "write about a run")
    note.add_argument("run", metavar="RUN")
    note.add_argument("--title")
    note.add_argument("--notes", metavar="TEXT")
    note.add_argument("--tag", action="append", help="instead of its tags; several times for several; '' for none")
    note.add_argument("--archive", action=argparse.BooleanOptionalAction, default=None, help="put it away")


def _add_jobs(top: Any) -> None:
    group = _group(top, "jobs", "what is being worked on, and what waits")
    _command(group, "list", jobs.list_all, "list the jobs, those still open first")
    for name, action, text in (
        ("cancel", jobs.cancel, "cancel a job that waits or is at work"),
        ("resume", jobs.resume, "take up a job again that was cancelled, has failed or was interrupted"),
    ):
        _command(group, name, action, text).add_argument("job", metavar="JOB")


def _add_studies(top: Any) -> None:
    evaluate = _command(top, "evaluate", studies.evaluate, "measure a run on the test images")
    evaluate.add_argument("run", metavar="RUN")
    evaluate.add_argument(
        "--prior",
        choices=Generation.choices("prior"),
        help="measure images that it draws instead, with codes from the standard normal prior or from a mixture that "
        "is fitted on its codes",
    )
    denoise = _command(top, "denoise", pictures.denoise, "measure how much of a noise a run takes away")
    denoise.add_argument("run", metavar="RUN")
    denoise.add_argument(
        "--noise",
        help="gaussian:0.2, gaussian:0.2+salt_pepper:0.05 (one after the other), gaussian:0.2|masking:0.3 (each image "
        "one of them), or a name with --level",
    )
    denoise.add_argument("--level", help="how strong a single noise is")
    denoise.add_argument("--seed")
    denoise.add_argument(
        "--filters", action="store_true", help="hold the run against classical filters, tuned on validation images"
    )
    denoise.add_argument("--csv", metavar="FILE", help="the table")
    denoise.add_argument("--picture", metavar="FILE", help="restore a noisy picture of your own instead")
    denoise.add_argument("--out", metavar="FILE.png", help="with --picture: where the restored one is written")
    denoise.add_argument(
        "--how", choices=get_args(How), default="tiles", help="with --picture: by tiles, or as one image (tiles)"
    )
    for each in (crossing, mapping, walking, clustering, learned):
        each.declare(partial(_command, top))
    report = _command(top, "report", studies.report, "compare runs")
    report.add_argument("run", metavar="RUN", nargs="+")
    report.add_argument("--csv", metavar="FILE")


def _group(top: Any, name: str, text: str) -> Any:
    return top.add_parser(name, help=text).add_subparsers(required=True, metavar="COMMAND")


def _command(group: Any, name: str, action: Any, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = group.add_parser(name, help=text)
    command.add_argument("--json", action="store_true", help="one JSON object on standard output")
    command.set_defaults(run_command=action)
    return command


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form KEY=VALUE")
    return key, value


def _print(answer: Answer, *, as_json: bool) -> None:
    if sys.stdout is None:  # closed by who started the command
        return
    text = json.dumps(storage.finite(answer.data)) if as_json else "\n".join(answer.lines)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
