"""Take the pictures of the pages that the README shows: `python scripts/screenshots.py`.

Needs what requirements-dev.txt installs, and Chromium.  Starts a server of its own; without `--artifacts` it
trains the starter lab in a temporary folder first, which takes a minute or two.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from scipy.spatial import distance

from aelab import starter
from aelab.datasets import store
from aelab.jobs import folder as jobs
from aelab.jobs import queue
from aelab.tasks import inspect_dataset
from browsing import PAGES, Visitor, find_chromium, running_browser
from serving import ROOT, Server

_TALLEST = 1280  # pixels of a page that are shown
_MOST_BYTES = 200_000
_KEPT = 32  # colours that are kept as they are: grounds and text, whose shades would shift
_LANGUAGES = ("en", "es", "pt")


def main() -> int:
    """Take a picture of every page; return the exit code."""
    options = _options()
    if find_chromium() is None:
        print("There is no Chromium: on Debian or Ubuntu, `sudo apt install chromium`.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        artifacts = options.artifacts or Path(temporary, "artifacts")
        os.environ["AELAB_ARTIFACTS"] = str(artifacts.resolve())
        runs = starter_runs()
        with Server(artifacts, keep_workers=options.artifacts is not None) as server, running_browser() as browser:
            visitor = Visitor(
                browser, server.address, width=options.width, height=800, lang=options.lang, dark=options.dark
            )
            look_through("digits")
            for page in PAGES:
                path = options.out / f"{page}.png"
                shoot(visitor, page, runs, path)
                print(f"{path}  {path.stat().st_size // 1000} kB")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--artifacts", type=Path, help="a lab to show, which gets the starter lab if it has none")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="folder of the pictures")
    parser.add_argument("--width", type=int, default=1280, help="of the window, in pixels")
    parser.add_argument("--lang", choices=_LANGUAGES, default="en")
    parser.add_argument("--dark", action="store_true", help="in the dark theme")
    return parser.parse_args()


def starter_runs() -> dict[str, str]:
    """Have the starter lab trained, if it is not yet, and return the id of its run of each model."""
    queued = starter.queue_starter()
    for run in queued:
        job = jobs.find(run.id)
        print(f"{run.id}: {queue.wait(job, lambda status: None).state}" if job else run.id)
    return {run.model: run.id for run in queued}


def look_through(name: str) -> None:
    """Have a dataset inspected, which the Clean page would wait for."""
    queue.wait(inspect_dataset.submit(store.open_dataset(name), {}), lambda status: None)


def shoot(visitor: Visitor, page: str, runs: dict[str, str], path: Path) -> None:
    """Open a page where it has most to say, and save a picture of it."""
    query = {
        "train": {"follow": runs["conv_ae"]},
        "time_machine": {"run": runs["vae"], "epoch": "3"},
        "denoise": {"run": runs["dae"]},
        "latent": {"run": runs["vae"]},
    }
    visitor.open(page, **query.get(page, {}))
    if page == "latent":
        visitor.lasso()
    visitor.shoot(path, tallest=_TALLEST)
    path.write_bytes(small(Image.open(path)))


def small(picture: Image.Image) -> bytes:
    """Return a picture as a PNG with as many colours as fit into `_MOST_BYTES`, at most 256."""
    picture = picture.convert("RGB")
    colors, where, counts = np.unique(
        np.asarray(picture).reshape(-1, 3), axis=0, return_inverse=True, return_counts=True
    )
    grounds = colors[np.argsort(-counts)[:_KEPT]]
    for most in (256, 128, 64):
        others = picture.quantize(most - _KEPT, Image.Quantize.MAXCOVERAGE).getpalette() or []
        palette = np.concatenate([grounds, np.reshape(others, (-1, 3))]).astype(np.uint8)
        nearest = distance.cdist(colors, palette).argmin(axis=1).astype(np.uint8)
        drawn = Image.fromarray(nearest[where].reshape(picture.height, picture.width))
        drawn.putpalette(palette.tobytes())
        buffer = io.BytesIO()
        drawn.save(buffer, "PNG", optimize=True)
        if buffer.tell() <= _MOST_BYTES:
            break
    return buffer.getvalue()


if __name__ == "__main__":
    sys.exit(main())
