import gzip
import io
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets.arrays import ArraysConfig, load
from aelab.datasets.spec import ImageSet
from aelab.errors import LabError
from aelab.intake import npz as npz_files

Arrays = dict[str, np.ndarray]


def imported(path: Path) -> ImageSet:
    return load(ArraysConfig(path=str(path)), [].append)


@pytest.fixture
def npz(tmp_path: Path):
    """Return a function that saves arrays under the names they are given by."""

    def save(**arrays: object) -> Path:
        path = tmp_path / "mine.npz"
        np.savez_compressed(path, **arrays)
        return path

    return save


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (20, 14, 12, 3), dtype=np.uint8)


LABELS = np.arange(20) % 4


class TestNpz:
    def test_keras_names_keep_the_published_test_set(self, npz, digits_like: Arrays) -> None:
        content = imported(npz(**digits_like))
        np.testing.assert_array_equal(content.images[:40, ..., 0], digits_like["x_train"])
        np.testing.assert_array_equal(content.images[content.test][..., 0], digits_like["x_test"])
        np.testing.assert_array_equal(content.labels[content.test], digits_like["y_test"])
        assert content.class_names == tuple("0123456789")

    def test_images_and_labels_without_a_test_set(self, npz, images: np.ndarray) -> None:
        content = imported(npz(images=images, labels=LABELS))
        np.testing.assert_array_equal(content.images, images)
        assert content.test is None

    def test_only_labels_that_occur_are_classes(self, npz, images: np.ndarray) -> None:
        content = imported(npz(images=images, labels=LABELS * 1_000_000_007 + 5))
        assert content.class_names == ("5", "1000000012", "2000000019", "3000000026")
        np.testing.assert_array_equal(content.labels, LABELS)

    @pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, ">f4"])
    def test_floats_from_0_to_1_become_the_bytes_they_came_from(self, npz, images: np.ndarray, kind: object) -> None:
        content = imported(npz(images=(images / 255).astype(kind), labels=LABELS))
        np.testing.assert_array_equal(content.images, images)

    def test_arrays_in_fortran_order_are_not_mixed_up(self, npz, images: np.ndarray) -> None:
        np.testing.assert_array_equal(imported(npz(images=np.asfortranarray(images), labels=LABELS)).images, images)

    def test_labels_as_a_column_are_taken(self, npz, images: np.ndarray) -> None:
        np.testing.assert_array_equal(imported(npz(images=images, labels=LABELS[:, None])).labels, LABELS)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            (np.zeros((20, 12), np.uint8), r"mine\.npz: images must be images of shape .* its shape is \(20, 12\)"),
            (np.zeros((20, 14, 12, 4), np.uint8), r"images must be images of shape"),
            (np.zeros((0, 14, 12), np.uint8), r"images must be images of shape|images is damaged"),
            (np.zeros((20, 14, 4), np.uint8), r"sides of 12 to 1024 pixels; they have 14 × 4"),
            (np.zeros((20, 14, 12), np.int64), r"images must be uint8 from 0 to 255 or floats .* it is int64"),
            (np.full((20, 14, 12), 255.0), r"floats in images must be from 0 to 1; they are from 255 to 255"),
            (np.full((20, 14, 12), -0.5), r"floats in images must be from 0 to 1; they are from -0.5"),
            (np.full((20, 14, 12), np.nan), r"floats in images must be from 0 to 1; they are from nan"),
            (np.full((20, 14, 12), "x"), r"images must be uint8"),
            (np.zeros((20, 14, 12), "u1,u1"), r"images must hold numbers"),
        ],
    )
    def test_what_cannot_be_images_is_said_by_name(self, npz, wrong: np.ndarray, said: str) -> None:
        with pytest.raises(LabError, match=said):
            imported(npz(images=wrong, labels=LABELS))

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            (LABELS[:-1], "labels must have one label for each of the 20 images in images; it has 19"),
            (LABELS - 1, "labels must hold one whole number from 0 up for each image; .* lowest value -1"),
            (LABELS.astype(float), "labels must hold one whole number .* it is float64"),
            (np.eye(20), "labels must hold one whole number"),
            (np.array(["a"] * 20), "labels must hold one whole number"),
            (np.array(3), "labels must hold one whole number"),
        ],
    )
    def test_what_cannot_be_labels_is_said_by_name(self, npz, images, wrong: np.ndarray, said: str) -> None:
        with pytest.raises(LabError, match=said):
            imported(npz(images=images, labels=wrong))

    def test_labels_that_are_no_classes_are_refused(self, npz) -> None:
        with pytest.raises(LabError, match="the labels have 1001 different values"):
            imported(npz(images=np.zeros((1001, 12, 12), np.uint8), labels=np.arange(1001)))

    def test_missing_arrays_are_named_with_those_there_are(self, npz, images: np.ndarray) -> None:
        with pytest.raises(
            LabError, match=r"arrays called x_train and y_train, or images and labels; it has data\.npy"
        ):
            imported(npz(data=images))
        with pytest.raises(LabError, match="has images but no labels"):
            imported(npz(images=images))

    def test_a_test_set_of_another_size_is_refused(self, npz, digits_like: Arrays) -> None:
        with pytest.raises(LabError, match="size of the training images, 28 × 28 × 1; they are 20 × 28 × 1"):
            imported(npz(**(digits_like | {"x_test": digits_like["x_test"][:, :20]})))

    def test_a_pickle_is_never_opened(self, npz, tmp_path: Path) -> None:
        class Trap:
            def __reduce__(self) -> object:
                return Path.touch, (tmp_path / "sprung",)

        path = npz(images=np.array([Trap()], object), labels=LABELS)
        with pytest.raises(LabError, match="images must hold numbers; it holds object"):
            imported(path)
        assert not (tmp_path / "sprung").exists()
        pickle.loads(pickle.dumps(Trap()))  # the trap does work when it is opened
        assert (tmp_path / "sprung").exists()


