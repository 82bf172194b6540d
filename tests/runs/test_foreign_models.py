"""Models in formats that can run code are refused by name and by content, and never opened."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import h5py
import numpy as np
import pytest
from labs import TrainedLab
from parcels import exported

from aelab.errors import LabError
from aelab.runs.foreign import refuse_models


def torch_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({"weights": 1}))
        archive.writestr("archive/version", "3")
    return content.getvalue()


def keras_zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            archive.writestr(name, "{}")
    return content.getvalue()


def hdf5() -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as file:
        file["weights"] = np.zeros(3)
    return content.getvalue()


def npz() -> bytes:
    content = io.BytesIO()
    np.savez(content, encoder_0=np.zeros(3))
    return content.getvalue()


CONTENTS = {
    "pickle": pickle.dumps([1, 2]),
    "PyTorch": torch_zip(),
    "Keras": keras_zip(),
    "HDF5": hdf5(),
    "safetensors": (2).to_bytes(8, "little") + b'{"__metadata__": {}}',
    "npz": npz(),
    "GGUF": b"GGUF\3\0\0\0",
    "TensorFlow Lite": b"\x1c\0\0\0TFL3" + bytes(20),
}


@pytest.mark.parametrize("kind", CONTENTS)
def test_a_model_under_an_innocent_name_is_refused_by_its_content(tmp_path: Path, kind: str) -> None:
    (tmp_path / "kept").write_bytes(CONTENTS[kind])
    with pytest.raises(LabError, match=f"holiday.zip is a {kind} file, which the lab never loads as a model"):
        refuse_models(tmp_path / "kept", "holiday.zip")


@pytest.mark.parametrize(
    "name",
    ["m.pkl", "m.PICKLE", "m.pt", "m.pth", "m.ckpt", "m.h5", "m.hdf5", "m.keras", "m.safetensors", "m.onnx", "m.npz"],
)
def test_a_model_is_refused_by_its_name_whatever_is_in_it(tmp_path: Path, name: str) -> None:
    (tmp_path / "kept").write_bytes(b"anything")
    with pytest.raises(LabError, match="bring the zip that the Compare page or `aelab runs export` writes of a run"):
        refuse_models(tmp_path / "kept", name)


def test_an_exported_run_is_let_in(lab: TrainedLab, tmp_path: Path) -> None:
    refuse_models(exported(lab.runs["vae"], tmp_path / "run.zip"), "run.zip")
    (tmp_path / "text").write_bytes(b"just text")
    refuse_models(tmp_path / "text", "run.zip")  # which is no zip, as the import will say
