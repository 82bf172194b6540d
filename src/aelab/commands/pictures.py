"""`aelab denoise`: of the test images, or of a picture of one's own."""

from __future__ import annotations

import argparse
import sys

from aelab import inference, runs, storage
from aelab.commands import studies
from aelab.commands.answer import Answer, place
from aelab.errors import LabError
from aelab.intake.limits import MOST_FILE_BYTES, amount
from aelab.pixels import to_png
from aelab.runs.run import no_encoder
from aelab.studies import own_picture


def denoise(arguments: argparse.Namespace) -> Answer:
    """Restore a picture if one is named, else measure how much of a noise a run takes away."""
    if arguments.picture is not None:
        return _restore(arguments)
    if arguments.noise is None:
        raise LabError(
            "Say which noise is to be taken away, --noise gaussian --level 0.2, or which picture is to be restored, "
            "--picture FILE --out FILE.png."
        )
    return studies.denoise(arguments)


def _restore(arguments: argparse.Namespace) -> Answer:
    """Restore a picture file and write it as PNG; nothing is measured, since nobody has the clean one."""
    if arguments.out is None:
        raise LabError("Say where the restored picture is to be written: --out FILE.png.")
    out, run = place(arguments.out), runs.find(arguments.run)
    if not run.reconstructs:
        raise no_encoder(run.id)
    source = storage.user_path(arguments.picture)
    if source.stat().st_size > MOST_FILE_BYTES:
        raise LabError("{file} has more than {most}.", file=source.name, most=amount(MOST_FILE_BYTES))
    picture = own_picture.read(source.name, source.read_bytes())
    found = own_picture.run(inference.load(run), run.images(), picture, arguments.how, _tell)
    with storage.written(out) as file:
        file.write(to_png(found.restored))
    height, width, channels = found.restored.shape
    notes = [str(note) for note in picture.notes]
    data = {
        "run": run.id,
        "picture": arguments.picture,
        "out": arguments.out,
        "width": width,
        "height": height,
        "channels": channels,
        "tiles": found.tiles,
        "notes": notes,
    }
    return Answer(data, [*notes, f"{width} × {height} pixels, {_how(found.tiles)}, written to {arguments.out}"])


def _how(tiles: int) -> str:
    return f"restored by {tiles} tiles" if tiles else "restored as one image"


def _tell(share: float) -> None:
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write(f"\r{share:4.0%} " + ("\n" if share == 1 else ""))