class TestDamagedNpz:
    @pytest.fixture
    def with_header(self, tmp_path: Path):
        """Return a function that writes an npz whose `images` announce a shape, and have `data`."""

        def write(shape: tuple[int, ...], data: bytes) -> Path:
            head = io.BytesIO()
            np.lib.format.write_array_header_1_0(head, {"descr": "|u1", "fortran_order": False, "shape": shape})
            path = tmp_path / "lying.npz"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("images.npy", head.getvalue() + data)
                archive.writestr("labels.npy", b"")
            return path

        return write

    @pytest.mark.parametrize("shape", [(10**9, 28, 28), (3, 28, 28), (-1, -28, 28)])
    def test_a_header_that_announces_other_than_follows_is_refused(self, with_header, shape: tuple[int, ...]) -> None:
        with pytest.raises(LabError, match=r"lying\.npz: images is damaged"):
            imported(with_header(shape, bytes(28 * 28)))

    def test_a_header_that_is_not_even_python_is_refused(self, with_header) -> None:
        path = with_header((1, 28, 28), bytes(28 * 28))
        with zipfile.ZipFile(path) as archive:
            content = archive.read("images.npy")
        for wrong in (b"{'descr': (", b"\xff\xff\xff", b"  x\n y\n"):
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("images.npy", content[:10] + wrong + content[10 + len(wrong) :])
                archive.writestr("labels.npy", b"")
            with pytest.raises(LabError, match=r"lying\.npz: images is damaged"):
                imported(path)

    def test_an_array_too_large_to_read_is_refused(self, with_header, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(npz_files, "MOST_BYTES", 1000)
        with pytest.raises(LabError, match="images has 1568 bytes; the lab reads up to 1000"):
            imported(with_header((2, 28, 28), bytes(2 * 28 * 28)))

    def test_a_flipped_byte_is_noticed(self, npz, images: np.ndarray) -> None:
        path = npz(images=images, labels=LABELS)
        content = bytearray(path.read_bytes())
        content[2000] ^= 0xFF
        path.write_bytes(content)
        with pytest.raises(LabError, match=r"mine\.npz: images is damaged"):
            imported(path)

    @pytest.mark.parametrize("content", [b"", b"x" * 100, b"PK\x03\x04" + b"x" * 100])
    def test_a_file_that_is_no_npz_is_named(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "mnist.npz"
        path.write_bytes(content)
        with pytest.raises(LabError, match=r"mnist\.npz is not an npz file, or is damaged"):
            imported(path)

    def test_a_path_that_leads_nowhere(self, tmp_path: Path) -> None:
        with pytest.raises(LabError, match=r"no file .*missing\.npz"):
            imported(tmp_path / "missing.npz")

    @pytest.mark.parametrize("path", ["x" * 5000, "a\0b"])
    def test_a_path_that_no_file_can_have(self, path: str) -> None:
        with pytest.raises(LabError, match="path must be text"):
            ArraysConfig(path=path)


class TestIdx:
    def test_given_the_training_images_the_labels_and_the_test_set_are_found(self, idx_folder, digits_like) -> None:
        content = imported(idx_folder / "train-images-idx3-ubyte")
        np.testing.assert_array_equal(content.images[:40, ..., 0], digits_like["x_train"])
        np.testing.assert_array_equal(content.labels[:40], digits_like["y_train"])
        np.testing.assert_array_equal(content.images[content.test][..., 0], digits_like["x_test"])

    def test_compressed_files_and_the_folder_of_them_are_the_same(self, idx_folder: Path) -> None:
        plain = imported(idx_folder)
        for path in list(idx_folder.iterdir()):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
            path.unlink()
        for path in (idx_folder, idx_folder / "train-images-idx3-ubyte.gz"):
            np.testing.assert_array_equal(imported(path).images, plain.images)
            np.testing.assert_array_equal(imported(path).test, plain.test)

    def test_given_the_test_images_only_they_are_read(self, idx_folder: Path, digits_like: Arrays) -> None:
        content = imported(idx_folder / "t10k-images-idx3-ubyte")
        np.testing.assert_array_equal(content.labels, digits_like["y_test"])
        assert content.test is None

    def test_training_images_without_a_test_set_are_enough(self, idx_folder: Path) -> None:
        (idx_folder / "t10k-images-idx3-ubyte").unlink()
        assert len(imported(idx_folder).images) == 40

    def test_missing_labels_are_asked_for_by_name(self, idx_folder: Path) -> None:
        (idx_folder / "train-labels-idx1-ubyte").unlink()
        with pytest.raises(LabError, match=r"no labels: put train-labels-idx1-ubyte \(or .gz\) beside it"):
            imported(idx_folder)

    def test_given_the_labels_the_images_are_asked_for(self, idx_folder: Path) -> None:
        with pytest.raises(LabError, match="train-labels-idx1-ubyte must be a file of images"):
            imported(idx_folder / "train-labels-idx1-ubyte")

    @pytest.mark.parametrize("change", [lambda data: data[:-1], lambda data: data + b"x", lambda data: data[:10]])
    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_a_file_that_is_too_short_or_too_long_is_named(self, idx_folder: Path, change, pack) -> None:
        path = idx_folder / "train-images-idx3-ubyte"
        path.write_bytes(pack(change(path.read_bytes())))
        with pytest.raises(LabError, match="train-images-idx3-ubyte is damaged"):
            imported(path)

    def test_a_header_that_announces_the_world_takes_no_memory(self, idx_folder: Path) -> None:
        path = idx_folder / "train-images-idx3-ubyte"
        path.write_bytes(b"\0\0\x08\x03" + b"\xff\xff\xff\xff" * 3 + bytes(100))
        with pytest.raises(LabError, match=r"is damaged or too large: its header announces 4294967295 × 4294967295"):
            imported(path)

    def test_a_gzip_that_ends_early_is_named(self, idx_folder: Path) -> None:
        path = idx_folder / "train-images-idx3-ubyte"
        path.write_bytes(gzip.compress(path.read_bytes())[:-500])
        with pytest.raises(LabError, match="train-images-idx3-ubyte cannot be read"):
            imported(path)

    def test_idx_files_of_other_numbers_are_refused(self, idx_folder: Path) -> None:
        path = idx_folder / "train-images-idx3-ubyte"
        path.write_bytes(b"\0\0\x0d" + path.read_bytes()[3:])  # 0x0d is float32
        with pytest.raises(LabError, match="train-images-idx3-ubyte is not an IDX file of unsigned bytes"):
            imported(path)
