"""`aelab walk`: through a run's latent space, with the pictures of the page."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aelab import inference, runs, storage
from aelab.commands.answer import Answer, MakeCommand, place
from aelab.datasets.store import Dataset
from aelab.errors import LabError
from aelab.fields import Config
from aelab.inference import Inference
from aelab.pixels import to_uint8
from aelab.reports import walks
from aelab.reports.walks import Drawing
from aelab.studies import arithmetic, decoding, interpolation, manifold_grid, places, traversals

_POSITION = "position"
_NEGATIVE = re.compile(r"-[\d.][\d.,;eE+\- ]*")  # a position such as -1,3 is no option


@dataclass(frozen=True)
class _Walk:
    """What was walked: to be drawn, and in numbers."""

    drawing: Drawing
    data: dict[str, Any]
    line: str


def declare(make: MakeCommand) -> None:
    """Declare what `aelab walk` takes."""
    command = make("walk", walk, "walk through a run's latent space, as PNG or GIF")
    command.add_argument("run", metavar="RUN")
    command.add_argument("--kind", choices=(*_KINDS, _POSITION), required=True)
    command.add_argument("--out", metavar="FILE", required=True, help="a .png, or a .gif that goes there and back")
    command.add_argument("--position", metavar="NUMBERS", help='with --kind position: such as "-1,3"')
    for name, text in (
        ("image", "number of the image of the dataset that is walked from or added to (the mean code, or the first)"),
        ("first", "of interpolation: number of an image, or seed of a draw; of a grid: the number of the code across"),
        ("second", "likewise; of a grid: the number of the code upwards"),
        ("plus", "of arithmetic: the name of a class, or factor:NAME=VALUE"),
        ("minus", "likewise"),
        ("most", "of arithmetic: how many times the difference is added at the end (2)"),
        ("reach", "of a traversal: how many standard deviations to either side (3)"),
        ("rows", "of a traversal: how many dimensions (20)"),
        ("skip", "of a traversal: how many that carry more are left out (0)"),
        ("steps", "images in a row"),
        ("label", "number of the class that a conditional run is asked for (0)"),
    ):
        command.add_argument(f"--{name}", help=text)
    command.add_argument("--spacing", choices=manifold_grid.Config.choices("spacing"), help="of a grid (normal)")
    command.add_argument("--at", choices=manifold_grid.Config.choices("at"), help="of a grid (quantiles)")
    command._negative_number_matcher = _NEGATIVE


def walk(arguments: argparse.Namespace) -> Answer:
    """Walk, and write the pictures as PNG or GIF."""
    path = place(arguments.out)
    if path.suffix.lower() not in {".png", ".gif"}:
        raise LabError("A walk is written as .png or .gif; name such a file, not {file}.", file=repr(arguments.out))
    run = runs.find(arguments.run)
    if not run.decodes:
        raise run.lacks_code()
    networks, dataset = inference.load(run), run.images()
    if arguments.kind == _POSITION:
        found = _at_position(networks, dataset, arguments.position, arguments.label)
    else:
        config, follow = _KINDS[arguments.kind]
        given = {name: getattr(arguments, name, None) for name in _SETTINGS}
        found = follow(
            networks, dataset, config.parse({name: each for name, each in given.items() if each is not None})
        )
    _write(path, found.drawing)
    data = {"run": run.id, "kind": arguments.kind, "out": arguments.out, **found.data}
    return Answer(data, [found.line, f"written to {arguments.out}"])


def _write(path: Path, drawing: Drawing) -> None:
    content = drawing.png() if path.suffix.lower() == ".png" else drawing.gif()
    with storage.written(path) as file:
        file.write(content)


def _traverse(networks: Inference, dataset: Dataset, config: traversals.Config) -> _Walk:
    found = traversals.run(networks, dataset, config)
    ranked = found.ranked
    rows = [
        {
            "dimension": int(dimension) + 1,
            "figure": float(ranked.figures[dimension]),
            "used": bool(ranked.used[dimension]),
            "change": float(change),
        }
        for dimension, change in zip(found.dimensions, found.change, strict=True)
    ]
    data = {"n": ranked.n, "split": "test", "unit": ranked.unit, "offsets": found.offsets.tolist(), "rows": rows}
    best = rows[0]
    line = f"dimension {best['dimension']} carries most of these: {best['figure']:.3g} {ranked.unit}"
    return _Walk(walks.of_traversals(found), data, line)


def _interpolate(networks: Inference, dataset: Dataset, config: interpolation.Config) -> _Walk:
    found = interpolation.run(networks, dataset, config)
    ways = {"linear": found.linear.distances, "spherical": found.spherical.distances}
    distances = {name: None if each is None else each.tolist() for name, each in ways.items()}
    data = {"shares": found.shares.tolist(), "distances": distances, "great_circle": found.round}
    line = "; ".join(
        f"{name}: at most {each.max():.2f} from the nearest code" for name, each in ways.items() if each is not None
    )
    return _Walk(
        walks.of_interpolation(found), data, line or "no image has a code in this run, and no distance is known"
    )


def _add(networks: Inference, dataset: Dataset, config: arithmetic.Config) -> _Walk:
    found = arithmetic.run(networks, dataset, config)
    nearest = found.nearest
    data = {
        "strengths": found.strengths.tolist(),
        "nearest": nearest.indices[:, 0].tolist(),
        "distances": nearest.distances[:, 0].tolist(),
        "n_plus": found.plus.n,
        "n_minus": found.minus.n,
    }
    line = (
        f"at strength {found.strengths[-1]:.3g} the nearest image is {dataset.name_of(int(nearest.indices[-1, 0]))}, "
    )
    return _Walk(walks.of_arithmetic(found), data, f"{line}{nearest.distances[-1, 0]:.2f} away")


def _draw_plane(networks: Inference, dataset: Dataset, config: manifold_grid.Config) -> _Walk:
    found = manifold_grid.run(networks, dataset, config)
    line = f"{config.steps} × {config.steps} images from ({found.x[0]:.2f}, {found.y[0]:.2f}) to "
    data = {"x": found.x.tolist(), "y": found.y.tolist()}
    return _Walk(walks.of_plane(found), data, f"{line}({found.x[-1]:.2f}, {found.y[-1]:.2f})")


def _at_position(networks: Inference, dataset: Dataset, text: str | None, label: str | None) -> _Walk:
    """Decode a typed position."""
    code = decoding.parse_position(text or "", networks.latent_dim)
    image = to_uint8(networks.decode(code, decoding.Config.parse({"label": label or 0}).label))[None]
    around = decoding.surroundings(networks, dataset)
    found = places.nearest(around, code)
    position = ", ".join(f"{value:g}" for value in code[0])
    data: dict[str, Any] = {"position": code[0].tolist(), "nearest": None, "distance": None, "usual": around.apart}
    line = f"({position})"
    if found is not None:
        away, index = float(found.distances[0, 0]), int(found.indices[0, 0])
        data |= {"nearest": index, "distance": away}
        line = f"{line}: {away:.2f} from the nearest code, that of {dataset.name_of(index)}; codes are "
        line = f"{line}{around.apart:.2f} from one another at the median"
    return _Walk(Drawing(image, (), (), image, (f"({position[:40]})",), across=1), data, line)


_KINDS: dict[str, tuple[type[Config], Callable[[Inference, Dataset, Any], _Walk]]] = {
    "traversal": (traversals.Config, _traverse),
    "interpolation": (interpolation.Config, _interpolate),
    "arithmetic": (arithmetic.Config, _add),
    "grid": (manifold_grid.Config, _draw_plane),
}
_SETTINGS = tuple(dict.fromkeys(name for config, _ in _KINDS.values() for name in config.names()))
