import json
import threading
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import sources, store
from aelab.datasets.arrays import ArraysConfig
from aelab.datasets.shapes import ShapesConfig
from aelab.errors import LabError
from aelab.fields import Config


def test_an_imported_dataset_is_read_back_as_it_was_loaded(artifacts: Path) -> None:
    config = ShapesConfig(count=60)
    content = sources["shapes"].load(config, [].append)
    made = store.import_dataset("mine", "shapes", config)
    again = store.open_dataset("mine")
    assert again == made
    assert again.shape == (28, 28, 3)
    assert again.class_names == ("square", "ellipse", "triangle")
    np.testing.assert_array_equal(again.images, content.images)
    np.testing.assert_array_equal(again.labels, content.labels)
    assert {name: values.tolist() for name, values in again.factors.items()} == {
        name: values.tolist() for name, values in content.factors.items()
    }
    assert not again.images.flags.writeable


def test_the_parts_of_the_split_add_up(artifacts: Path) -> None:
    dataset = store.import_dataset("mine", "shapes", ShapesConfig(count=100))
    parts = [dataset.indices(part) for part in ("train", "validation", "test")]
    assert sorted(np.concatenate(parts)) == dataset.indices().tolist() == list(range(100))
    assert [len(part) for part in parts] == [dataset.counts[part] for part in ("train", "validation", "test")]
    assert dataset.counts["all"] == 100


def test_a_built_in_dataset_is_made_when_it_is_first_opened(artifacts: Path) -> None:
    assert "shapes" in store.names()
    assert store.stored_names() == []
    assert store.open_dataset("shapes").counts["all"] == 2000
    assert store.stored_names() == ["shapes"]


def test_two_who_open_a_built_in_dataset_at_once_both_get_it(artifacts: Path) -> None:
    found: list[store.Dataset] = []
    threads = [threading.Thread(target=lambda: found.append(store.open_dataset("shapes"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len({dataset.checksum for dataset in found}) == 1


def test_a_source_that_fails_leaves_nothing(artifacts: Path) -> None:
    with pytest.raises(LabError):
        store.import_dataset("mine", "arrays", ArraysConfig(path=str(artifacts / "missing.npz")))
    assert not artifacts.exists() or not [path for path in artifacts.rglob("*") if path.is_file()]
    assert store.stored_names() == []


def test_a_disk_that_fails_half_way_leaves_nothing(artifacts: Path) -> None:
    resource = pytest.importorskip("resource", reason="only Unix can limit how much a process writes")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))  # the images alone are 141,120 bytes
        with pytest.raises(LabError, match="mine could not be written"):
            store.import_dataset("mine", "shapes", ShapesConfig(count=60))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert list(store.root().iterdir()) == []


def test_a_name_that_is_taken_is_refused_and_what_is_there_stays(artifacts: Path) -> None:
    first = store.import_dataset("mine", "shapes", ShapesConfig(count=60))
    with pytest.raises(LabError, match="already a dataset called 'mine'"):
        store.import_dataset("mine", "shapes", ShapesConfig(count=80))
    assert store.open_dataset("mine").checksum == first.checksum


@pytest.mark.parametrize("name", ["", "../escape", "a/b", "Große", "UPPER", ".hidden", "x" * 81, "a\0b", "a b"])
def test_a_name_that_could_be_a_path_is_refused(artifacts: Path, name: str) -> None:
    with pytest.raises(LabError, match="not a name the lab can use"):
        store.import_dataset(name, "shapes", ShapesConfig(count=60))
    with pytest.raises(LabError, match="not a name the lab can use"):
        store.open_dataset(name)
    with pytest.raises(LabError, match="not a name the lab can use"):
        store.delete(name)


def test_an_unknown_dataset_is_named_with_those_there_are(artifacts: Path) -> None:
    with pytest.raises(LabError, match="no dataset called 'mnits'; choose one of digits, shapes, mnist"):
        store.open_dataset("mnits")


def test_an_unknown_source_is_named_with_those_there_are(artifacts: Path) -> None:
    with pytest.raises(LabError, match="no dataset source called 'ftp'"):
        store.import_dataset("mine", "ftp", Config())


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"format": 1}', b"\xff\xfe"])
def test_a_damaged_description_is_said_in_one_sentence(artifacts: Path, damage: bytes) -> None:
    dataset = store.import_dataset("mine", "shapes", ShapesConfig(count=60))
    (dataset.folder / "dataset.json").write_bytes(damage)
    with pytest.raises(LabError, match="Dataset mine is damaged"):
        store.open_dataset("mine")


@pytest.mark.parametrize("file", ["images.npy", "labels.npy", "split.npy"])
def test_a_truncated_array_is_said_with_its_name(artifacts: Path, file: str) -> None:
    path = store.import_dataset("mine", "shapes", ShapesConfig(count=60)).folder / file
    path.write_bytes(path.read_bytes()[:100])
    damaged = store.open_dataset("mine")
    with pytest.raises(LabError, match=f"Dataset mine is damaged: {file}"):
        getattr(damaged, file.removesuffix(".npy"))


def test_a_deleted_dataset_is_gone_and_its_name_is_free(artifacts: Path) -> None:
    store.import_dataset("mine", "shapes", ShapesConfig(count=60))
    store.delete("mine")
    assert store.stored_names() == []
    with pytest.raises(LabError, match="no stored dataset called 'mine'"):
        store.delete("mine")
    store.import_dataset("mine", "shapes", ShapesConfig(count=80))


def test_other_images_have_another_checksum(artifacts: Path) -> None:
    checksums = {
        store.import_dataset(f"seed{seed}", "shapes", ShapesConfig(count=60, seed=seed)).checksum for seed in (0, 1)
    }
    assert len(checksums) == 2


def test_the_description_is_plain_json_that_other_tools_can_read(artifacts: Path) -> None:
    dataset = store.import_dataset("mine", "shapes", ShapesConfig(count=60))
    described = json.loads((dataset.folder / "dataset.json").read_text(encoding="utf-8"))
    assert described["classes"] == ["square", "ellipse", "triangle"]
    assert described["counts"] == {"all": 60, "train": 42, "validation": 6, "test": 12}
