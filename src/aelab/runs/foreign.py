"""Tell a stranger's model file from a run that this lab has exported, by its name and by its content.

Pickles, and the formats that have pickles or code in them, run whatever their maker likes when they are loaded.  The
lab loads none of them, whatever they are called.
"""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePath
from typing import Final

from aelab.errors import LabError
from aelab.intake.names import printable
from aelab.intake.zips import DAMAGE, opened_zip

_ENDINGS: Final = {
    ".pkl": "pickle", ".pickle": "pickle", ".joblib": "pickle", ".dill": "pickle",
    ".pt": "PyTorch", ".pth": "PyTorch", ".bin": "PyTorch", ".ckpt": "checkpoint",
    ".h5": "HDF5", ".hdf5": "HDF5", ".keras": "Keras", ".pb": "TensorFlow", ".tflite": "TensorFlow Lite",
    ".safetensors": "safetensors", ".gguf": "GGUF", ".mat": "MATLAB",
    ".onnx": "ONNX", ".npz": "npz", ".npy": "npy",
}  # fmt: skip
_STARTS: Final = (
    (b"\x89HDF\r\n\x1a\n", "HDF5"),
    (b"GGUF", "GGUF"),
    (b"TFL3", "TensorFlow Lite"),
    (b"\x93NUMPY", "npy"),
    (b"MATLAB", "MATLAB"),
)
_PROTOCOLS: Final = range(2, 6)  # of pickle: its second byte, after 0x80
_SAFETENSORS_HEADER: Final = 100_000_000
_PEEK: Final = 16


def refuse_models(path: Path, name: str) -> None:
    """Raise a `LabError` if a file is a model of another kind, or its name says that it is.

    Parameters
    ----------
    path : Path
        Of the content; a few bytes of it are read, and the names in it where it is a zip.
    name : str
        What its owner calls it.
    """
    kind = _ENDINGS.get(PurePath(name).suffix.lower()) or _kind(path)
    if kind is not None:
        raise LabError(
            "{file} is a {kind} file, which the lab never loads as a model, since such files can run code or leave out "
            "what was trained; bring the zip that the Compare page or `aelab runs export` writes of a run.",
            file=printable(name),
            kind=kind,
        )


def is_whole(archive: zipfile.ZipFile) -> bool:
    """Return whether a zip begins with its first file; else it is a part of another one, whose end is missing."""
    return min((member.header_offset for member in archive.infolist()), default=0) == 0


def _kind(path: Path) -> str | None:
    with open(path, "rb") as file:
        start = file.read(_PEEK)
    for mark, kind in _STARTS:
        if start.startswith(mark):
            return kind
    if start[:1] == b"\x80" and len(start) > 1 and start[1] in _PROTOCOLS:
        return "pickle"
    if start[8:10] == b'{"' and 0 < int.from_bytes(start[:8], "little") < _SAFETENSORS_HEADER:
        return "safetensors"
    if start[4:8] == b"TFL3":
        return "TensorFlow Lite"
    return _zipped(path) if start[:2] == b"PK" else None


def _zipped(path: Path) -> str | None:
    """Return what kind of model a zip is, by the names in it; damage is for others to say."""
    try:
        with opened_zip(path) as archive:
            names = archive.namelist() if is_whole(archive) else []
    except (*DAMAGE, LabError, zipfile.BadZipFile):
        return None
    if any(PurePath(name).name == "data.pkl" or name.lower().endswith((".pkl", ".pickle")) for name in names):
        return "PyTorch"
    if "model.weights.h5" in names:
        return "Keras"
    return "npz" if names and all(name.endswith(".npy") for name in names) else None
