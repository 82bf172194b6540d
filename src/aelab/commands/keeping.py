"""`aelab runs export`, `import`, `restore` and `note`: runs from elsewhere, deleted by mistake, with words to them."""

from __future__ import annotations

import argparse

from aelab import inference, runs, storage
from aelab.commands.answer import Answer, place
from aelab.commands.following import follow
from aelab.errors import LabError
from aelab.jobs.people import SHELL
from aelab.runs import Run, about, transfer
from aelab.runs.about import About
from aelab.runs.run import root
from aelab.tasks import import_run


def export(arguments: argparse.Namespace) -> Answer:
    """Write a run as one zip."""
    run = _not_deleted(arguments.run)
    path = place(arguments.out)
    shape = inference.load(run).shape
    with storage.written(path) as file:
        transfer.export(run, shape, file, networks_only=arguments.networks_only)
    data = {"run": run.id, "out": arguments.out, "networks_only": arguments.networks_only, "bytes": path.stat().st_size}
    return Answer(data, [f"Wrote {run.id} to {arguments.out}."])


def _not_deleted(run_id: str) -> Run:
    """Return a run; a `LabError` that shows the way back to one that is in the trash."""
    try:
        return runs.find(run_id)
    except LabError:
        if runs.is_restorable(run_id) and not (root() / run_id).exists():
            raise LabError(
                "Run {run} was deleted and is in the trash. Bring it back first: `aelab runs restore {run}`.",
                run=run_id,
            ) from None
        raise


def load(arguments: argparse.Namespace) -> Answer:
    """Take in the run of a zip, checked in a worker."""
    path = storage.user_path(arguments.path)
    if not path.is_file():
        raise LabError("There is no file called {file}.", file=repr(arguments.path))
    with open(path, "rb") as file:
        job = import_run.submit(path.name, file, owner=SHELL.owner)
    follow(job, path.name)
    run = runs.find(import_run.result(job))
    data = {"run": run.id, "model": run.model, "dataset": run.dataset, **about.read(run.id).to_json()}
    return Answer(data, [f"Imported {run.id}. Its measures are those of the file; nothing here has measured them."])


def delete(arguments: argparse.Namespace) -> Answer:
    """Delete a run for now."""
    runs.delete(arguments.run)
    return Answer(
        {"deleted": arguments.run},
        [f"Deleted {arguments.run}. `aelab runs restore {arguments.run}` brings it back for some days."],
    )


def restore(arguments: argparse.Namespace) -> Answer:
    """Bring a deleted run back."""
    runs.restore(arguments.run)
    return Answer({"restored": arguments.run}, [f"Restored {arguments.run}."])


def note(arguments: argparse.Namespace) -> Answer:
    """Write about a run; what is not given stays."""
    tags = None if arguments.tag is None else [tag for text in arguments.tag for tag in about.split_tags(text)]
    written = about.change(
        arguments.run, title=arguments.title, notes=arguments.notes, tags=tags, archived=arguments.archive
    )
    return Answer({"run": arguments.run, **written.to_json()}, [f"{arguments.run}: {said(written)}"])


def said(written: About) -> str:
    """Return what was written about a run, on one line."""
    parts = [
        written.title,
        " ".join(f"#{tag}" for tag in written.tags),
        "archived" if written.archived else "",
        "imported" if written.imported else "",
    ]
    return " · ".join(part for part in parts if part)
