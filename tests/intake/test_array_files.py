"""npz and IDX files whose headers lie: found out before memory is taken."""

import gzip
import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from aelab.errors import LabError
from aelab.intake import idx, npz
from aelab.intake.labelled import LabelledImages


def npy(shape: str, data: bytes, dtype: str = "'|u1'") -> bytes:
    """Return an npy file of any header."""
    header = f"{{'descr': {dtype}, 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + data


@pytest.fixture
def npz_of(tmp_path: Path) -> Callable[..., Path]:
    def write(**arrays: bytes | np.ndarray) -> Path:
        path = tmp_path / "x.npz"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in arrays.items():
                file = io.BytesIO()
                if isinstance(array, bytes):
                    file.write(array)
                else:
                    np.save(file, array)
                archive.writestr(f"{name}.npy", file.getvalue())
        return path

    return write


def refusal(read: Callable[[Path], LabelledImages], path: Path) -> str:
    """Return what is said, having taken less than 20 MB to say it."""
    tracemalloc.start()
    with pytest.raises(LabError) as refused:
        read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20_000_000
    return str(refused.value)


IMAGES = np.zeros((3, 12, 12), np.uint8)
LABELS = np.arange(3)


class TestNpz:
    @pytest.mark.parametrize(
        "shape",
        ["(1000000, 28, 28)", "(10**9,)", "(-1, -12, 36)", "(3, 12, 12.0)", "3", "('a',)", "(" * 5000, "(3" * 99],
    )
    def test_a_shape_that_does_not_fit_the_bytes(self, npz_of, shape: str) -> None:
        path = npz_of(images=npy(shape, bytes(3 * 144)), labels=LABELS)
        assert refusal(npz.read, path).startswith("x.npz: images ")

    @pytest.mark.parametrize(
        "dtype", ["'|O'", "'<M8[s]'", "'|V7'", "[('a', 'u1')]", "'(12,)u1'", "'|S1'", "'<c8'", "'?'"]
    )
    def test_objects_and_other_things_are_no_pixels(self, npz_of, dtype: str) -> None:
        path = npz_of(images=npy("(3, 12, 12)", bytes(3 * 144), dtype), labels=LABELS)
        assert refusal(npz.read, path).startswith("x.npz: images ")

    def test_a_bomb_whose_size_is_a_lie(self, npz_of) -> None:
        path = npz_of(images=npy("(50000000,)", bytes(50_000_000)), labels=LABELS)
        content = bytearray(path.read_bytes())
        entry = content.index(b"PK\1\2")
        content[entry + 24 : entry + 28] = struct.pack("<I", 600)
        path.write_bytes(content)
        assert refusal(npz.read, path).startswith("x.npz: images is damaged")

    def test_a_training_and_a_test_set_that_are_too_much_together(
        self, npz_of, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(npz, "MOST_BYTES", 700)
        path = npz_of(x_train=IMAGES, y_train=LABELS, x_test=IMAGES, y_test=LABELS)
        assert "x_test has" in refusal(npz.read, path)

    @pytest.mark.parametrize(
        "labels", [LABELS - 1, LABELS / 2, LABELS[:2], np.array([0, 1, 2**64 - 1], np.uint64), LABELS.reshape(3, 1, 1)]
    )
    def test_labels_are_whole_numbers_from_0_and_as_many_as_images(self, npz_of, labels: np.ndarray) -> None:
        assert refusal(npz.read, npz_of(images=IMAGES, labels=labels)).startswith("x.npz: labels must")

    def test_names_in_the_file_are_shown_safely(self, npz_of) -> None:
        path = npz_of(**{"x\u202e\n" + "y" * 500: IMAGES})
        said = refusal(npz.read, path)
        assert "\n" not in said
        assert "\u202e" not in said
        assert len(said) < 400


class TestIdx:
    @pytest.fixture
    def pair(self, tmp_path: Path) -> Callable[..., Path]:
        def write(images: bytes, packed: bool = False) -> Path:
            (tmp_path / "train-labels-idx1-ubyte").write_bytes(b"\0\0\10\1\0\0\0\3\0\1\2")
            path = tmp_path / "train-images-idx3-ubyte"
            path.write_bytes(gzip.compress(images) if packed else images)
            return path

        return write

    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize("count", [2, 4, 10_000_000, 2**32 - 1])
    def test_a_count_that_does_not_fit_the_bytes(self, pair, count: int, packed: bool) -> None:
        path = pair(b"\0\0\10\3" + struct.pack(">III", count, 12, 12) + bytes(3 * 144), packed)
        assert "is damaged or too large" in refusal(idx.read, path)

    def test_a_bomb_that_goes_on_after_what_is_announced(self, pair) -> None:
        path = pair(b"\0\0\10\3" + struct.pack(">III", 3, 12, 12) + bytes(50_000_000), packed=True)
        assert "is damaged or too large" in refusal(idx.read, path)

    def test_half_of_a_compressed_file(self, pair) -> None:
        noise = np.random.default_rng(0).bytes(3 * 144)
        path = pair(b"\0\0\10\3" + struct.pack(">III", 3, 12, 12) + noise, packed=True)
        path.write_bytes(path.read_bytes()[:200])
        assert "cannot be read (" in refusal(idx.read, path)
