"""`aelab datasets`: bring pictures in, clean, split and look at them, and take them elsewhere."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import Any

import numpy as np

from aelab import storage
from aelab.commands.answer import Answer, place
from aelab.commands.following import percent
from aelab.datasets import store
from aelab.datasets.export import export
from aelab.datasets.folder import FolderConfig
from aelab.datasets.importing import import_paths
from aelab.datasets.prepare import Prepare
from aelab.datasets.recipe import Recipe
from aelab.datasets.split import SPLIT_NAMES, SplitPlan
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.tasks.import_collection import credits_of

_FEW = 10  # files or pairs that are named before the rest is counted; --json has them all


def list_all(arguments: argparse.Namespace) -> Answer:
    """List the built-in and the stored datasets."""
    stored = set(store.stored_names())
    rows = [{"dataset": name, "stored": name in stored} for name in store.names()]
    return Answer(
        {"datasets": rows},
        [f"{row['dataset']:<24} {'stored' if row['stored'] else 'made when first used'}" for row in rows],
    )


def show(arguments: argparse.Namespace) -> Answer:
    """Describe a dataset."""
    return described(store.open_dataset(arguments.name, percent("reading")))


def load(arguments: argparse.Namespace) -> Answer:
    """Import pictures or arrays."""
    prepare = _given(arguments, Prepare)
    if arguments.size is not None:
        if {"height", "width"} & set(prepare):
            raise LabError("Give either size, for squares, or height and width.")
        size = FolderConfig.parse({"size": arguments.size}).size
        prepare |= {"height": size, "width": size}
    paths = [storage.user_path(path) for path in arguments.path]
    recipe = Recipe.read(storage.user_path(arguments.recipe)) if arguments.recipe else None
    dataset = import_paths(
        paths,
        arguments.name,
        prepare=prepare,
        split=_given(arguments, SplitPlan),
        recipe=recipe,
        progress=percent("importing"),
        origins=credits_of(paths[0]),
    )
    return described(dataset)


def split(arguments: argparse.Namespace) -> Answer:
    """Split a dataset anew, under another name."""
    before = store.open_dataset(arguments.name, percent("reading"))
    plan = SplitPlan.parse({**before.recipe.split.to_json(), **_given(arguments, SplitPlan)})
    after = store.derive(before, arguments.new_name, before.recipe.with_split(plan), percent("splitting"))
    answer = described(after)
    data, lines = dict(answer.data), list(answer.lines)
    data["split"] = plan.to_json()
    data["balance"] = {"before": _balance(before), "after": _balance(after)}
    data["leaks"] = {"before": _leaks(before, plan.distance), "after": _leaks(after, plan.distance)}
    for when, dataset in (("before", before), ("after", after)):
        lines += [f"class balance {when}:", *_balance_lines(dataset)]
    for when, leaks in data["leaks"].items():
        lines.append(f"pictures on both sides of the split {when}: {len(leaks)}")
        lines += few(f"  {leak['part']}: {leak['file']} = {leak['other_part']}: {leak['other']}" for leak in leaks)
    return Answer(data, lines)


def save(arguments: argparse.Namespace) -> Answer:
    """Write a dataset as a zip of class folders or as npz."""
    path = place(arguments.out)
    dataset = store.open_dataset(arguments.name, percent("reading"))
    export(dataset, path, arguments.format, percent("writing"))
    data = {
        "dataset": dataset.name,
        "format": arguments.format,
        "out": arguments.out,
        "images": dataset.counts["all"],
        "bytes": path.stat().st_size,
    }
    return Answer(data, [f"{dataset.counts['all']} images written to {arguments.out}"])


def delete(arguments: argparse.Namespace) -> Answer:
    """Delete a stored dataset."""
    store.delete(arguments.name)
    return Answer({"deleted": arguments.name}, [f"Deleted {arguments.name}."])


def described(dataset: Dataset) -> Answer:
    """Return what there is to say of a dataset."""
    classes = {name: int(np.count_nonzero(dataset.labels == code)) for code, name in enumerate(dataset.class_names)}
    report = dataset.report()
    sentences = report.sentences()
    data = {
        "dataset": dataset.name,
        "shape": list(dataset.shape),
        "counts": dict(dataset.counts),
        "classes": classes,
        "provenance": dict(dataset.provenance),
        "skipped": [str(sentence) for sentence in sentences],
        "checksum": dataset.checksum,
        "report": {
            "found": report.found,
            "kept": report.kept,
            "converted": [{"note": str(each.note), "files": list(each.files)} for each in report.converted],
            "quarantined": [{"file": each.file, "reason": str(each.reason)} for each in report.quarantined],
        },
    }
    height, width, channels = dataset.shape
    lines = [
        f"{dataset.name}: {dataset.counts['all']} images of {height} x {width} x {channels}",
        "split: " + ", ".join(f"{part} {dataset.counts[part]}" for part in SPLIT_NAMES),
        "classes: " + ", ".join(f"{name} {count}" for name, count in classes.items()),
        f"import: {report.found} found, {report.kept} kept, {len(report.quarantined)} quarantined",
        *(f"converted: {len(each.files)} such as {each.files[0]}. {each.note}" for each in report.converted),
        *few(f"left out: {sentence}" for sentence in sentences),
    ]
    return Answer(data, lines)


def _given(arguments: argparse.Namespace, config: type[Prepare] | type[SplitPlan]) -> dict[str, Any]:
    """Return the settings of a config that were given on the command line."""
    values = {name: getattr(arguments, name, None) for name in config.names()}
    return {name: value for name, value in values.items() if value is not None}


def _balance(dataset: Dataset) -> dict[str, dict[str, int]]:
    """Return how many images of each class are in each part."""
    codes = [*range(len(dataset.class_names)), *([-1] if -1 in dataset.labels else [])]
    return {
        dataset.class_names[code] if code >= 0 else "": {
            part: int(np.count_nonzero(dataset.labels[dataset.split == number] == code))
            for number, part in enumerate(SPLIT_NAMES)
        }
        for code in codes
    }


def _balance_lines(dataset: Dataset) -> list[str]:
    return [
        f"  {name or 'unlabelled':<20} " + "  ".join(f"{part} {count}" for part, count in parts.items())
        for name, parts in _balance(dataset).items()
    ]


def _leaks(dataset: Dataset, distance: int) -> list[dict[str, str]]:
    """Return the pairs of one picture in two parts of the split, by name."""
    return [
        {
            "file": dataset.name_of(first),
            "part": SPLIT_NAMES[dataset.split[first]],
            "other": dataset.name_of(second),
            "other_part": SPLIT_NAMES[dataset.split[second]],
        }
        for first, second in dataset.leaks(distance).tolist()
    ]


def few(lines: Iterable[str]) -> list[str]:
    """Return the first few lines, and how many more there are."""
    everything = list(lines)
    more = len(everything) - _FEW
    return everything if more <= 0 else [*everything[:_FEW], f"... and {more} more; --json has all"]
