"""`aelab datasets clean`: what is wrong with a dataset, and what is made of the decisions about it."""

from __future__ import annotations

import argparse
from typing import Any

from aelab import storage
from aelab.cleaning import checks
from aelab.cleaning.inspection import Inspection, inspect
from aelab.cleaning.proposal import Choices, cleaned, to_leave_out
from aelab.cleaning.subject import Subject
from aelab.commands.answer import Answer, place
from aelab.commands.datasets import described
from aelab.commands.following import percent
from aelab.datasets import store
from aelab.datasets.recipe import Recipe
from aelab.errors import LabError


def clean(arguments: argparse.Namespace) -> Answer:
    """Say what is wrong with a dataset; write the proposal as a recipe; make a dataset by a recipe."""
    if (arguments.apply is None) != (arguments.new_name is None):
        raise LabError("To apply a recipe, name it and the dataset that it makes: --apply RECIPE --as NAME.")
    path = place(arguments.recipe) if arguments.recipe else None
    dataset = store.open_dataset(arguments.name, percent("reading"))
    if arguments.apply is not None:
        recipe = Recipe.read(storage.user_path(arguments.apply))
        return described(store.derive(dataset, arguments.new_name, recipe, percent("cleaning")))
    found = inspect(Subject.of(dataset), _settings(arguments.distance), progress=percent("looking"))
    proposal = to_leave_out(found, Choices.all_automatic(found))
    data: dict[str, Any] = {"dataset": dataset.name, **found.to_json()}
    data["proposed"] = [{"file": found.names[index], "why": why} for index, why in proposal.items()]
    lines = [f"{dataset.name}: {dataset.counts['all']} images", *_lines(found)]
    lines.append(f"proposed to be left out: {len(proposal)}")
    if path is not None:
        storage.write_json(path, cleaned(dataset, proposal).to_json())
        data["recipe"] = arguments.recipe
        lines.append(f"recipe written to {arguments.recipe}")
    return Answer(data, lines)


def _settings(distance: str | None) -> dict[str, dict[str, Any]]:
    """Return the settings of every check that compares pictures."""
    if distance is None:
        return {}
    return {check.name: {"distance": distance} for check in checks if "distance" in check.config.names()}


def _lines(found: Inspection) -> list[str]:
    lines = []
    for finding in found.findings:
        lines.append(f"{finding.check.label}: {len(finding.groups) + finding.more}")
        for group in finding.groups:
            names = ", ".join(found.names[index] for index in group.members)
            lines.append(f"  {names}: {group.evidence}" if names else f"  {group.evidence}")
    return lines
