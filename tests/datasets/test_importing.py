import gzip
import shutil
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import store
from aelab.datasets.importing import import_path, source_for
from aelab.errors import LabError


class TestWhatAPathIs:
    def test_by_content_and_not_by_name(self, class_folder: Path, tmp_path: Path, digits_like, idx_folder) -> None:
        assert source_for(class_folder) == "folder"
        packed = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", class_folder))
        assert source_for(packed.rename(tmp_path / "photos.npz")) == "folder"
        np.savez(tmp_path / "arrays.npz", **digits_like)
        assert source_for((tmp_path / "arrays.npz").rename(tmp_path / "arrays.zip")) == "arrays"
        assert source_for(idx_folder) == "arrays"
        images = idx_folder / "train-images-idx3-ubyte"
        assert source_for(images) == "arrays"
        (tmp_path / "images").write_bytes(gzip.compress(images.read_bytes()))
        assert source_for(tmp_path / "images") == "arrays"

    @pytest.mark.parametrize(
        "content", [b"", b"a,b\n1,2\n", b"%PDF-1.7", gzip.compress(b"a tar", mtime=0), b"\x93NUMPY\x01\x00", b"\0\0"]
    )
    def test_anything_else_is_named_with_what_is_expected(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "thing.bin"
        path.write_bytes(content)
        with pytest.raises(LabError, match=r"thing\.bin is neither a folder or zip of class folders nor an npz"):
            source_for(path)

    def test_a_path_that_leads_nowhere(self, tmp_path: Path) -> None:
        with pytest.raises(LabError, match=r"no file or folder .*missing"):
            import_path(tmp_path / "missing", "mine")


class TestImporting:
    def test_pictures_get_the_size_and_colour_that_are_asked_for(self, class_folder: Path) -> None:
        dataset = import_path(class_folder, "mine", size=24, color="gray")
        assert dataset.shape == (24, 24, 1)
        assert dataset.class_names == ("apples", "bananas")
        assert store.open_dataset("mine") == dataset

    def test_pictures_without_classes_can_be_stored_and_opened(self, class_folder: Path) -> None:
        dataset = import_path(class_folder / "apples", "mine", size=16)
        assert dataset.class_names == ()
        assert set(dataset.labels) == {-1}
        assert sum(len(dataset.indices(part)) for part in ("train", "validation", "test")) == 4

    def test_what_was_left_out_is_kept_with_the_dataset(self, class_folder: Path) -> None:
        (class_folder / "apples" / "broken.jpg").write_bytes(b"no picture")
        import_path(class_folder, "mine", size=16)
        assert "apples/broken.jpg" in str(store.open_dataset("mine").skipped[0])

    def test_a_file_imported_as_mnist_is_mnist(self, tmp_path: Path, digits_like, idx_folder: Path) -> None:
        np.savez(tmp_path / "download.npz", **digits_like)
        dataset = import_path(tmp_path / "download.npz", "mnist")
        assert dataset.provenance["source"] == "mnist"
        assert dataset.indices("test").tolist() == list(range(40, 50))
        fashion = import_path(idx_folder / "train-images-idx3-ubyte", "fashion_mnist")
        assert fashion.class_names[0] == "T-shirt/top"

    @pytest.mark.parametrize("name", ["digits", "shapes", "mnist"])
    def test_the_name_of_a_built_in_dataset_is_kept_for_it(self, class_folder: Path, name: str) -> None:
        with pytest.raises(LabError, match=f"'{name}' is the name of a built-in dataset"):
            import_path(class_folder, name)

    def test_a_failed_import_leaves_nothing_and_the_name_free(self, class_folder: Path, artifacts: Path) -> None:
        (class_folder / "cherries").mkdir()
        with pytest.raises(LabError, match="cherries"):
            import_path(class_folder, "mine", size=16)
        assert not artifacts.exists() or not [path for path in artifacts.rglob("*") if path.is_file()]
        (class_folder / "cherries").rmdir()
        assert import_path(class_folder, "mine", size=16).counts["all"] == 8

    @pytest.mark.parametrize("count", [1, 2])
    def test_too_few_pictures_for_three_parts_are_refused(self, zipped, picture, count: int) -> None:
        with pytest.raises(LabError, match="A dataset needs at least 3"):
            import_path(zipped([(f"apples/{index}.png", picture(index)) for index in range(count)]), "mine")

    def test_many_copies_of_one_picture_are_refused(self, zipped, picture) -> None:
        with pytest.raises(LabError, match="different images are too few"):
            import_path(zipped([(f"apples/{index}.png", picture()) for index in range(9)]), "mine")


class TestRealData:
    def test_all_of_mnist(self, shared_data) -> None:
        dataset = import_path(shared_data("mnist.npz"), "mnist")
        assert dataset.shape == (28, 28, 1)
        assert dataset.counts["all"] == 70_000
        assert dataset.counts["test"] == 10_000
        np.testing.assert_array_equal(np.bincount(dataset.labels[dataset.indices("test")])[:3], [980, 1135, 1032])

    def test_a_sample_of_fashion_mnist(self, shared_data) -> None:
        dataset = import_path(shared_data("fashion_mnist_900.npz"), "fashion")
        assert np.bincount(dataset.labels).tolist() == [90] * 10
        assert [dataset.counts[part] for part in ("train", "validation", "test")] == [630, 90, 180]

    def test_fruit_photos_in_colour(self, shared_data) -> None:
        dataset = import_path(shared_data("fruit_200.zip"), "fruit", size=128)
        assert dataset.shape == (128, 128, 3)
        assert dataset.class_names == ("apples", "bananas")
        assert np.bincount(dataset.labels).tolist() == [100, 100]
        assert dataset.skipped == ()
        training = {image.tobytes() for image in dataset.images[dataset.indices("train")]}
        assert not [index for index in dataset.indices("test") if dataset.images[index].tobytes() in training]
