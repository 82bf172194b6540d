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
from typing import Any

from aelab import __version__, commands, storage
from aelab.commands import Answer
from aelab.errors import LabError

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
    _add_studies(top)
    return root


def _add_datasets(top: Any) -> None:
    group = _group(top, "datasets", "what images there are")
    _command(group, "list", commands.datasets_list, "list the datasets")
    show = _command(group, "show", commands.datasets_show, "describe a dataset")
    show.add_argument("name", metavar="NAME")
    load = _command(group, "import", commands.datasets_import, "import a folder or zip of class folders, npz or IDX")
    load.add_argument("path", metavar="PATH")
    load.add_argument("--name", required=True, help="what to call it: small letters, digits, - and _")
    load.add_argument("--size", default=128, help="height and width in pixels (128)")
    load.add_argument("--color", choices=("rgb", "gray"), default="rgb")


def _add_train(top: Any) -> None:
    train = _command(top, "train", commands.train, "train a model in a worker process")
    train.add_argument("--dataset", required=True)
    train.add_argument("--model", required=True)
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
    starter = _command(top, "starter", commands.starter_lab, "train the four runs of the starter lab")
    starter.add_argument("--detach", action="store_true", help="do not wait for the end")
    starter.add_argument("--if-empty", action="store_true", help="only in a lab that has nothing yet")


def _add_runs(top: Any) -> None:
    group = _group(top, "runs", "what was trained")
    _command(group, "list", commands.runs_list, "list the runs")
    for name, action, text in (
        ("show", commands.runs_show, "show a run's settings, history and measures"),
        ("cancel", commands.runs_cancel, "cancel a run that waits or trains"),
        ("delete", commands.runs_delete, "delete a run"),
    ):
        _command(group, name, action, text).add_argument("run", metavar="RUN")


def _add_studies(top: Any) -> None:
    evaluate = _command(top, "evaluate", commands.evaluate, "measure a run on the test images")
    evaluate.add_argument("run", metavar="RUN")
    denoise = _command(top, "denoise", commands.denoise, "measure how much of a noise a run takes away")
    denoise.add_argument("run", metavar="RUN")
    denoise.add_argument("--noise", required=True)
    denoise.add_argument("--level", required=True)
    denoise.add_argument("--seed")
    latent = _command(top, "latent", commands.latent, "write a map of a run's codes")
    latent.add_argument("run", metavar="RUN")
    latent.add_argument("--method", choices=("pca", "tsne"), required=True)
    latent.add_argument("--out", metavar="FILE.csv", required=True)
    for name in ("dimensions", "perplexity", "iterations", "seed", "limit"):
        latent.add_argument(f"--{name}")
    report = _command(top, "report", commands.report, "compare runs")
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
    text = json.dumps(storage.finite(answer.data)) if as_json else "\n".join(answer.lines)
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
