"""What every source must keep, so that a new one is tested without another line here."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from aelab.datasets import sources, store
from aelab.datasets.spec import ImageSet, SourceSpec
from aelab.fields import Config

ALL = [pytest.param(spec, id=spec.name) for spec in sources]


@pytest.fixture
def config_of(class_folder: Path, tmp_path: Path, digits_like: dict[str, np.ndarray]):
    """Return a function that gives a source's config something to read, where it reads a path."""
    arrays = tmp_path / "small.npz"
    np.savez(arrays, **digits_like)

    def make(spec: SourceSpec) -> Config:
        if "path" not in spec.config.names():
            return spec.config()
        return spec.config.parse({"path": str(class_folder if spec.name == "folder" else arrays)})

    return make


def load(spec: SourceSpec, config: Config, steps: list[float]) -> ImageSet:
    """Return what a source gives; of picture files, what a dataset of them holds."""
    if spec.load is not None:
        return spec.load(config, steps.append)
    dataset = store.import_dataset(f"made-{len(store.stored_names())}", spec.name, config, steps.append)
    return ImageSet(np.asarray(dataset.images), dataset.labels, dataset.class_names, dataset.provenance)


@pytest.fixture(params=ALL)
def loaded(request: pytest.FixtureRequest, config_of, steps: list[float]) -> tuple[SourceSpec, ImageSet, list[float]]:
    spec = request.param
    return spec, load(spec, config_of(spec), steps), steps


@pytest.mark.parametrize("spec", ALL)
def test_a_source_gives_arrays_or_picture_files(spec: SourceSpec) -> None:
    assert (spec.load is None) != (spec.pictures is None)


def test_images_and_labels_are_in_the_form_that_the_store_keeps(loaded) -> None:
    _, content, _ = loaded
    count, height, width, channels = content.images.shape
    assert content.images.dtype == np.uint8
    assert count > 0
    assert min(height, width) >= 8
    assert channels in (1, 3)
    assert content.images.max() > content.images.min()
    assert content.labels.shape == (count,)
    assert content.labels.dtype == np.int32
    assert content.labels.min() >= -1
    assert content.labels.max() < len(content.class_names)
    assert len(set(content.class_names)) == len(content.class_names)


def test_what_is_known_of_each_image_is_as_long_as_the_images(loaded) -> None:
    _, content, _ = loaded
    assert all(values.shape == (len(content.images),) for values in content.factors.values())
    assert content.test is None or (content.test.shape == content.labels.shape and content.test.dtype == bool)


def test_the_same_config_gives_the_same_images_twice(loaded, config_of) -> None:
    spec, content, _ = loaded
    again = load(spec, config_of(spec), [])
    np.testing.assert_array_equal(content.images, again.images)
    np.testing.assert_array_equal(content.labels, again.labels)
    assert content.class_names == again.class_names


def test_progress_goes_up_to_one(loaded) -> None:
    _, _, steps = loaded
    assert steps == sorted(steps)
    assert steps[-1] == 1.0


def test_provenance_says_where_the_images_are_from_without_paths_of_this_machine(loaded, tmp_path: Path) -> None:
    spec, content, _ = loaded
    assert content.provenance["source"] == spec.name
    assert content.provenance["origin"]
    assert str(tmp_path) not in json.dumps(dict(content.provenance))


def test_listing_the_sources_does_not_load_what_only_some_of_them_need() -> None:
    code = (
        "import sys; from aelab.datasets import importing, sources; sources.names(); "
        "print([name for name in ('sklearn', 'pooch', 'requests', 'keras', 'tensorflow') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
